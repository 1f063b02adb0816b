"""A slow or dead provider: after failures for three jobs in a row a model's new requests wait, and members are told."""

from __future__ import annotations

import pytest

from bot import texts
from bot.services.jobs.breaker import (
    BACKOFF,
    FAILURES,
    SLOW_SECONDS,
    Breaker,
)
from tests.clocks import ManualClock

MODEL, OTHER = "a-model", "another-model"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def breaker(clock: ManualClock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, jobs: int, model: str = MODEL) -> None:
    for number in range(jobs):
        breaker.failed(model, f"J{number}", "planted")


def test_accidents_change_nothing(breaker: Breaker) -> None:
    """Two failures in a row are accidents, and an answer between failures starts the count anew."""
    fail(breaker, FAILURES - 1)
    breaker.answered(MODEL, "J0")
    fail(breaker, FAILURES - 1)

    assert breaker.seconds_left(MODEL) is None
    assert breaker.because(MODEL, "J0") is None


def test_three_in_a_row_open_it(breaker: Breaker) -> None:
    """The third job in a row that fails stops new requests and gives every member the reason."""
    fail(breaker, FAILURES)

    assert breaker.seconds_left(MODEL) == BACKOFF.first
    assert breaker.because(MODEL, "somebody else's") == texts.status.NOT_ANSWERING


def test_one_jobs_failures_stop_nobody(breaker: Breaker) -> None:
    """However often calls for one job fail (its file may be at fault), others go on; its own member is told."""
    for _ in range(24):
        breaker.failed(MODEL, "J0", "planted")

    assert breaker.seconds_left(MODEL) is None
    assert breaker.because(MODEL, "J0") == texts.status.NOT_ANSWERING
    assert breaker.because(MODEL, "somebody else's") is None


def test_other_models_go_on(breaker: Breaker) -> None:
    """A model that is not answered for stops no other, and an answer for another does not open its way."""
    fail(breaker, FAILURES)
    breaker.answered(OTHER, "J9")

    assert breaker.seconds_left(OTHER) is None
    assert breaker.because(OTHER, "J0") is None
    assert breaker.seconds_left(MODEL) == BACKOFF.first


def test_slow_answers_count(breaker: Breaker) -> None:
    """An answer that takes too long is as bad as none; a quick one is not."""
    for number in range(FAILURES):
        breaker.answered(MODEL, f"J{number}", SLOW_SECONDS)

    assert breaker.seconds_left(MODEL) == BACKOFF.first


async def test_the_next_call_decides(breaker: Breaker, clock: ManualClock) -> None:
    """After the pause the next call decides: a failure doubles the pause, up to five minutes, an answer ends it."""
    fail(breaker, FAILURES)
    pauses = [breaker.seconds_left(MODEL)]
    for _ in range(6):
        await clock.advance(breaker.seconds_left(MODEL) or 0.0)
        assert breaker.seconds_left(MODEL) is None
        fail(breaker, 1)
        pauses.append(breaker.seconds_left(MODEL))

    assert pauses == [15, 30, 60, 120, 240, BACKOFF.longest, BACKOFF.longest]
    await clock.advance(BACKOFF.longest)
    breaker.answered(MODEL, "J0")

    assert breaker.because(MODEL, "J0") is None
    fail(breaker, FAILURES)

    assert breaker.seconds_left(MODEL) == BACKOFF.first


async def test_failures_of_calls_already_on_their_way_do_not_lengthen_it(breaker: Breaker, clock: ManualClock) -> None:
    """While it is open, what comes in late changes nothing."""
    fail(breaker, FAILURES)
    await clock.advance(5)
    fail(breaker, 10)

    assert breaker.seconds_left(MODEL) == BACKOFF.first - 5
