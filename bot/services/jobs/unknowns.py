"""Unknown submits: a paid task may exist whose answer was lost; the provider's own list decides, patiently."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.db.jobs import JobStore
from bot.domain.clock import HOUR, MINUTE, SECOND, Clock
from bot.domain.predictions import FailureReason, ProviderError, Report, Unknown
from bot.services.bell import Bell
from bot.services.crash_points import CrashPoint, Reach
from bot.services.ports.provider import Provider
from bot.services.switchboard import Switchboard

log = structlog.get_logger(__name__)

LOOKS = 2
"""How many looks must find nothing, one grace apart, before a task is taken as never created."""

_BEFORE = MINUTE
_AFTER = 10 * MINUTE
_RETRY_SECONDS = 15.0
_SOMEBODY_SENDS_SECONDS = 5.0
_LIST_PATIENCE = HOUR
"""How long after a submit the list may be out of reach before a moderator is asked: the gate is closed meanwhile."""


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
        """Look once for each case that is due; return the seconds after which to look again."""
        cases = [case for case in await self._jobs.unknowns() if case.review_at is None]
        now = self._clock.now()
        for case in cases:
            if case.next_look_at is not None and case.next_look_at > now + self._grace:
                # No look is ever due later than that: the clock was set back.
                await self._jobs.look_at(case.prediction_id, now + self._grace)
                return 0.0
            if case.next_look_at is None or case.next_look_at <= now:
                return await self._look_patiently(case)
        later = [case.next_look_at for case in cases if case.next_look_at is not None]
        return None if not later else (min(later) - now) / SECOND

    async def _look_patiently(self, case: Unknown) -> float:
        try:
            decided = await self._look(case)
        except ProviderError as error:
            log.warning("unknown.list_failed", detail=error.detail)
            if self._clock.now() - case.sent_at < _LIST_PATIENCE:
                return _RETRY_SECONDS
            await self._leave(case, ())
            return 0.0
        return 0.0 if decided else _SOMEBODY_SENDS_SECONDS

    async def _look(self, case: Unknown) -> bool:
        """Decide what the list can decide; False while a request on its way might be what the list shows."""
        listed = await self._provider.recent(case.model_id, after=case.sent_at - _BEFORE, before=case.sent_at + _AFTER)
        # In this order: a prediction that the list shows is still on its way, or claimed, or nobody's.
        if await self._somebody_sends():
            return False
        unclaimed = await self._unclaimed(listed)
        others = [other for other in await self._jobs.unknowns() if other.prediction_id != case.prediction_id]
        candidates = [each for each in unclaimed if not _shown_before(each, case, others)]
        if not candidates:
            await self._none_found(case)
        elif len(candidates) == 1 and not any(_could_share(case, other) for other in others):
            self._reach(CrashPoint.ADOPTING)
            await self._jobs.adopt(case.prediction_id, candidates[0])
            log.info("unknown.adopted", job_id=case.job_id)
            self._switchboard.prediction_accepted(case.job_id, case.prediction_id)
        else:
            await self._leave(case, candidates)
        self._switchboard.changed(case.job_id)
        return True

    async def _somebody_sends(self) -> bool:
        open_cases = [case for case in await self._jobs.unknowns() if case.review_at is None]
        return (await self._jobs.traffic(self._clock.now())).unanswered > len(open_cases)

    async def _unclaimed(self, listed: Sequence[Report]) -> list[str]:
        ids = list(dict.fromkeys(report.provider_id for report in listed))
        claimed = await self._jobs.claimed(ids)
        return [provider_id for provider_id in ids if provider_id not in claimed]

    async def _leave(self, case: Unknown, candidates: Sequence[str]) -> None:
        await self._jobs.leave_to_moderator(case.prediction_id, candidates, self._clock.now())
        log.error("unknown.left_to_moderator", job_id=case.job_id, candidates=len(candidates))
        self._switchboard.changed(case.job_id)

    async def _none_found(self, case: Unknown) -> None:
        now = self._clock.now()
        if case.looks + 1 < LOOKS:
            await self._jobs.looked(case.prediction_id, now + self._grace)
            return
        await self._jobs.fail(case.prediction_id, FailureReason.NEVER_STARTED, now)
        log.info("unknown.never_started", job_id=case.job_id)


def _shown_before(provider_id: str, case: Unknown, others: Sequence[Unknown]) -> bool:
    """Whether it was found for another case before this one was sent, and so can only be that one's or a stranger's."""
    return any(
        provider_id in other.candidates and other.review_at is not None and other.review_at <= case.sent_at
        for other in others
    )


def _could_share(case: Unknown, other: Unknown) -> bool:
    """Whether one prediction in the provider's list could belong to either.

    A case that was left to a moderator counts too, unless what was found for it was known before this one was sent.
    """
    decided_before = other.candidates and other.review_at is not None and other.review_at <= case.sent_at
    near = abs(case.sent_at - other.sent_at) <= _BEFORE + _AFTER
    return not decided_before and case.model_id == other.model_id and near
