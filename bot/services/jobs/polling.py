"""Polls predictions at the provider until they end; a failed read never fails a job."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import structlog

from bot.db.jobs import JobStore
from bot.domain.clock import MINUTE, SECOND, Clock, Instant
from bot.domain.jobs import Job, Prediction
from bot.domain.predictions import KEPT_BY_PROVIDER, FailureReason, PredictionStatus, Refused, RemoteStatus, TryLater
from bot.services.jobs.early_looks import EarlyLooks
from bot.services.jobs.learned_waits import LearnedWaits
from bot.services.jobs.settlement import Settlement, Unusable
from bot.services.jobs.uploads import Uploads
from bot.services.ports.provider import Provider
from bot.services.signals import Signals

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
    """How long a look that brought nothing keeps the next one away, and from when on looks are rare."""

    initial_seconds: float
    max_seconds: float
    deadline_seconds: float


@dataclass(slots=True)
class _Following:
    """One prediction that is followed: what is known of it, so that a look reads nothing, and what was seen so far."""

    job_id: str
    prediction_id: int
    model_id: str
    provider_id: str
    submitted_at: Instant
    began: float  #: the monotonic second at which it was submitted
    phase: float  #: by how many seconds its looks come later than others', so that not all come at once
    asked: float | None = None  #: the monotonic second of the last look that found it unfinished
    was_announced: bool = False
    setbacks: int = 0
    late_looks: int = 0
    unusable: int = 0
    unusable_since: Instant | None = None
    not_known: int = 0

    def age(self, clock: Clock) -> float:
        """Seconds since it was submitted, however the wall clock was set meanwhile."""
        return clock.monotonic() - self.began

    def still_unusable(self, now: Instant) -> bool:
        """Count one more look at a completed prediction without a usable picture; whether that may yet change."""
        self.unusable += 1
        self.unusable_since = now if self.unusable_since is None else self.unusable_since
        return self.unusable < _UNUSABLE_LOOKS or now - self.unusable_since < _UNUSABLE_FOR


class Polling:
    """Looks at predictions and hands their ends to the settlement.

    What a look needs is kept in memory; the job is read when something ended, and, past the deadline, at each of the
    rare looks, since a moderator may have ended the wait.
    """

    def __init__(
        self,
        *,
        jobs: JobStore,
        provider: Provider,
        settlement: Settlement,
        uploads: Uploads,
        waits: LearnedWaits,
        looks: EarlyLooks,
        rules: PollingRules,
        clock: Clock,
        random: Random,
        signals: Signals,
    ) -> None:
        self._jobs = jobs
        self._provider = provider
        self._settlement = settlement
        self._uploads = uploads
        self._waits = waits
        self._looks = looks
        self._rules = rules
        self._clock = clock
        self._random = random
        self._signals = signals

    async def follow(self, job_id: str, prediction_id: int) -> None:
        """Look at one prediction until it has ended in the books, and tell who waits for that."""
        following = await self._begin(job_id, prediction_id)
        try:
            if following is not None:
                self._looks.follow(prediction_id)
                await self._follow(following)
        finally:
            self._looks.forget(prediction_id)
        self._signals.changed(job_id)

    async def _follow(self, following: _Following) -> None:
        # Taken up again after a restart, it may have ended meanwhile.
        is_due = self._waits.schedule(following.model_id).is_due(following.age(self._clock))
        wish: float | None = 0.0
        while wish is not None:
            if not is_due:
                pause = max(wish, self._pause(following))
                following.was_announced = await self._looks.wait(following.prediction_id, pause)
            is_due = False
            if self._is_late(following) and await self._open(following) is None:
                return
            wish = await self._look(following)

    async def _begin(self, job_id: str, prediction_id: int) -> _Following | None:
        job = await self._jobs.job(job_id)
        prediction = _of(job, prediction_id)
        if not prediction.may_still_come or prediction.provider_id is None:
            return None
        submitted_at = prediction.submitted_at or self._clock.now()
        age = max(0, self._clock.now() - submitted_at) / SECOND
        phase = (self._random.random() - 0.5) * self._waits.schedule(job.model.id).pace.shortest_seconds
        began = self._clock.monotonic() - age
        return _Following(job_id, prediction_id, job.model.id, prediction.provider_id, submitted_at, began, phase)

    async def _open(self, following: _Following) -> tuple[Job, Prediction] | None:
        """The job and the prediction as they stand; None: somebody else ended it."""
        job = await self._jobs.job(following.job_id)
        prediction = _of(job, following.prediction_id)
        return (job, prediction) if prediction.may_still_come else None

    async def _look(self, following: _Following) -> float | None:
        """Look once; return None when the prediction ended, else the provider's wish for a pause in seconds."""
        if self._age(following) > KEPT_BY_PROVIDER:
            await self._fail(following, FailureReason.EXPIRED)
            return None
        following.setbacks += 1
        try:
            report = await self._provider.result(following.provider_id)
            return await self._act_on(following, report)
        except TryLater as error:
            log.info("poll.later", job_id=following.job_id, detail=error.detail)
            return error.after_seconds or 0.0
        except Refused as error:
            return await self._not_known(following, error)
        except Unusable:
            if following.still_unusable(self._clock.now()):
                return 0.0
            await self._fail(following, FailureReason.NO_PICTURE)
            return None

    async def _act_on(self, following: _Following, report: PredictionStatus) -> float | None:
        following.not_known = 0
        if report.status is RemoteStatus.PENDING:
            following.asked, following.setbacks = self._clock.monotonic(), 0
            return 0.0
        ended = await self._open(following)
        if ended is None:
            return None
        job, prediction = ended
        if report.status is RemoteStatus.COMPLETED:
            seen = self._clock.monotonic()
            if not following.was_announced:
                self._looks.missed()
            await self._settlement.complete(job, prediction, report)
            self._learn(following, seen)
            return None
        reason = FailureReason.EXPIRED
        if report.status is RemoteStatus.FAILED:
            reason = report.reason or FailureReason.PROVIDER
            if reason is FailureReason.REFERENCE_LOST:
                await self._uploads.forget([reference.image for reference in job.references])
            log.warning("prediction.failed", job_id=job.job_id, reason=reason.value)
        await self._settlement.fail(job, prediction, reason)
        return None

    def _learn(self, following: _Following, seen: float) -> None:
        """Remember how long it took: to the announcement, or to the middle between two looks.

        After an outage nobody can tell.
        """
        unseen = seen - (following.began if following.asked is None else following.asked)
        if following.was_announced:
            self._waits.ended(following.model_id, seen - following.began)
        elif unseen <= self._rules.max_seconds * (1 + _JITTER):
            self._waits.ended(following.model_id, seen - following.began - unseen / 2)

    async def _fail(self, following: _Following, reason: FailureReason) -> None:
        still = await self._open(following)
        if still is not None:
            await self._settlement.fail(*still, reason)

    async def _not_known(self, following: _Following, error: Refused) -> float | None:
        """A refused read: the key is the operator's to mend; an id that nobody knows will not come back."""
        log.warning("poll.refused", job_id=following.job_id, reason=error.reason.value, detail=error.detail)
        if error.reason in {FailureReason.NOT_AUTHORISED, FailureReason.OUT_OF_CREDIT}:
            return 0.0
        following.not_known += 1
        if following.not_known < _UNKNOWN_LOOKS or self._age(following) < _UNKNOWN_FOR:
            return 0.0
        await self._fail(following, FailureReason.EXPIRED)
        return None

    def _pause(self, following: _Following) -> float:
        """Seconds until the next look: as learned, longer after looks that brought nothing, rare past the deadline.

        While ends are announced, only so often that a lost announcement costs little.
        """
        if self._is_late(following):
            following.late_looks += 1
            pause = min(_LONGEST_SECONDS, self._rules.max_seconds * _GROWTH ** min(following.late_looks, 50))
            return self._jittered(pause)
        if self._looks.are_coming:
            pause = self._rules.max_seconds
        else:
            age = following.age(self._clock) - following.phase
            pause = self._waits.schedule(following.model_id).pause(age)
        if following.setbacks:
            growing = self._rules.initial_seconds * _GROWTH ** min(following.setbacks - 1, 50)
            pause = max(pause, self._jittered(min(self._rules.max_seconds, growing)))
        return pause

    def _jittered(self, seconds: float) -> float:
        return seconds * (1 + _JITTER * (2 * self._random.random() - 1))

    def _is_late(self, following: _Following) -> bool:
        return self._age(following) > self._rules.deadline_seconds * SECOND

    def _age(self, following: _Following) -> int:
        return self._clock.now() - following.submitted_at


def _of(job: Job, prediction_id: int) -> Prediction:
    return next(each for each in job.predictions if each.prediction_id == prediction_id)
