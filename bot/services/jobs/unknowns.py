"""Resolves submits whose answer was lost, by the provider's list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog

from bot.db.jobs import JobStore
from bot.domain.clock import DAY, HOUR, SECOND, Clock
from bot.domain.jobs import PredictionState
from bot.domain.lost_answers import (
    TOLERANCE,
    Attempt,
    AttemptStanding,
    Findings,
    Listed,
    WithoutTask,
    counts_after,
    created_within,
    judge,
    lasted,
    pause_before_next,
)
from bot.domain.predictions import FailureReason, ProviderError, Unknown
from bot.domain.remote_clock import Span
from bot.services.crash_points import CrashHook, CrashPoint
from bot.services.ports.provider import Provider
from bot.services.signals import Signals
from bot.services.wakeup import Wakeup

log = structlog.get_logger(__name__)

LOOKS = 2
"""How many looks must find nothing, one grace apart, before a task is taken as never created."""

_RETRY_SECONDS = 15.0
_ANSWER_SECONDS = 1.0
_ANSWERS_AWAITED = 5
_LIST_PATIENCE = HOUR
"""How long after a submit the list may be out of reach before a moderator is asked."""
_CLOCK_SET_BY = 7 * DAY
"""How far back rivals are read by our own clock, which may have been set since: they are few, lost answers all."""


@dataclass(frozen=True, slots=True)
class _Look:
    """One look into the list for a model's lost answers: all of them, those whose turn it is, and what it showed."""

    model_id: str
    cases: Sequence[Unknown]
    due: frozenset[int]
    listed: Sequence[Listed]


