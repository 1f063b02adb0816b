"""What moderators decided and Discord does not show, because the program ended in between or Discord was down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from bot.domain.clock import SECOND, Clock, Instant

PAUSE_SECONDS = 30.0

Finish: TypeAlias = Callable[[Instant], Awaitable[None]]
"""Finishes in Discord what was decided before that instant."""


class LooseEnds:
    """Takes decisions to their end, after a start and from time to time."""

    def __init__(self, finishers: Sequence[Finish], clock: Clock) -> None:
        self._finishers = finishers
        self._clock = clock

    async def run(self) -> None:
        """Look every half minute, until cancelled; younger decisions are left to whoever makes them."""
        while True:
            before = self._clock.now() - round(PAUSE_SECONDS * SECOND)
            for finish in self._finishers:
                await finish(before)
            await self._clock.sleep(PAUSE_SECONDS)
