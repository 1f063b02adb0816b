"""Clocks for tests: one that is moved by hand, so that nothing waits for real, and one that hurries real time along."""

from __future__ import annotations

import asyncio
import heapq
import time
from itertools import count

from bot.domain.clock import SECOND, Instant

NOON = 1_800_000_000_000
"""An instant in January 2027."""

TURNS = 40
"""Loop turns after which everything that can run without waiting has run."""


async def turns() -> None:
    """Let everything run that need not wait."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


class ManualClock:
    """Implements `bot.domain.clock.Clock`; both of its hands move together, by `advance` only."""

    def __init__(self, at: Instant = NOON) -> None:
        self._started_at = at
        self._elapsed = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> Instant:
        return self._started_at + round(self._elapsed * SECOND)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let this much time pass, and whatever was due in it happen."""
        until = self._elapsed + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            self._elapsed, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await self.settle()
        self._elapsed = until
        await self.settle()

    async def settle(self) -> None:
        """Let everything run that need not wait, without moving time."""
        await turns()


class HurriedClock:
    """Real time, `factor` times as fast, for work over real sockets and threads; `leap` skips what none need wait for.

    Both hands move together. Whoever sleeps across a leap wakes at once if it was long enough.
    """

    def __init__(self, factor: float, at: Instant = NOON, *, began: float | None = None) -> None:
        """Start at an hour; `began` is the reading of `time.perf_counter` at it, by default now."""
        self._factor = factor
        self._started_at = at
        # Not `time.monotonic`, in whose place SimCord puts a clock of its own while a command is handled.
        self._began = time.perf_counter() if began is None else began
        self._leapt = 0.0
        self._leaps = asyncio.Event()

    def now(self) -> Instant:
        return self._started_at + round(self.monotonic() * SECOND)

    def monotonic(self) -> float:
        return (time.perf_counter() - self._began) * self._factor + self._leapt

    async def sleep(self, seconds: float) -> None:
        due = self.monotonic() + seconds
        if seconds <= 0:
            await asyncio.sleep(0)
        while (left := due - self.monotonic()) > 0:
            try:
                async with asyncio.timeout(left / self._factor):
                    await self._leaps.wait()
            except TimeoutError:
                continue

    def leap(self, seconds: float) -> None:
        """Let this much time have passed."""
        self._leapt += seconds
        self._leaps.set()
        self._leaps = asyncio.Event()
