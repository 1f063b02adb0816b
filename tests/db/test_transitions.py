"""The moves that predictions make, and the attempts by which they make them."""

from __future__ import annotations

import pytest

from bot.db.transitions import IllegalMove
from bot.domain.jobs import TRANSITIONS, PredictionState, Stage
from bot.domain.marks import WithheldBecause
from bot.domain.predictions import FailureReason
from tests.db.predictions import S, hold, in_state
from tests.db.world import NOON, PRICE, DatabaseWorld


async def _state(world: DatabaseWorld, prediction_id: int) -> object:
    return (await world.rows("SELECT state FROM predictions WHERE prediction_id = ?", prediction_id))[0][0]


async def _try(world: DatabaseWorld, prediction_id: int, target: PredictionState) -> None:
    jobs = world.stores.jobs
    match target:
        case S.SUBMITTING:
            await jobs.begin_attempt(prediction_id, "boot", NOON)
        case S.PROCESSING:
            await jobs.adopt(prediction_id, "found")
        case S.COMPLETED:
            await jobs.complete(prediction_id, [], NOON, NOON)
        case S.FAILED:
            await jobs.fail(prediction_id, FailureReason.PROVIDER, NOON)
        case S.WITHHELD:
            await jobs.withhold(prediction_id, WithheldBecause.MARKED, NOON)
        case S.REVIEW:
            await hold(jobs, prediction_id)
        case _:
            message = f"no method leads to {target} by itself"
            raise ValueError(message)


MOVES = [
    (source, target)
    for source in PredictionState
    for target in (S.SUBMITTING, S.PROCESSING, S.COMPLETED, S.FAILED, S.WITHHELD, S.REVIEW)
]
# Beside what TRANSITIONS allows: whoever asks says from where, so that an answer in flight is not overtaken.
# What waits for a moderator is ended by their decision alone.
NARROWER = {
    (S.SUBMITTING, S.PROCESSING),
    (S.SUBMITTING, S.FAILED),
    (S.REVIEW, S.COMPLETED),
    (S.REVIEW, S.WITHHELD),
}


@pytest.mark.parametrize(("source", "target"), MOVES)
async def test_moves(world: DatabaseWorld, source: PredictionState, target: PredictionState) -> None:
    """A prediction makes the moves that there are and no others; a final move repeated does nothing."""
    prediction_id = await in_state(world, source)
    before = await world.rows("SELECT * FROM ledger")
    allowed = target in TRANSITIONS[source] and (source, target) not in NARROWER
    repeated = source is target and (target.is_final or target is S.REVIEW)
    too_late = target is S.SUBMITTING and source.is_final
    if allowed or repeated or too_late:
        await _try(world, prediction_id, target)
    else:
        with pytest.raises(IllegalMove):
            await _try(world, prediction_id, target)

    assert await _state(world, prediction_id) == (target if allowed else source)
    assert allowed or await world.rows("SELECT * FROM ledger") == before


async def test_attempt_after_cancel(world: DatabaseWorld) -> None:
    """An attempt on what was cancelled meanwhile does not begin, and no POST is recorded."""
    prediction_id = await in_state(world, S.CANCELLED)

    assert await world.stores.jobs.begin_attempt(prediction_id, "boot", NOON) is None
    assert await world.rows("SELECT * FROM attempts") == []


async def test_attempt_answered_twice(world: DatabaseWorld) -> None:
    """The same answer again changes nothing; another answer is a bug."""
    jobs = world.stores.jobs
    job = await world.admit()
    attempt_id = await jobs.begin_attempt(job.predictions[0].prediction_id, "boot", NOON)
    assert attempt_id is not None
    for _ in range(2):
        await jobs.attempt_refused(attempt_id, FailureReason.MODERATED, NOON)
    with pytest.raises(IllegalMove, match="refused and cannot be accepted"):
        await jobs.attempt_accepted(attempt_id, "late", NOON)
    read = await jobs.job(job.job_id)

    assert (read.predictions[0].reason, read.returned_micros) == (FailureReason.MODERATED, PRICE)


async def test_returned_attempt_keeps_its_hold(world: DatabaseWorld) -> None:
    """After a rate limit the prediction waits again with its money held, and each POST has its row."""
    jobs = world.stores.jobs
    job = await world.admit()
    prediction_id = job.predictions[0].prediction_id
    for _ in range(2):
        attempt_id = await jobs.begin_attempt(prediction_id, "boot", NOON)
        assert attempt_id is not None
        await jobs.attempt_returned(attempt_id, NOON)
    read = await jobs.job(job.job_id)

    assert (read.stage, read.held_micros) == (Stage.WAITING, PRICE)
    assert await world.rows("SELECT outcome FROM attempts") == [("returned",), ("returned",)]
