"""Lost answers: the provider's list decides, patiently; never a wrong match, and never a second task by ourselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.db.transitions import IllegalMove
from bot.domain.clock import MINUTE, SECOND
from bot.domain.jobs import Job, Prediction, PredictionState
from bot.domain.models import MAX_MULTI, PRO
from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.services.crash_points import pass_by
from bot.services.jobs.unknowns import Unknowns
from tests.services.desk import ANN, Desk

GRACE = 120.0


@pytest.fixture
async def looking(desk: Desk) -> AsyncGenerator[Desk]:
    """A desk at which unknown predictions are looked for."""
    unknowns = Unknowns(
        jobs=desk.stores.jobs,
        provider=desk.provider,
        switchboard=desk.switchboard,
        clock=desk.clock,
        grace_seconds=GRACE,
        reach=pass_by,
    )
    task = asyncio.create_task(unknowns.run())
    yield desk
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def now(desk: Desk, job: Job) -> Prediction:
    return (await desk.stores.jobs.job(job.job_id)).predictions[0]


async def lost(desk: Desk, **facts: object) -> Job:
    job = await desk.unknown(**facts)  # pyright: ignore[reportArgumentType] - passed on
    desk.switchboard.unknowns.ring()
    return job


async def unanswered(desk: Desk) -> int:
    return (await desk.stores.jobs.traffic(desk.clock.now())).unanswered


async def test_the_one_candidate_is_adopted(looking: Desk) -> None:
    """Exactly one unknown and exactly one unclaimed prediction of that model and time belong together."""
    looking.provider.lists = [["theirs"]]
    job = await lost(looking)
    await looking.clock.advance(GRACE - 1)
    assert looking.provider.looks == []

    await looking.clock.advance(2)

    prediction = await now(looking, job)
    assert (prediction.state, prediction.provider_id) == (PredictionState.PROCESSING, "theirs")
    assert await unanswered(looking) == 0


async def test_only_that_time_is_looked_at(looking: Desk) -> None:
    """The list is asked for the time around the submit, with a margin for clocks that differ."""
    looking.provider.lists = [["theirs"]]
    sent_at = looking.clock.now()
    await lost(looking)
    await looking.clock.advance(GRACE + 1)

    assert looking.provider.windows == [(sent_at - MINUTE, sent_at + 10 * MINUTE)]


async def test_what_is_ours_already_is_no_candidate(looking: Desk) -> None:
    """Predictions that belong to our other jobs are left out."""
    await looking.processing("claimed")
    looking.provider.lists = [["claimed", "theirs"]]
    job = await lost(looking)
    await looking.clock.advance(GRACE + 1)

    assert (await now(looking, job)).provider_id == "theirs"


async def test_none_on_two_looks_gives_the_money_back(looking: Desk) -> None:
    """Only the second look that finds nothing, one grace after the first, ends it: nothing was created."""
    looking.provider.lists = [[]]
    began = looking.clock.now()
    job = await lost(looking)
    await looking.clock.advance(GRACE + 1)
    assert (await now(looking, job)).state is PredictionState.UNKNOWN
    assert await unanswered(looking) == 1
    await looking.clock.advance(GRACE)

    prediction = await now(looking, job)
    assert (prediction.state, prediction.reason) == (PredictionState.FAILED, FailureReason.NEVER_STARTED)
    assert [(look - began) / SECOND for look in looking.provider.looks] == [GRACE, 2 * GRACE]
    assert (await looking.stores.jobs.job(job.job_id)).held_micros == 0
    assert await unanswered(looking) == 0


async def test_what_the_list_shows_late_is_still_adopted(looking: Desk) -> None:
    """A prediction that appears between the looks is found by the second."""
    looking.provider.lists = [[], ["late"]]
    job = await lost(looking)
    await looking.clock.advance(2 * GRACE + 1)

    assert (await now(looking, job)).provider_id == "late"


async def test_several_candidates_go_to_a_moderator(looking: Desk) -> None:
    """Where it could be either, a moderator decides: the hold stays, the gate opens."""
    looking.provider.lists = [["one", "other"]]
    job = await lost(looking)
    await looking.clock.advance(GRACE + 1)

    prediction = await now(looking, job)
    assert (prediction.state, prediction.provider_id) == (PredictionState.UNKNOWN, None)
    assert prediction.review_at is not None
    assert (await looking.stores.jobs.job(job.job_id)).held_micros == job.price_micros
    assert await unanswered(looking) == 0


async def test_two_unknowns_never_share_a_candidate(looking: Desk) -> None:
    """Two lost answers of one model and one candidate: nobody knows whose it is, so neither takes it."""
    looking.provider.lists = [["one"]]
    jobs = [await lost(looking), await lost(looking)]
    await looking.clock.advance(GRACE + 1)

    predictions = [await now(looking, job) for job in jobs]
    assert [p.provider_id for p in predictions] == [None, None]
    assert all(p.review_at is not None for p in predictions)


async def test_what_a_moderator_looks_at_is_not_given_to_another(looking: Desk) -> None:
    """A candidate that a moderator may still give to one case is not adopted by the next, which was sent later."""
    looking.provider.lists = [["one", "other"], ["one", "other", "own"], ["one", "other"]]
    first = await lost(looking)
    await looking.clock.advance(GRACE + 1)
    second = await lost(looking)
    await looking.clock.advance(GRACE + 1)
    third = await lost(looking)
    await looking.clock.advance(2 * GRACE + 1)

    assert (await now(looking, first)).provider_id is None
    assert (await now(looking, second)).provider_id == "own"
    assert (await now(looking, third)).reason is FailureReason.NEVER_STARTED


async def test_the_store_keeps_candidates_for_their_case(looking: Desk) -> None:
    """Not even by mistake can another prediction adopt what awaits a moderator's decision."""
    looking.provider.lists = [["one", "other"], TryLater("planted")]
    await lost(looking)
    await looking.clock.advance(GRACE + 1)
    second = await lost(looking)

    with pytest.raises(IllegalMove, match="awaits a moderator"):
        await looking.stores.jobs.adopt((await now(looking, second)).prediction_id, "one")


