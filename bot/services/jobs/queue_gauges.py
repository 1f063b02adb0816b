"""Reports the queue's length and the held money to the meter, at most once a second."""

from __future__ import annotations

from bot.db.jobs import JobStore
from bot.domain.clock import Clock
from bot.services.ports.meter import Meter

_SECONDS = 1.0


class QueueGauges:
    """What is shown of the queue as a whole; it costs a reading, and many jobs may come in one second."""

    def __init__(self, jobs: JobStore, meter: Meter, clock: Clock) -> None:
        self._jobs = jobs
        self._meter = meter
        self._clock = clock
        self._due = 0.0

    async def tell(self) -> float | None:
        """Tell them, if a second has passed; return after how many seconds the rest is to be told, None: nothing is."""
        now = self._clock.monotonic()
        if now < self._due:
            return self._due - now
        self._due = now + _SECONDS
        backlog = await self._jobs.backlog()
        self._meter.queue_is(backlog.waiting)
        self._meter.held_is(backlog.held_micros)
        return None
