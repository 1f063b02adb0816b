"""Following predictions at the provider until they end: patient reads that never fail a job by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import structlog

from bot.db.jobs import JobStore
from bot.domain.clock import MINUTE, SECOND, Clock, Instant
from bot.domain.jobs import Job, Prediction
from bot.domain.predictions import KEPT_BY_PROVIDER, FailureReason, Refused, RemoteStatus, Report, TryLater
from bot.services.jobs.settlement import Settlement, Unusable
from bot.services.jobs.uploads import Uploads
from bot.services.ports.provider import Provider
from bot.services.switchboard import Switchboard

log = structlog.get_logger(__name__)

_LONGEST_SECONDS = 900.0
_GROWTH = 1.3
_JITTER = 0.2
_UNUSABLE_LOOKS = 5
_UNUSABLE_FOR = 2 * MINUTE
"""A prediction may be called completed before its outputs are written down; it is paid, so it is worth some looks."""
_UNKNOWN_LOOKS = 5
_UNKNOWN_FOR = 2 * MINUTE
"""The provider may need a moment until every one of its machines knows a prediction that it just accepted."""


@dataclass(frozen=True, slots=True)
class PollingRules:
    """How often to look: from `initial_seconds` up to `max_seconds`, ever more rarely after the deadline."""

    initial_seconds: float
    max_seconds: float
    deadline_seconds: float


@dataclass(slots=True)
class _Patience:
    """What one following has seen so far."""

    pause_seconds: float
    unusable: int = 0
    unusable_since: Instant | None = None
    not_known: int = 0

    def still_unusable(self, now: Instant) -> bool:
        """Count one more look at a completed prediction without a usable picture; whether that may yet change."""
        self.unusable += 1
        self.unusable_since = now if self.unusable_since is None else self.unusable_since
        return self.unusable < _UNUSABLE_LOOKS or now - self.unusable_since < _UNUSABLE_FOR


class Polling:
    """Looks at predictions and hands their ends to the settlement."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        provider: Provider,
        settlement: Settlement,
        uploads: Uploads,
        rules: PollingRules,
        clock: Clock,
        random: Random,
        switchboard: Switchboard,
    ) -> None:
        self._jobs = jobs
        self._provider = provider
        self._settlement = settlement
        self._uploads = uploads
        self._rules = rules
        self._clock = clock
        self._random = random
        self._switchboard = switchboard

    async def follow(self, job_id: str, prediction_id: int) -> None:
        """Look at one prediction until it has ended in the books, and tell who waits for that."""
        patience = _Patience(self._rules.initial_seconds)
        while True:
            job = await self._jobs.job(job_id)
            prediction = next(p for p in job.predictions if p.prediction_id == prediction_id)
            if not prediction.may_still_come or prediction.provider_id is None:
                break
            wish = await self._look(job, prediction, prediction.provider_id, patience)
            if wish is None:
                break
            await self._clock.sleep(max(wish, self._pause(prediction, patience)))
        self._switchboard.changed(job_id)

    async def _look(self, job: Job, prediction: Prediction, provider_id: str, patience: _Patience) -> float | None:
        """Look once; return None when the prediction ended, else the provider's wish for a pause in seconds."""
        if self._age(prediction) > KEPT_BY_PROVIDER:
            await self._settlement.fail(job, prediction, FailureReason.EXPIRED)
            return None
        try:
            report = await self._provider.result(provider_id)
            return await self._act_on(job, prediction, report, patience)
        except TryLater as error:
            log.info("poll.later", job_id=job.job_id, detail=error.detail)
            return error.after_seconds or 0.0
        except Refused as error:
            return await self._not_known(job, prediction, error, patience)
        except Unusable:
            if patience.still_unusable(self._clock.now()):
                return 0.0
            await self._settlement.fail(job, prediction, FailureReason.NO_PICTURE)
            return None

    async def _act_on(self, job: Job, prediction: Prediction, report: Report, patience: _Patience) -> float | None:
        patience.not_known = 0
        match report.status:
            case RemoteStatus.PENDING:
                return 0.0
            case RemoteStatus.COMPLETED:
                await self._settlement.complete(job, prediction, report)
            case RemoteStatus.FAILED:
                reason = report.reason or FailureReason.PROVIDER
                if reason is FailureReason.REFERENCE_LOST:
                    await self._uploads.forget([reference.image for reference in job.references])
                log.warning("prediction.failed", job_id=job.job_id, reason=reason.value)
                await self._settlement.fail(job, prediction, reason)
            case RemoteStatus.GONE:
                await self._settlement.fail(job, prediction, FailureReason.EXPIRED)
        return None

    async def _not_known(self, job: Job, prediction: Prediction, error: Refused, patience: _Patience) -> float | None:
        """A refused read: the key is the operator's to mend; an id that nobody knows will not come back."""
        log.warning("poll.refused", job_id=job.job_id, reason=error.reason.value, detail=error.detail)
        if error.reason in {FailureReason.NOT_AUTHORISED, FailureReason.OUT_OF_CREDIT}:
            return 0.0
        patience.not_known += 1
        if patience.not_known < _UNKNOWN_LOOKS or self._age(prediction) < _UNKNOWN_FOR:
            return 0.0
        await self._settlement.fail(job, prediction, FailureReason.EXPIRED)
        return None

    def _pause(self, prediction: Prediction, patience: _Patience) -> float:
        is_late = self._age(prediction) > self._rules.deadline_seconds * SECOND
        longest = _LONGEST_SECONDS if is_late else self._rules.max_seconds
        pause = patience.pause_seconds
        patience.pause_seconds = min(longest, pause * _GROWTH)
        return pause * (1 + _JITTER * (2 * self._random.random() - 1))

    def _age(self, prediction: Prediction) -> int:
        return self._clock.now() - (prediction.submitted_at or self._clock.now())
