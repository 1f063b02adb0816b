"""Waits between tries: the first, twice as long each time, never beyond the longest."""

from __future__ import annotations

from itertools import islice

import pytest

from bot.domain.backoff import Backoff

BACKOFF = Backoff(2.0, 60.0)


def test_each_wait_is_twice_the_one_before() -> None:
    """Up to the longest, which is kept for ever."""
    assert list(islice(BACKOFF.waits(), 8)) == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]


@pytest.mark.parametrize(("waits", "seconds"), [(0, 2.0), (4, 32.0), (5, 60.0), (10_000, 60.0)])
def test_after_any_number_of_waits(waits: int, seconds: float) -> None:
    """Also after more of them than a float can double."""
    assert BACKOFF.after(waits) == seconds


def test_each_begins_anew() -> None:
    """Two that wait know nothing of each other."""
    waits = BACKOFF.waits()
    assert (next(waits), next(waits)) == (2.0, 4.0)

    assert next(BACKOFF.waits()) == 2.0
