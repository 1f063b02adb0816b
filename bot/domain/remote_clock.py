"""Estimates the provider's clock from the `Date` headers of its answers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.domain.clock import MINUTE, SECOND, Clock, Instant

UNKNOWN_BY = 10 * MINUTE
"""Before the first dated answer both clocks are taken to agree, to within this much."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some instant between two, both included; or a difference in milliseconds that is not known more exactly."""

    earliest: int
    latest: int

    def common(self, other: Span) -> Span | None:
        """What both allow; None where they contradict each other."""
        both = Span(max(self.earliest, other.earliest), min(self.latest, other.latest))
        return both if both.earliest <= both.latest else None

    def moved(self, milliseconds: int) -> Span:
        """The same, so much later."""
        return Span(self.earliest + milliseconds, self.latest + milliseconds)

    @property
    def middle(self) -> int:
        """The best single guess."""
        return (self.earliest + self.latest) // 2

    @property
    def width(self) -> int:
        """Milliseconds between the two ends."""
        return self.latest - self.earliest


class RemoteClock:
    """What another machine's clock shows.

    A `Date` header (RFC 9110, 6.6.1) names the second in which an answer was begun, and that was between the request
    and its arrival. Each answer so bounds the difference of the clocks; what all of them allow is what is known. A slow
    answer allows much and so takes nothing away. One that contradicts all before it may come from somebody's cache; two
    in a row that agree with each other mean that one of the clocks was set.

    Measured against the monotonic clock: when the wall clock of this machine steps, what is known stays true.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead: Span | None = None  # of our monotonic clock, in milliseconds
        self._invariant_guard: Span | None = None

    def heard(self, date: Instant, asked: float) -> None:
        """Learn from an answer that has just arrived: its date, and the monotonic time when it was asked for."""
        seen = Span(date - math.ceil(self._clock.monotonic() * SECOND), date + SECOND - math.floor(asked * SECOND))
        if self._ahead is None:
            self._ahead = seen
            return
        agreed = self._ahead.common(seen)
        if agreed is not None:
            self._ahead, self._invariant_guard = agreed, None
            return
        confirmed = None if self._invariant_guard is None else self._invariant_guard.common(seen)
        if confirmed is None:
            self._invariant_guard = seen
        else:
            self._ahead, self._invariant_guard = confirmed, None

    @property
    def offset(self) -> Span | None:
        """How many milliseconds it is ahead of this machine's wall clock; None before the first dated answer."""
        if self._ahead is None:
            return None
        return self._ahead.moved(round(self._clock.monotonic() * SECOND) - self._clock.now())

    def reading(self, at: Instant) -> Span:
        """What it shows when this machine's wall clock shows `at`."""
        return (self.offset or Span(-UNKNOWN_BY, UNKNOWN_BY)).moved(at)

    def now_if_known(self) -> Span | None:
        """What it shows now; None before the first dated answer."""
        return None if self._ahead is None else self.now()

    def now(self) -> Span:
        """What it shows now."""
        return self.reading(self._clock.now())
