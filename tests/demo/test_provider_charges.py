"""What the simulated account was charged is told without going through its bill, and is the bill's sum all the same."""

from __future__ import annotations

from random import Random

import pytest

from bot.demo.provider.billing import RunningBill, bill, total
from bot.demo.provider.fates import Fate
from bot.demo.provider.predictions import Limits, Pace, Predictions
from bot.demo.provider.validation import PaintingOrder
from bot.domain.clock import SECOND
from bot.domain.models import MAX

FATES = (Fate(), Fate(accepted_late=True), Fate(ending="failed"), Fate(ending="failed", refunded=False))
ORDER = PaintingOrder(MAX, "a hat", (), {}, waits=False)


@pytest.mark.parametrize("refund_s", [0.0, 40.0])
def test_the_running_sum_is_the_bills(refund_s: float) -> None:
    """At any instant, also before late acceptances and refunds, both say the same."""
    random, charged = Random(1), RunningBill()
    predictions = Predictions(Random(2), Pace(late_s=30.0), Limits())
    now = 0
    for price in range(1, 200):
        now += random.randrange(3 * SECOND)
        fate = random.choice(FATES)
        charged.enter(predictions.accept(ORDER, (), fate, price_micros=price, now=now))
        for at in (now - 5 * SECOND, now, now + 20 * SECOND, now + 100 * SECOND):
            assert charged.total(at, refund_s=refund_s) == total(bill(predictions, at, refund_s=refund_s))
