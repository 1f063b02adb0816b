"""Finishes what moderators decided or were to be asked, where a crash kept Discord from showing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from bot.domain.clock import SECOND, Clock, Instant
from bot.services.wakeup import Wakeup

PAUSE_SECONDS = 30.0

Finish: TypeAlias = Callable[[Instant], Awaitable[None]]
"""Finishes in Discord what was decided before that instant."""


class Outbox:
    """Takes decisions to their end, after a start and from time to time."""

    def __init__(self, finishers: Sequence[Finish], wakeup: Wakeup, clock: Clock) -> None:
        self._finishers = finishers
        self._bell = wakeup
        self._clock = clock

    async def run(self) -> None:
        """Look every half minute and when notified, until cancelled.

        Younger decisions are left to whoever makes them.
        """
        while True:
            before = self._clock.now() - round(PAUSE_SECONDS * SECOND)
            for finish in self._finishers:
                await finish(before)
            await self._bell.wait(PAUSE_SECONDS)
