"""Exponential backoff: each wait is twice the last, up to a maximum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_MOST_DOUBLINGS = 60
"""Enough for any bound, and few enough for a float."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits in seconds, of which the first is above 0 and the longest no shorter."""

    first: float
    longest: float

    def after(self, waits: int) -> float:
        """The seconds to wait after so many waits, 0 or more, were in vain."""
        return min(self.longest, self.first * 2.0 ** min(waits, _MOST_DOUBLINGS))

    def waits(self) -> Iterator[float]:
        """The seconds of one wait after the other, without end; whoever takes them sleeps on the clock at hand."""
        made = 0
        while True:
            yield self.after(made)
            made += 1