class Unknowns:
    """Finds out what became of submits whose answer was lost.

    Each is looked for soon and ever more rarely, and adopted as soon as it is certain which prediction is its. Nothing
    is concluded from what the list does not show but at two looks: one a grace after the request, one a grace later.
    """

    def __init__(
        self,
        *,
        jobs: JobStore,
        provider: Provider,
        signals: Signals,
        clock: Clock,
        grace_seconds: float,
        crash_hook: CrashHook,
    ) -> None:
        self._jobs = jobs
        self._provider = provider
        self._signals = signals
        self._clock = clock
        self._grace = round(grace_seconds * SECOND)
        self._crash_hook = crash_hook

    @property
    def _bell(self) -> Wakeup:
        return self._signals.unknowns

    async def run(self) -> None:
        """Look for each unknown prediction when it is due; runs until cancelled."""
        while True:
            await self._bell.wait(await self._look_at_due())

    async def _look_at_due(self) -> float | None:
        """Look once for the model of the first case that is due; return the seconds after which to look again."""
        cases = [case for case in await self._jobs.unknowns() if case.review_at is None]
        now = self._clock.now()
        for case in cases:
            if case.next_look_at is not None and case.next_look_at > now + self._grace:
                # No look is ever due later than that: the clock was set back.
                await self._jobs.look_at(case.prediction_id, now + self._grace)
                return 0.0
        due = [case for case in cases if case.next_look_at is None or case.next_look_at <= now]
        if due:
            model_id = due[0].model_id
            await self._look_patiently([case for case in cases if case.model_id == model_id], due)
            return 0.0
        later = [case.next_look_at for case in cases if case.next_look_at is not None]
        return None if not later else (min(later) - now) / SECOND

    async def _look_patiently(self, cases: Sequence[Unknown], due: Collection[Unknown]) -> None:
        model_id = cases[0].model_id
        ids = frozenset(case.prediction_id for case in due)
        try:
            look = _Look(model_id, cases, ids, await self._list(model_id))
        except ProviderError as error:
            log.warning("unknown.list_failed", detail=error.detail)
            for case in cases:
                if case.prediction_id in ids:
                    await self._list_failed(case)
            return
        findings = await self._judge_when_answered(look)
        for case in cases:
            await self._act_on(case, findings, is_due=case.prediction_id in look.due)

    async def _list_failed(self, case: Unknown) -> None:
        if self._age(case) < _LIST_PATIENCE:
            await self._jobs.look_at(case.prediction_id, self._clock.now() + round(_RETRY_SECONDS * SECOND))
        else:
            await self._leave(case, ())

    async def _list(self, model_id: str) -> list[Listed]:
        """What the provider shows of the time in which these can have created anything."""
        attempts = await self._attempts(model_id)
        open_ones = [each.created for each in attempts if each.standing is AttemptStanding.OPEN]
        if not open_ones:
            return []
        until = self._provider.remote_clock.now().latest + TOLERANCE
        listed = await self._provider.recent(
            model_id,
            after=min(each.earliest for each in open_ones),
            before=min(until, max(each.latest for each in open_ones)),
        )
        times = {report.provider_id: report.created_at for report in listed}
        return [Listed(provider_id, created_at) for provider_id, created_at in times.items()]

    async def _judge_when_answered(self, look: _Look) -> Findings:
        """Judge what was listed; where an answer on its way may change it for one of the looks that count, wait for it.

        What was listed stays as it was, so that new requests change nothing.
        """
        counted = {each.prediction_id for each in look.cases if self._counts(each)} & look.due
        findings = await self._judge(look)
        for _ in range(_ANSWERS_AWAITED):
            if not findings.awaiting & (counted - findings.certain.keys()):
                break
            await self._clock.sleep(_ANSWER_SECONDS)
            findings = await self._judge(look)
        return findings

    async def _judge(self, look: _Look) -> Findings:
        # In this order: what the list shows belongs to one that is still on its way, or is claimed, or is nobody's.
        attempts = await self._attempts(look.model_id)
        claimed = await self._jobs.claimed([each.provider_id for each in look.listed])
        return judge([each for each in look.listed if each.provider_id not in claimed], attempts)

    async def _attempts(self, model_id: str) -> list[Attempt]:
        """All that may own what these cases may own; those with a moderator too, however our clock was set since."""
        sent_at = [case.sent_at for case in await self._jobs.unknowns() if case.model_id == model_id]
        since = min(sent_at, default=self._clock.now()) - _CLOCK_SET_BY
        return [self._attempt(each) for each in await self._jobs.without_task(model_id, since)]

    def _attempt(self, row: WithoutTask) -> Attempt:
        remote = self._provider.remote_clock
        began = row.began or remote.reading(row.sent_at)
        if row.lost_at is None:
            created = Span(began.earliest - TOLERANCE, max(began.latest, remote.now().latest) + TOLERANCE)
        else:
            created = created_within(began, out=lasted(row.sent_at, row.lost_at), grace=self._grace)
        return Attempt(row.prediction_id, _standing(row), created, row.candidates)

    def _age(self, case: Unknown) -> int:
        """Milliseconds since the request, by the provider's clock where it is known: ours may have been set."""
        remote = self._provider.remote_clock.now_if_known()
        if remote is not None and case.began is not None:
            return remote.middle - case.began.middle
        # Without one, what was sent in the future was sent before our clock was set back: no telling how long ago.
        age = self._clock.now() - case.sent_at
        return age if age >= 0 else self._counts_after(case)

    def _early(self, case: Unknown) -> int:
        """By how many milliseconds a look comes too early to count by the provider's clock: ours was set ahead."""
        if self._provider.remote_clock.now_if_known() is None or case.began is None:
            return 0
        return self._counts_after(case) + case.looks * self._grace - self._age(case)

    def _counts_after(self, case: Unknown) -> int:
        return counts_after(lasted(case.sent_at, case.lost_at), self._grace)

    def _counts(self, case: Unknown) -> bool:
        return self._age(case) >= self._counts_after(case)

    async def _act_on(self, case: Unknown, findings: Findings, *, is_due: bool) -> None:
        now, age, counts = self._clock.now(), self._age(case), self._counts_after(case)
        if case.prediction_id in findings.certain:
            await self._adopt(case, findings.certain[case.prediction_id])
        elif not is_due:
            return
        elif age < counts:
            await self._jobs.look_at(case.prediction_id, now + pause_before_next(age, counts))
        elif case.prediction_id in findings.awaiting:
            await self._jobs.look_at(case.prediction_id, now + round(_RETRY_SECONDS * SECOND))
        elif case.prediction_id not in findings.possible:
            await self._none_found(case)
        elif age >= counts + self._grace and (candidates := findings.open_to(case.prediction_id)):
            await self._leave(case, candidates)
        else:
            await self._jobs.look_at(case.prediction_id, now + self._grace)
        self._signals.changed(case.job_id)

    async def _adopt(self, case: Unknown, provider_id: str) -> None:
        self._crash_hook(CrashPoint.ADOPTING)
        await self._jobs.adopt(case.prediction_id, provider_id)
        log.info("unknown.adopted", job_id=case.job_id)
        self._signals.prediction_accepted(case.job_id, case.prediction_id)

    async def _leave(self, case: Unknown, candidates: Collection[str]) -> None:
        await self._jobs.leave_to_moderator(case.prediction_id, candidates, self._clock.now())
        log.error("unknown.left_to_moderator", job_id=case.job_id, candidates=len(candidates))
        self._signals.changed(case.job_id)

    async def _none_found(self, case: Unknown) -> None:
        now, early = self._clock.now(), self._early(case)
        if early > 0:
            await self._jobs.look_at(case.prediction_id, now + early)
            return
        if case.looks + 1 < LOOKS:
            await self._jobs.looked(case.prediction_id, now + self._grace)
            return
        await self._jobs.fail(case.prediction_id, FailureReason.NEVER_STARTED, now)
        log.info("unknown.never_started", job_id=case.job_id)


def _standing(row: WithoutTask) -> AttemptStanding:
    if row.lost_at is None:
        return AttemptStanding.ON_ITS_WAY
    if row.state is not PredictionState.UNKNOWN:
        return AttemptStanding.CLOSED
    return AttemptStanding.OPEN if row.review_at is None else AttemptStanding.WITH_MODERATOR
