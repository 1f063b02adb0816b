"""Unknown submits: a paid task may exist whose answer was lost; the provider's own list decides, patiently."""

from __future__ import annotations

import structlog

from bot.domain.clock import MINUTE, SECOND, Clock
from bot.domain.predictions import FailureReason, ProviderError
from bot.services.bell import Bell
from bot.services.crash_points import CrashPoint, Reach
from bot.services.ports import Provider
from bot.services.stores import JobStore, Unknown
from bot.services.switchboard import Switchboard

log = structlog.get_logger(__name__)

LOOKS = 2
"""How many looks must find nothing, one grace apart, before a task is taken as never created."""

_BEFORE = MINUTE
_AFTER = 10 * MINUTE
_RETRY_SECONDS = 15.0


class Unknowns:
    """Finds out what became of submits whose answer was lost."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        provider: Provider,
        switchboard: Switchboard,
        clock: Clock,
        grace_seconds: float,
        reach: Reach,
    ) -> None:
        self._jobs = jobs
        self._provider = provider
        self._switchboard = switchboard
        self._clock = clock
        self._grace = round(grace_seconds * SECOND)
        self._reach = reach

    @property
    def _bell(self) -> Bell:
        return self._switchboard.unknowns

    async def run(self) -> None:
        """Look for each unknown prediction when it is due; runs until cancelled."""
        while True:
            await self._bell.wait(await self._look_at_due())

    async def _look_at_due(self) -> float | None:
        open_cases = [case for case in await self._jobs.unknowns() if case.review_at is None]
        now = self._clock.now()
        due = [case for case in open_cases if case.next_look_at is None or case.next_look_at <= now]
        try:
            for case in due:
                await self._look(case, open_cases)
        except ProviderError as error:
            log.warning("unknown.list_failed", detail=error.detail)
            return _RETRY_SECONDS
        later = [case.next_look_at for case in open_cases if case.next_look_at is not None and case not in due]
        if due:
            return 0.0
        return None if not later else max(0.0, (min(later) - now) / SECOND)

    async def _look(self, case: Unknown, open_cases: list[Unknown]) -> None:
        candidates = await self._candidates(case)
        rivals = [other for other in open_cases if other.model_id == case.model_id and _overlap(case, other)]
        if not candidates:
            await self._none_found(case)
        elif len(candidates) == 1 and len(rivals) == 1:
            self._reach(CrashPoint.ADOPTING)
            await self._jobs.adopt(case.prediction_id, candidates[0], self._clock.now())
            log.info("unknown.adopted", job_id=case.job_id)
            self._switchboard.prediction_accepted(case.job_id, case.prediction_id)
        else:
            await self._jobs.leave_to_moderator(case.prediction_id, self._clock.now())
            log.error("unknown.left_to_moderator", job_id=case.job_id, candidates=len(candidates), cases=len(rivals))
        self._switchboard.changed(case.job_id)

    async def _candidates(self, case: Unknown) -> list[str]:
        """Predictions of that model and time at the provider that belong to no job of ours."""
        listed = await self._provider.recent(case.model_id, after=case.sent_at - _BEFORE, before=case.sent_at + _AFTER)
        ids = list(dict.fromkeys(report.provider_id for report in listed))
        claimed = await self._jobs.claimed(ids)
        return [provider_id for provider_id in ids if provider_id not in claimed]

    async def _none_found(self, case: Unknown) -> None:
        now = self._clock.now()
        if case.looks + 1 < LOOKS:
            await self._jobs.looked(case.prediction_id, now + self._grace)
            return
        await self._jobs.fail(case.prediction_id, FailureReason.NEVER_STARTED, now)
        log.info("unknown.never_started", job_id=case.job_id)


def _overlap(one: Unknown, other: Unknown) -> bool:
    """Whether a prediction in the provider's list could belong to either."""
    return abs(one.sent_at - other.sent_at) <= _BEFORE + _AFTER
