"""Attempts whose answer was lost: which they are, whose a prediction at the provider is, and answers that come late."""

from __future__ import annotations

import pytest

from bot.db.transitions import IllegalMove
from bot.domain.clock import HOUR, MINUTE, SECOND
from bot.domain.jobs import Job
from bot.domain.models import MAX, PRO
from bot.domain.predictions import FailureReason
from bot.domain.remote_clock import Span
from tests.db.predictions import S, in_state
from tests.db.world import NOON, PRICE, DatabaseWorld


async def test_orphans_are_other_runs(world: DatabaseWorld) -> None:
    """What another run of the program left unanswered is found; what this one is sending is not."""
    jobs = world.stores.jobs
    job = await world.admit(pictures=2)
    first, second = (prediction.prediction_id for prediction in job.predictions)
    orphan = await jobs.begin_attempt(first, "before", NOON)
    await jobs.begin_attempt(second, "now", NOON + 1)

    assert await jobs.orphaned_attempts("now") == ((orphan, NOON),)


async def test_unknown_until_found(world: DatabaseWorld) -> None:
    """An unknown prediction tells when it was sent and how often it was looked for, until it is adopted."""
    jobs = world.stores.jobs
    prediction_id = await in_state(world, S.UNKNOWN)
    await jobs.looked(prediction_id, NOON + HOUR)
    unknown = (await jobs.unknowns())[0]
    await jobs.adopt(prediction_id, "found")

    assert (unknown.sent_at, unknown.looks, unknown.next_look_at) == (NOON, 1, NOON + HOUR)
    assert await jobs.unknowns() == ()
    assert await jobs.claimed(["found", "other"]) == {"found"}


async def test_one_claim(world: DatabaseWorld) -> None:
    """A prediction of the provider cannot be claimed by two of ours."""
    first, second = await in_state(world, S.UNKNOWN), await in_state(world, S.UNKNOWN)
    await world.stores.jobs.adopt(first, "found")

    with pytest.raises(IllegalMove, match="belongs to another"):
        await world.stores.jobs.adopt(second, "found")


async def test_an_answer_after_it_was_taken_for_lost(world: DatabaseWorld) -> None:
    """An answer that comes late says for certain whose the prediction is: it is taken, and once."""
    jobs = world.stores.jobs
    job = await world.admit()
    attempt_id = await _lost(world, job)
    for _ in range(2):
        await jobs.attempt_accepted(attempt_id, "late", NOON + MINUTE)

    read = await jobs.job(job.job_id)
    assert (read.predictions[0].state, read.predictions[0].provider_id) == (S.PROCESSING, "late")
    assert (await jobs.without_task(MAX.id, 0), await jobs.unknowns()) == ((), ())


async def test_an_answer_after_it_was_found_in_the_list(world: DatabaseWorld) -> None:
    """The answer only says what is known already; one that says something else is refused, for the operator to see."""
    jobs = world.stores.jobs
    first, second = await world.admit(), await world.admit()
    attempts = [await _lost(world, first), await _lost(world, second)]
    for job, name in ((first, "found"), (second, "wrong")):
        await jobs.adopt(job.predictions[0].prediction_id, name)
    await jobs.attempt_accepted(attempts[0], "found", NOON + MINUTE)
    with pytest.raises(IllegalMove, match="belongs to another"):
        await jobs.attempt_accepted(attempts[1], "found", NOON + MINUTE)
    with pytest.raises(IllegalMove, match="as another than right"):
        await jobs.attempt_accepted(attempts[1], "right", NOON + MINUTE)

    assert (await jobs.job(first.job_id)).predictions[0].provider_id == "found"


async def test_an_answer_after_it_was_given_up(world: DatabaseWorld) -> None:
    """The money stays with its member; the task is remembered as ours, and the server's account carries its bill."""
    jobs = world.stores.jobs
    job = await world.admit()
    attempt_id = await _lost(world, job)
    await jobs.fail(job.predictions[0].prediction_id, FailureReason.NEVER_STARTED, NOON)
    for _ in range(2):
        await jobs.attempt_accepted(attempt_id, "late", NOON + MINUTE)

    read = await jobs.job(job.job_id)
    assert (read.predictions[0].state, read.spent_micros, read.held_micros) == (S.FAILED, 0, 0)
    assert await jobs.claimed(["late"]) == {"late"}
    assert await world.rows("SELECT amount_micros FROM ledger WHERE kind = 'adjust'") == [(PRICE,)]


async def test_attempts_without_a_task(world: DatabaseWorld) -> None:
    """Those whose answer may still come or was lost, with when they began there; none that has its prediction."""
    jobs = world.stores.jobs
    on_its_way, lost, given_up, answered = [await world.admit() for _ in range(4)]
    began = Span(NOON - 90_500, NOON - 89_500)
    await jobs.begin_attempt(on_its_way.predictions[0].prediction_id, "boot", NOON, began)
    await _lost(world, lost)
    await _lost(world, given_up)
    await jobs.fail(given_up.predictions[0].prediction_id, FailureReason.NEVER_STARTED, NOON)
    await world.process(answered.predictions[0].prediction_id)

    rows = await jobs.without_task(MAX.id, NOON)
    assert [(row.state, row.began, row.lost_at) for row in rows] == [
        (S.SUBMITTING, began, None),
        (S.UNKNOWN, None, NOON + SECOND),
        (S.FAILED, None, NOON + SECOND),
    ]
    assert await jobs.without_task(PRO.id, NOON) == ()
    assert await jobs.without_task(MAX.id, NOON + 1) == ()


async def _lost(world: DatabaseWorld, job: Job) -> int:
    attempt_id = await world.stores.jobs.begin_attempt(job.predictions[0].prediction_id, "boot", NOON)
    assert attempt_id is not None
    await world.stores.jobs.attempt_lost(attempt_id, NOON + MINUTE, NOON + SECOND)
    return attempt_id
