"""The queue in turn order, cached for all who ask, and re-read less often the longer it is."""

from __future__ import annotations

import asyncio

from bot.db.jobs import JobStore
from bot.domain.clock import Clock
from bot.domain.gate import ProviderLimits, Traffic
from bot.domain.predictions import Waiting

_ALWAYS_FRESH = 100
"""A queue up to this long is read each time that somebody asks."""

_SECONDS_A_TURN = 0.0005
"""For each prediction in a longer one, what was read serves so long: reading takes a few hundredths of that."""

_LONGEST_SECONDS = 2.0


class TurnOrder:
    """Who waits, in the order in which they are sent, as it was when it was read."""

    def __init__(self, waiting: tuple[Waiting, ...], read_at: float) -> None:
        self.read_at = read_at
        self.traffic: Traffic | None = None
        self._length = len(waiting)
        self._places: dict[str, int] = {}
        for place, turn in enumerate(waiting, start=1):
            self._places.setdefault(turn.job_id, place)

    def __contains__(self, job_id: str) -> bool:
        """Whether something of that job waited when it was read."""
        return job_id in self._places

    @property
    def serves_until(self) -> float:
        """Until when, on the monotonic clock, it need not be read again."""
        if self._length <= _ALWAYS_FRESH:
            return self.read_at
        return self.read_at + min(_LONGEST_SECONDS, self._length * _SECONDS_A_TURN)

    def place(self, job_id: str) -> int | None:
        """The place of a job's first prediction, from 1; None where nothing of it waited."""
        return self._places.get(job_id)


class TurnOrders:
    """Reads the queue for all status messages."""

    def __init__(self, jobs: JobStore, limits: ProviderLimits, clock: Clock) -> None:
        self._jobs = jobs
        self._limits = limits
        self._clock = clock
        self._latest: TurnOrder | None = None
        self._reading = asyncio.Lock()

    async def look(self) -> TurnOrder:
        """The queue as it stands, or stood a moment ago where it is long."""
        async with self._reading:
            now = self._clock.monotonic()
            if self._latest is None or now >= self._latest.serves_until:
                self._latest = TurnOrder(await self._jobs.waiting(), now)
            return self._latest

    async def look_for(self, job_id: str) -> TurnOrder:
        """The queue with that job in it; where it came after the last reading, the next one, which others share."""
        order = await self.look()
        pause = order.serves_until - self._clock.monotonic()
        if job_id in order or pause <= 0:
            return order
        await self._clock.sleep(pause)
        return await self.look()

    async def traffic(self, order: TurnOrder) -> Traffic:
        """How busy the provider is, read once with each reading of the queue: for words, never for sending."""
        if order.traffic is None:
            order.traffic = await self._jobs.traffic(self._clock.now(), self._limits.max_per_minute)
        return order.traffic
