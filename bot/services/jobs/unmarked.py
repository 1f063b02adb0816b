"""Notices a model whose pictures come without safety marks and are withheld one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import structlog

from bot.domain.marks import Mark
from bot.services.ports.meter import Meter

log = structlog.get_logger(__name__)

IN_A_ROW = 5
"""So many withheld pictures without a single mark are no accident: that model sends none."""


class UnmarkedModels:
    """Warns the operator once for every five in a row."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._withheld: Counter[str] = Counter()

    def came(self, model_id: str, marks: Iterable[Mark]) -> None:
        """A picture of that model came; one that has a mark shows that the model sends them."""
        if any(mark is not Mark.MISSING for mark in marks):
            del self._withheld[model_id]

    def withheld(self, model_id: str) -> None:
        """A picture of that model is withheld for want of a mark."""
        self._meter.unmarked_withheld(model_id)
        self._withheld[model_id] += 1
        if self._withheld[model_id] % IN_A_ROW == 0:
            log.error(
                "model.sends_no_marks",
                model_id=model_id,
                withheld_in_a_row=self._withheld[model_id],
                what_to_do="servers that count unmarked pictures as unsafe pay for each of them and see none",
            )
