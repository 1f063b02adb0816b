"""Refunds a job once, into the periods and purses that paid for it."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from bot.db.jobs import JobStore
from bot.db.moderation import ModerationStore
from bot.domain.clock import Clock
from bot.domain.errors import EaselError
from bot.domain.jobs import Job, PredictionState
from bot.domain.money import Micros
from bot.services.rights import Actor, job_here, require_manage, require_reason

_LOOKED_AT, _SUGGESTED = 100, 25


class NothingToRefund(EaselError):
    """A job that nobody paid for, or whose money is back already."""


@dataclass(frozen=True, slots=True)
class Refunded:
    """What came back for a job; the pictures stay where they are.

    `lapsed_micros` of it went back to grants that have ended, so that it helps the pools only.
    """

    job: Job
    amount_micros: Micros
    lapsed_micros: Micros
    reason: str


class Refunding:
    """Gives money back for moderators."""

    def __init__(self, jobs: JobStore, moderation: ModerationStore, clock: Clock) -> None:
        self._jobs = jobs
        self._moderation = moderation
        self._clock = clock

    async def refund(self, actor: Actor, job_id: str, reason: str) -> Refunded:
        """Give back what was paid for a job's pictures and was not given back yet.

        Raises:
            NotAllowed: without Manage Server.
            NoSuchJob: not in this server.
            BadRequest: no reason.
            NothingToRefund: no picture of it is paid, or all of them were refunded.
        """
        require_manage(actor)
        words = require_reason(reason, texts.freezes.REFUND_NEEDS_REASON)
        job = await job_here(self._jobs, job_id, actor.guild_id)
        at = self._clock.now()
        amount = await self._moderation.refund(job.job_id, reason=words, by_member_id=actor.member_id, at=at)
        if amount == 0:
            raise _nothing(job)
        return Refunded(job, amount, await self._moderation.lapsed(job.job_id, at), words)

    async def suggest(self, actor: Actor, typed: str) -> tuple[Job, ...]:
        """The server's newest jobs that somebody paid for and whose id or prompt contains what was typed.

        Nobody but moderators is shown any.
        """
        if not actor.can_manage:
            return ()
        jobs = await self._jobs.jobs_of(actor.guild_id, None, limit=_LOOKED_AT, matching=typed.strip())
        return tuple(job for job in jobs if job.spent_micros)[:_SUGGESTED]


def _nothing(job: Job) -> NothingToRefund:
    # A finished picture was always paid for, so that money which is not there any more was given back.
    if any(prediction.state is PredictionState.COMPLETED for prediction in job.predictions):
        return NothingToRefund(texts.freezes.REFUNDED_BEFORE, job_id=job.job_id)
    if job.has_ended:
        return NothingToRefund(texts.freezes.NOBODY_PAID, job_id=job.job_id)
    return NothingToRefund(texts.freezes.NOT_PAID_YET, job_id=job.job_id)
