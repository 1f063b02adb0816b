"""Learns from finished jobs how long each model takes, for polling and for the wait that members read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from bot.domain.checking import AskingPace, Schedule, schedule

KEPT = 200
"""So many results of each model are kept; older ones weigh little."""

LOADED = 10 * KEPT
"""So many results are read at the start, over all models."""

_TYPICAL_OF = 20
_FEWEST_TYPICAL = 3


@dataclass(slots=True)
class _History:
    """A model's last results in seconds, the newest first, and the schedule that was made of them."""

    seconds: deque[float] = field(default_factory=lambda: deque[float](maxlen=KEPT))
    schedule: Schedule | None = None
    since: int = 0

    def add(self, seconds: float) -> None:
        self.seconds.appendleft(seconds)
        self.since += 1
        # A tenth more makes another schedule: learning costs the less a result, the more there are.
        if self.since * 10 >= len(self.seconds):
            self.schedule = None


class LearnedWaits:
    """The history of every model, kept in memory; nothing is read for a question or a status message."""

    def __init__(self, pace: AskingPace) -> None:
        self._pace = pace
        self._models: dict[str, _History] = {}

    def load(self, results: Iterable[tuple[str, int]]) -> None:
        """Take in what was kept, the oldest first: model and milliseconds from submit to completion."""
        for model_id, milliseconds in results:
            self.ended(model_id, milliseconds / 1000)

    def ended(self, model_id: str, seconds: float) -> None:
        """Take in one more result, and how long it took from its submit."""
        self._models.setdefault(model_id, _History()).add(max(0.0, seconds))

    def schedule(self, model_id: str) -> Schedule:
        """When to ask for a prediction of this model."""
        history = self._models.setdefault(model_id, _History())
        if history.schedule is None:
            history.schedule, history.since = schedule(tuple(history.seconds), self._pace), 0
        return history.schedule

    def typical_seconds(self, model_id: str) -> float | None:
        """The median of the last 20; None below three."""
        history = self._models.get(model_id)
        if history is None or len(history.seconds) < _FEWEST_TYPICAL:
            return None
        return median([history.seconds[place] for place in range(min(_TYPICAL_OF, len(history.seconds)))])
