"""Cancels a job: what is not sent is voided, the rest runs on."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from bot.db.jobs import JobStore
from bot.domain.clock import Clock
from bot.domain.errors import NotAllowed, TooLateToCancel
from bot.domain.jobs import Job
from bot.domain.money import Micros
from bot.services.rights import Actor, job_here
from bot.services.signals import Signals


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What a cancel achieved: `saved_micros` went back, the other pictures are made and paid."""

    job: Job
    stopped: int
    saved_micros: Micros


class Cancelling:
    """Stops jobs for their requester or a moderator."""

    def __init__(self, jobs: JobStore, signals: Signals, clock: Clock) -> None:
        self._jobs = jobs
        self._signals = signals
        self._clock = clock

    async def cancel(self, job_id: str, actor: Actor) -> Cancelled:
        """Cancel every picture of a job that was not sent yet.

        Raises:
            NoSuchJob: not in this server.
            NotAllowed: neither its requester nor a moderator.
            TooLateToCancel: nothing was left to stop.
        """
        job = await job_here(self._jobs, job_id, actor.guild_id)
        if job.member_id != actor.member_id and not actor.can_manage:
            raise NotAllowed(texts.rights.OWN_TO_CANCEL)
        stopped = await self._jobs.cancel_queued(job.job_id, actor.member_id, self._clock.now())
        if stopped == 0:
            raise TooLateToCancel
        self._signals.changed(job.job_id)
        return Cancelled(await self._jobs.job(job.job_id), stopped, stopped * job.price_micros)
