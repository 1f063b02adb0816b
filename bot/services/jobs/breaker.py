"""Stops new paid requests while the provider is slow or dead; what it already has goes on being asked for."""

from __future__ import annotations

import structlog

from bot.domain.clock import Clock

log = structlog.get_logger(__name__)

FAILURES = 3
"""So many calls in a row that were not answered, or only slowly, are no accident any more."""

SLOW_SECONDS = 20.0
"""WaveSpeed answers a submit in about a second; one that takes this long is close to being lost."""

FIRST_PAUSE_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 300.0

BECAUSE = "The image provider isn't answering at the moment. Your job keeps its place; nothing is spent."


class Breaker:
    """Counts failures in a row. After each pause one call is let through, whose outcome decides what follows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS
        self._open_until = 0.0

    @property
    def because(self) -> str | None:
        """Why nothing is sent, for members; None while all is well."""
        return BECAUSE if self._failures >= FAILURES else None

    def seconds_left(self) -> float | None:
        """How long nothing new should be sent; None: it may."""
        left = self._open_until - self._clock.monotonic()
        return left if left > 0 else None

    def answered(self, seconds: float = 0.0) -> None:
        """The provider answered, after so long."""
        if seconds >= SLOW_SECONDS:
            self.failed("slow")
            return
        if self._failures >= FAILURES:
            log.info("breaker.closed")
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS

    def failed(self, why: str) -> None:
        """The provider did not answer."""
        self._failures += 1
        if self._failures < FAILURES or self.seconds_left() is not None:
            return
        log.error("breaker.opened", why=why, failures=self._failures, seconds=self._pause)
        self._open_until = self._clock.monotonic() + self._pause
        self._pause = min(LONGEST_PAUSE_SECONDS, self._pause * 2)
