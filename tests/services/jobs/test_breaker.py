"""A slow or dead provider: after three failures in a row new requests wait, ever longer, and members are told why."""

from __future__ import annotations

import pytest

from bot.services.jobs.breaker import (
    BECAUSE,
    FAILURES,
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    SLOW_SECONDS,
    Breaker,
)
from tests.clocks import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def breaker(clock: ManualClock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.failed("planted")


def test_accidents_change_nothing(breaker: Breaker) -> None:
    """Two failures in a row are accidents, and an answer between failures starts the count anew."""
    fail(breaker, FAILURES - 1)
    breaker.answered()
    fail(breaker, FAILURES - 1)

    assert breaker.seconds_left() is None
    assert breaker.because is None


def test_three_in_a_row_open_it(breaker: Breaker) -> None:
    """The third failure in a row stops new requests and gives members the reason."""
    fail(breaker, FAILURES)

    assert breaker.seconds_left() == FIRST_PAUSE_SECONDS
    assert breaker.because == BECAUSE


def test_slow_answers_count(breaker: Breaker) -> None:
    """An answer that takes too long is as bad as none; a quick one is not."""
    for _ in range(FAILURES):
        breaker.answered(SLOW_SECONDS)

    assert breaker.seconds_left() == FIRST_PAUSE_SECONDS


async def test_one_call_is_let_through_and_decides(breaker: Breaker, clock: ManualClock) -> None:
    """After the pause the next call decides: a failure doubles the pause, up to five minutes, an answer ends it."""
    fail(breaker, FAILURES)
    pauses: list[float | None] = []
    for _ in range(6):
        await clock.advance(breaker.seconds_left() or 0.0)
        assert breaker.seconds_left() is None
        fail(breaker, 1)
        pauses.append(breaker.seconds_left())

    assert pauses == [30, 60, 120, 240, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]
    await clock.advance(LONGEST_PAUSE_SECONDS)
    breaker.answered()

    assert breaker.because is None
    fail(breaker, FAILURES)

    assert breaker.seconds_left() == FIRST_PAUSE_SECONDS


async def test_failures_of_calls_already_on_their_way_do_not_lengthen_it(breaker: Breaker, clock: ManualClock) -> None:
    """What fails while it is open says nothing new."""
    fail(breaker, FAILURES)
    await clock.advance(5)
    fail(breaker, 10)

    assert breaker.seconds_left() == FIRST_PAUSE_SECONDS - 5
