"""When to poll for a prediction: the schedule that wastes least time for a model's usual duration.

The end of a prediction is an event whose time is known only by its distribution, and each question costs something. To
know of the end early for few questions is the checking problem of Barlow, Hunter and Proschan (1963): where the hazard
(the rate of ends among what has not ended yet) is high, questions are dense. Keller (1974) gives the optimum as a
density, the square root of the hazard up to a factor, which holds for every shape of distribution, also one with two
humps; the factor follows from how many questions may be asked.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

PRIOR_MEDIAN_SECONDS = 9.0
PRIOR_SPREAD = 0.45
"""What is expected while nothing is known: half within 9 s, two thirds between 6 and 14 s, one in 250 beyond 30 s."""

FEWEST = 20
"""From so many results on a model's own history is trusted."""

_PRIOR_RESULTS = 1.0  # as many results as the prior counts for
_FADING = 0.99  # what each result weighs of the one after it: half after 69
_DENSEST = 8  # questions at most in the time in which a steady pace asks one
_EXTRA = 1.0  # questions beyond those that fit at a steady pace; it asks one at once, and one after the end
_RARE = 0.01  # the share of predictions that take so long that nothing known says more of their end than a steady pace
_LONGEST_PRIOR_SECONDS = 45.0
_MOST_EAGER = 6.0  # a question more is not worth less than a seventieth of the steady pause sooner
_CELLS = 600
_BISECTIONS = 14
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class AskingPace:
    """How often may be asked.

    Attributes:
        steady_seconds: the pace whose number of questions is not exceeded on average; also the longest pause while
            nothing is learned. Pauses are never shorter than an eighth of it.
        longest_seconds: the longest pause.
    """

    steady_seconds: float
    longest_seconds: float

    @property
    def shortest_seconds(self) -> float:
        """The shortest pause."""
        return self.steady_seconds / _DENSEST


@dataclass(frozen=True, slots=True)
class Schedule:
    """The ages, in seconds since the request, at which to ask; past the last one at the longest pause."""

    moments: tuple[float, ...]
    pace: AskingPace

    def is_due(self, age: float) -> bool:
        """Whether a question would have been asked by this age."""
        return bool(self.moments) and self.moments[0] <= age

    def pause(self, age: float) -> float:
        """The seconds from this age until the next question; one that would follow too closely is left out."""
        following = bisect_right(self.moments, age + self.pace.shortest_seconds / 2)
        if following == len(self.moments):
            return self.pace.longest_seconds
        return self.moments[following] - age


@lru_cache(maxsize=16)
def schedule(durations: tuple[float, ...], pace: AskingPace) -> Schedule:
    """The schedule for a model whose last results took so many seconds, the newest first.

    While there are fewer than `FEWEST`, no question comes later than at the steady pace, nor are more asked by any age
    than it has asked by then: whatever the model takes, that is never worse.

    Kept, because all models without a history have the same one.
    """
    is_learned = len(durations) >= FEWEST
    if not is_learned:
        pace = AskingPace(pace.steady_seconds, min(pace.steady_seconds, pace.longest_seconds))
    cells = _cells(durations, pace)
    densities = _densities(cells, pace)
    return Schedule(_moments(densities, cells.seconds, None if is_learned else pace.steady_seconds), pace)


@dataclass(frozen=True, slots=True)
class _Cells:
    """How the ends are distributed: the share that falls into each of equal stretches of time."""

    seconds: float
    shares: list[float]


def _cells(durations: Sequence[float], pace: AskingPace) -> _Cells:
    in_order = sorted((duration, _FADING**age) for age, duration in enumerate(durations))
    # One result in twenty may be anything: it was noticed late, or the provider had a bad day.
    usual = in_order[(len(in_order) - 1) * 19 // 20][0] if in_order else 0.0
    horizon = max(_LONGEST_PRIOR_SECONDS, 2 * usual)
    seconds = max(pace.shortest_seconds / 2, horizon / _CELLS)
    shares = _prior(math.ceil(horizon / seconds), seconds)
    neighbours = max(1, math.isqrt(len(in_order)) // 2)
    for place, (duration, weight) in enumerate(in_order):
        # As wide as its neighbours are apart: a hump stays a hump, however far the next one is.
        nearest = in_order[max(0, place - neighbours)][0], in_order[min(len(in_order) - 1, place + neighbours)][0]
        _spread(
            shares,
            min(duration / seconds, len(shares) - 0.5),
            weight,
            max(1.0, (nearest[1] - nearest[0]) / 2 / seconds),
        )
    total = sum(shares)
    return _Cells(seconds, [share / total for share in shares])


def _prior(cells: int, seconds: float) -> list[float]:
    reached = [_PRIOR_RESULTS * _prior_cdf(cell * seconds) for cell in range(cells + 1)]
    return [after - before for before, after in pairwise(reached)]


def _prior_cdf(age: float) -> float:
    if age <= 0:
        return 0.0
    return math.erfc(-math.log(age / PRIOR_MEDIAN_SECONDS) / (PRIOR_SPREAD * math.sqrt(2))) / 2


def _spread(shares: list[float], centre: float, weight: float, width: float) -> None:
    """Spread one result over the cells around it as a triangle whose half-base is `width` cells."""
    first, last = max(0, math.floor(centre - width)), min(len(shares) - 1, math.ceil(centre + width))
    heights = [max(_LEAST, 1 - abs(cell + 0.5 - centre) / width) for cell in range(first, last + 1)]
    unit = weight / sum(heights)
    for cell, height in enumerate(heights, start=first):
        shares[cell] += unit * height


def _densities(cells: _Cells, pace: AskingPace) -> list[float]:
    """Questions a second in each cell: the square root of the hazard, times what the number of questions allows."""
    left, mean = 1.0, 0.0
    waiting: list[float] = []
    for cell, share in enumerate(cells.shares):
        waiting.append(max(_LEAST, left - share / 2))
        left -= share
        mean += share * (cell + 0.5) * cells.seconds
    roots = [math.sqrt(share / cells.seconds / still) for share, still in zip(cells.shares, waiting, strict=True)]
    fewest = 1 / pace.longest_seconds
    most = [1 / (pace.shortest_seconds if still > _RARE else pace.steady_seconds) for still in waiting]
    wanted = mean / pace.steady_seconds + _EXTRA
    low, high = 0.05, _MOST_EAGER / math.sqrt(pace.steady_seconds)
    for _ in range(_BISECTIONS):
        factor = math.sqrt(low * high)
        asked = cells.seconds * sum(
            still * min(top, max(fewest, factor * root)) for still, top, root in zip(waiting, most, roots, strict=True)
        )
        low, high = (low, factor) if asked > wanted else (factor, high)
    return [min(top, max(fewest, low * root)) for top, root in zip(most, roots, strict=True)]


def _moments(densities: Sequence[float], seconds: float, not_ahead_of: float | None) -> tuple[float, ...]:
    """Where the questions that add up to whole ones are; with `not_ahead_of`, never more of them than at that pace."""
    moments: list[float] = []
    saved = 0.0
    for cell, density in enumerate(densities):
        saved += density * seconds
        while saved >= 1:
            moment = (cell + 1) * seconds - (saved - 1) / density
            if not_ahead_of is not None:
                moment = max(moment, len(moments) * not_ahead_of)
            moments.append(moment)
            saved -= 1
    return tuple(moments)
