"""Deduplicates clicks: the same click while the first is being handled, or shortly after, does nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot import texts
from bot.domain.clock import Clock
from bot.domain.errors import EaselError

MOMENT_SECONDS = 3.0
"""A second click within this time was meant to be the first one."""


class PressedTwice(EaselError):
    """The same click again while the first one counts."""

    def __init__(self) -> None:
        super().__init__(texts.requests.PRESSED_TWICE)


class Clicks:
    """Remembers clicks for a moment; what must outlive a restart is claimed in the store instead."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[tuple[object, ...], float] = {}

    @asynccontextmanager
    async def once(self, *what: object) -> AsyncGenerator[None]:
        """Let the first click of these facts through. One that fails may be repeated at once.

        Raises:
            PressedTwice: it is being worked on, or was done a moment ago.
        """
        now = self._clock.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        if what in self._until:
            raise PressedTwice
        self._until[what] = float("inf")
        try:
            yield
        except BaseException:
            del self._until[what]
            raise
        self._until[what] = self._clock.monotonic() + MOMENT_SECONDS
