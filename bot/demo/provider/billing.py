"""What the simulated account was charged and refunded, told from its predictions and the clock."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from uuid import NAMESPACE_OID, uuid5

from bot.demo.provider.envelope import Json, write_instant
from bot.demo.provider.predictions import Prediction
from bot.domain.clock import SECOND, Instant
from bot.domain.money import MICROS_PER_DOLLAR, Micros


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of the bill; `amount_micros` is positive for both kinds."""

    kind: Literal["deduct", "refund"]
    prediction_id: str
    model_id: str
    amount_micros: Micros
    billed_at: Instant

    def view(self, status: str) -> Json:
        """The line as `POST /billings/search` shows it; `status` is that of its prediction."""
        return {
            "uuid": uuid5(NAMESPACE_OID, f"{self.prediction_id} {self.kind}").hex,
            "billing_type": self.kind,
            "price": dollars(self.amount_micros),
            "created_at": write_instant(self.billed_at),
            "prediction": {"uuid": self.prediction_id, "model_uuid": self.model_id, "status": status},
        }


def bill(predictions: Iterable[Prediction], now: Instant, *, refund_s: float) -> tuple[BillLine, ...]:
    """All lines up to this instant, oldest first: a deduction on acceptance, a refund after a failure."""
    lines: list[BillLine] = []
    for each in predictions:
        lines.append(BillLine("deduct", each.id, each.model_id, each.price_micros, each.created_at))
        if _is_refunded(each):
            refunded_at = _refunded_at(each, refund_s)
            lines.append(BillLine("refund", each.id, each.model_id, each.price_micros, refunded_at))
    return tuple(sorted((line for line in lines if line.billed_at <= now), key=lambda line: line.billed_at))


@dataclass(slots=True)
class RunningBill:
    """What the account was charged by any instant, without going through the bill.

    `refund_s` is what `bill` is told.
    """

    _instants: list[Instant] = field(default_factory=list[Instant])
    _sums: list[Micros] = field(default_factory=list[Micros])
    _refunded: list[Prediction] = field(default_factory=list[Prediction])

    def enter(self, prediction: Prediction) -> None:
        """One more prediction was accepted."""
        place = bisect_right(self._instants, prediction.created_at)
        before = self._sums[place - 1] if place else 0
        self._instants.insert(place, prediction.created_at)
        self._sums.insert(place, before)
        self._sums[place:] = [each + prediction.price_micros for each in self._sums[place:]]
        if _is_refunded(prediction):
            self._refunded.append(prediction)

    def total(self, now: Instant, *, refund_s: float) -> Micros:
        """What `total(bill(...))` is."""
        place = bisect_right(self._instants, now)
        deducted = self._sums[place - 1] if place else 0
        back = (each.price_micros for each in self._refunded if _refunded_at(each, refund_s) <= now)
        return deducted - sum(back)


def _is_refunded(prediction: Prediction) -> bool:
    return prediction.fate.ending not in {None, "completed"} and prediction.fate.refunded


def _refunded_at(prediction: Prediction, refund_s: float) -> Instant:
    return int(prediction.ends_at + refund_s * SECOND)


def total(lines: Iterable[BillLine]) -> Micros:
    """What all lines cost together."""
    return sum(line.amount_micros if line.kind == "deduct" else -line.amount_micros for line in lines)


def dollars(micros: Micros) -> float:
    """A price as the API writes it: a JSON number in dollars."""
    return micros / MICROS_PER_DOLLAR
