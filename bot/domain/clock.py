"""The clock Protocol through which all code reads the time and sleeps."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol, TypeAlias

Instant: TypeAlias = int
"""Milliseconds since 1970-01-01 UTC, the form of every `*_at`."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    """Reads the wall clock, measures intervals, and waits; tests hand in one that they move themselves."""

    def now(self) -> Instant:
        """The wall clock, for what is stored and shown. It may step; never subtract it to measure an interval."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never steps, for timeouts and spacing within this process."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> Instant:
        """See `Clock.now`."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await asyncio.sleep(seconds)
