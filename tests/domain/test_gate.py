"""When the next paid request may leave: the tier's limits for all, lost answers for their own model only."""

from __future__ import annotations

import pytest

from bot import texts
from bot.domain.clock import SECOND
from bot.domain.gate import Closed, ProviderLimits, Traffic, look_at_gate, look_at_model

NOON = 1_800_000_000_000
LIMITS = ProviderLimits(max_concurrent=3, max_per_minute=2, submit_parallelism=2)


@pytest.mark.parametrize(
    ("traffic", "closed"),
    [
        (Traffic(0, 0, None, {}), None),
        (Traffic(2, 1, None, {}), None),
        (Traffic(2, 2, None, {}), Closed(None)),
        (Traffic(3, 0, None, {}), Closed(None)),
        (Traffic(0, 0, NOON + 10 * SECOND, {}), Closed(10.0)),
        (Traffic(0, 0, NOON, {}), Closed(0.05)),
        (Traffic(0, 0, None, {"a": 99}), None),
    ],
)
def test_the_tiers_limits(traffic: Traffic, closed: Closed | None) -> None:
    """So many at once, in a minute, and unanswered; lost answers take no place of theirs."""
    assert look_at_gate(traffic, LIMITS, NOON) == closed


def test_lost_answers_hold_back_their_model_only() -> None:
    """One or two hold back nobody; three hold back what is of their model."""
    traffic = Traffic(0, 0, None, {"one": 1, "two": 2, "three": 3, "four": 4})

    assert [look_at_model(traffic, model) for model in ("none", "one", "two")] == [None, None, None]
    assert [look_at_model(traffic, model) for model in ("three", "four")] == [
        Closed(None, texts.status.CHECKED_FIRST)
    ] * 2
