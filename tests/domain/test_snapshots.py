"""How long what was said about a place stays about true."""

from __future__ import annotations

import pytest

from bot.domain.snapshots import Turn


@pytest.mark.parametrize(("place", "seconds"), [(None, 0.0), (1, 0.05), (60, 3.0), (1_000, 50.0), (100_000, 60.0)])
def test_places_far_back_stay_true_for_longer(place: int | None, seconds: float) -> None:
    """Up to the sixtieth it is less than the usual tick; nobody waits for more than a minute to be told."""
    assert Turn(place, None, None).seconds_unchanged == pytest.approx(seconds)
