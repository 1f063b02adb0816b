"""A clock for the simulated provider's tests: it stands still, moves when told, and never makes anyone wait."""

from __future__ import annotations

import asyncio

from bot.domain.clock import SECOND, Instant

START: Instant = 1_767_225_600_000
"""2026-01-01T00:00:00Z, the first instant of a minute, a day and a year."""


class SteppedClock:
    """Sleeping moves it ahead at once; with `tick_ms` each reading does so too, for callers that sleep on their own."""

    def __init__(self, *, tick_ms: int = 0) -> None:
        self._now = START
        self._tick = tick_ms

    def now(self) -> Instant:
        self._now += self._tick
        return self._now

    def monotonic(self) -> float:
        return self._now / SECOND

    def advance(self, seconds: float) -> None:
        self._now += int(seconds * SECOND)

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)
