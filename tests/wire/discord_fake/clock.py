"""A clock that runs with the machine's and can be moved ahead, so that a token dies without a wait."""

from __future__ import annotations

import asyncio
import time

from bot.domain.clock import SECOND, Instant


class MovableClock:
    """The hour at which it was made, the time since, and whatever `advance` has added.

    Both hands move together, so that a step of the machine's clock in the middle of a test changes nothing; whoever
    sleeps on it wakes when the hour is reached.
    """

    def __init__(self) -> None:
        self._made_at = time.time()
        self._made = time.perf_counter()
        self._added = 0.0
        self._moved = asyncio.Event()

    def now(self) -> Instant:
        """See `Clock.now`."""
        return int((self._made_at + self.monotonic()) * SECOND)

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.perf_counter() - self._made + self._added

    async def sleep(self, seconds: float) -> None:
        """Wait, on the real clock or until `advance` has passed the hour."""
        due = self.monotonic() + seconds
        while (left := due - self.monotonic()) > 0:
            moved = self._moved
            try:
                await asyncio.wait_for(moved.wait(), left)
            except TimeoutError:
                return

    def advance(self, seconds: float) -> None:
        """Move the hour ahead by that many seconds and wake whom that concerns."""
        self._added += seconds
        self._moved.set()
        self._moved = asyncio.Event()