async def test_models_and_times_are_told_apart(looking: Desk) -> None:
    """A lost answer of another model, or of another time, is no rival."""
    looking.provider.lists = [["one"], ["two"], ["three"]]
    first = await lost(looking, model=PRO)
    second = await lost(looking, model=MAX_MULTI)
    await looking.clock.advance(GRACE + 1)
    await looking.clock.advance(12 * 60)
    third = await lost(looking, model=PRO)
    await looking.clock.advance(GRACE + 1)

    assert [(await now(looking, job)).provider_id for job in (first, second, third)] == ["one", "two", "three"]


async def test_a_request_on_its_way_is_waited_for(looking: Desk) -> None:
    """With several POSTs at once, what the list shows may be that of one whose answer is just arriving."""
    looking.provider.lists = [["of the other"]]
    job = await lost(looking)
    other = await looking.admitted(ANN)
    attempt = await looking.sent(other)
    await looking.clock.advance(GRACE + 1)
    assert (await now(looking, job)).provider_id is None

    await looking.stores.jobs.attempt_accepted(attempt, "of the other", looking.clock.now())
    await looking.clock.advance(2 * GRACE + 10)

    assert (await now(looking, job)).reason is FailureReason.NEVER_STARTED
    assert (await now(looking, other)).provider_id == "of the other"


async def test_a_list_out_of_reach_is_asked_again(looking: Desk) -> None:
    """While the list cannot be had nothing is decided, and the looks do not count."""
    looking.provider.lists = [TryLater("planted"), Refused(FailureReason.NOT_AUTHORISED, "planted"), ["theirs"]]
    job = await lost(looking)
    await looking.clock.advance(GRACE + 20)
    assert (await now(looking, job)).state is PredictionState.UNKNOWN

    await looking.clock.advance(20)

    assert (await now(looking, job)).provider_id == "theirs"


async def test_a_list_that_stays_out_of_reach_goes_to_a_moderator(looking: Desk) -> None:
    """The gate does not stay closed for ever: after an hour without a list a moderator is asked."""
    looking.provider.lists = [TryLater("planted")]
    job = await lost(looking)
    await looking.clock.advance(3_500)
    assert await unanswered(looking) == 1

    await looking.clock.advance(120)

    assert (await now(looking, job)).review_at is not None
    assert await unanswered(looking) == 0
