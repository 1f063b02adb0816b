"""Retries results that could not be delivered: after a start, a reconnect, and at growing intervals."""

from __future__ import annotations

import structlog

from bot.db.jobs import JobStore
from bot.db.kept import KeptStore
from bot.domain.backoff import Backoff
from bot.domain.clock import SECOND, Clock
from bot.domain.jobs import Job
from bot.services.jobs.delivery import Delivery
from bot.services.jobs.status_end import StatusEnd
from bot.services.jobs.turns import Turns
from bot.services.ports.messages import Messenger, NotNow, TooLarge
from bot.services.retry_until_stored import retry_until_stored
from bot.services.wakeup import Wakeup

log = structlog.get_logger(__name__)

BACKOFF = Backoff(300.0, 86_400.0)
"""Between two tries of one result; each doubles it."""

LOOK_SECONDS = 60.0
AT_ONCE = 10
"""How many are tried in one look, so that however many are kept the requests stay few."""

WOKEN = 100
"""How many are due at once after a start or a new session with Discord."""


class Kept:
    """Sees that a result which could not be brought is brought when a way opens."""

    def __init__(
        self,
        *,
        kept: KeptStore,
        jobs: JobStore,
        turns: Turns,
        delivery: Delivery,
        messenger: Messenger,
        session: Wakeup,
        clock: Clock,
    ) -> None:
        """`session` is notified at the start, and when Discord has begun a new session with us."""
        self._kept = kept
        self._jobs = jobs
        self._delivery = delivery
        self._status_end = StatusEnd(messenger, turns, clock)
        self._session = session
        self._clock = clock

    async def keep(self, job: Job) -> None:
        """Remember a result that no way was open for."""
        now = self._clock.now()
        await retry_until_stored(
            self._clock, lambda: self._kept.keep(job.job_id, now + round(BACKOFF.first * SECOND), now)
        )

    async def run(self) -> None:
        """Try what is kept, until cancelled; needs the connection to Discord."""
        while True:
            if await self._session.rang_within(LOOK_SECONDS):
                await self._session.wait(0.0)
                await self._kept.wake(WOKEN, self._clock.now())
            for job_id, tries in await self._kept.due(AT_ONCE, self._clock.now()):
                await self._try(job_id, tries)

    async def _try(self, job_id: str, tries: int) -> None:
        """Bring one result and say so in its status; one that fails must not keep the others waiting."""
        asked_to_wait = 0.0
        try:
            if await self._is_brought(job_id):
                await self._kept.let_go(job_id)
                return
        except NotNow as error:
            asked_to_wait = error.retry_after
        except TooLarge:
            log.warning("kept.too_large", job_id=job_id)
        except Exception:
            log.exception("kept.bad_row", job_id=job_id)
        pause = max(asked_to_wait, BACKOFF.after(tries + 1))
        await self._kept.try_later(job_id, self._clock.now() + round(pause * SECOND))
        log.info("kept.later", job_id=job_id, tries=tries + 1, again_in_seconds=round(pause))

    async def _is_brought(self, job_id: str) -> bool:
        job = await self._jobs.job(job_id)
        if job.taken_down_at is not None or not job.pictures:
            log.info("kept.gone", job_id=job_id)
            return True
        delivered = await self._delivery.deliver(job)
        if delivered.is_kept:
            return False
        job = await self._jobs.job(job_id)
        if await self._status_end.is_superfluous(job):
            await self._status_end.remove(job)
        else:
            await self._status_end.say(job)
        log.info("kept.brought", job_id=job_id)
        return True
