"""Lost answers: the provider's list decides, soon where it is certain and patiently where not; never a wrong match."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from email.utils import formatdate

import pytest

from bot.db.transitions import IllegalMove
from bot.domain.clock import MINUTE, SECOND
from bot.domain.jobs import Job, Prediction, PredictionState
from bot.domain.lost_answers import TOLERANCE, Listed
from bot.domain.models import MAX, MAX_MULTI, PRO
from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.domain.remote_clock import UNKNOWN_BY
from bot.provider.transport import read_date
from bot.services.crash_points import no_crash
from bot.services.jobs.unknowns import Unknowns
from tests.services.parts import ANN, Parts

GRACE = 120.0


def unknowns_of(parts: Parts) -> Unknowns:
    return Unknowns(
        jobs=parts.stores.jobs,
        provider=parts.provider,
        signals=parts.signals,
        clock=parts.clock,
        grace_seconds=GRACE,
        crash_hook=no_crash,
    )


@pytest.fixture
async def looking(parts: Parts) -> AsyncGenerator[Parts]:
    """What looks for unknown predictions; the provider's clock goes as ours."""
    hear(parts, 0)
    task = asyncio.create_task(unknowns_of(parts).run())
    yield parts
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def hear(parts: Parts, ahead_seconds: int) -> None:
    """An answer that shows the provider's clock."""
    date = read_date(formatdate(parts.clock.now() // SECOND + ahead_seconds, usegmt=True))
    assert date is not None
    parts.provider.remote_clock.heard(date, parts.clock.monotonic())


async def now(parts: Parts, job: Job) -> Prediction:
    return (await parts.stores.jobs.job(job.job_id)).predictions[0]


async def lost(parts: Parts, **facts: object) -> Job:
    job = await parts.unknown(**facts)  # pyright: ignore[reportArgumentType] - passed on
    parts.signals.unknowns.notify()
    return job


async def looked_for(parts: Parts, model_id: str = MAX.id) -> int:
    """How many of a model close its gate together."""
    return (await parts.stores.jobs.traffic(parts.clock.now(), 1)).lost.get(model_id, 0)


def seconds_of_looks(parts: Parts, began: int) -> list[float]:
    return [(look - began) / SECOND for look in parts.provider.looks]


async def test_what_is_certain_is_adopted_at_once(looking: Parts) -> None:
    """Where the list shows the one prediction that it can be, nobody waits for the grace to pass."""
    looking.provider.lists = [["theirs"]]
    job = await lost(looking)
    await looking.clock.advance(1)
    assert looking.provider.looks == []

    await looking.clock.advance(2)

    prediction = await now(looking, job)
    assert (prediction.state, prediction.provider_id) == (PredictionState.PROCESSING, "theirs")
    assert await looked_for(looking) == 0


async def test_only_that_time_is_looked_at(looking: Parts) -> None:
    """The list is asked for what can have been created since the request began, by the provider's clock."""
    hear(looking, 0)
    looking.provider.lists = [["theirs"]]
    sent_at = looking.clock.now()
    await lost(looking)
    await looking.clock.advance(3)

    ((after, before),) = looking.provider.windows
    assert sent_at - TOLERANCE - SECOND <= after <= sent_at - TOLERANCE
    assert before <= looking.clock.now() + SECOND + TOLERANCE


@pytest.mark.parametrize("ahead", [-3_600, -90, 90, 3_600])
async def test_the_providers_clock_is_what_counts(looking: Parts, ahead: int) -> None:
    """However far this machine's clock is off, what was created after the request began is found, and nothing older."""
    for _ in range(2):
        hear(looking, ahead)
    there = looking.clock.now() + ahead * SECOND
    looking.provider.lists = [[Listed("older", there - 5 * SECOND), Listed("theirs", there + SECOND)]]
    job = await lost(looking)
    await looking.clock.advance(3)

    assert (await now(looking, job)).provider_id == "theirs"
    assert looking.provider.windows[0][0] <= there <= looking.provider.windows[0][1]


async def test_an_unknown_clock_is_taken_to_be_ours_and_widely(parts: Parts) -> None:
    """Before the first dated answer the list is asked for minutes on both sides."""
    sent_at = parts.clock.now()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(unknowns_of(parts).run())
        parts.provider.lists = [[Listed("theirs", sent_at - UNKNOWN_BY // 2)]]
        job = await lost(parts)
        await parts.clock.advance(3)
        task.cancel()

    assert (await now(parts, job)).provider_id == "theirs"


async def test_a_step_of_our_clock_after_the_request_changes_nothing(looking: Parts) -> None:
    """When it began by the provider's clock was kept with it, so that it does not matter what ours shows now."""
    job = await looking.admitted()
    began = looking.provider.remote_clock.now_if_known()
    assert began is not None
    jobs, hour = looking.stores.jobs, looking.clock.now() - 60 * MINUTE
    # As if the clock had been an hour behind when it was sent, and was set right since.
    attempt = await jobs.begin_attempt(job.predictions[0].prediction_id, "boot", hour, began)
    assert attempt is not None
    await jobs.attempt_lost(attempt, looking.clock.now(), hour)
    looking.provider.lists = [[Listed("older", began.earliest - 30 * MINUTE), Listed("theirs", began.earliest)]]
    looking.signals.unknowns.notify()
    await looking.clock.advance(1)

    assert (await now(looking, job)).provider_id == "theirs"


async def test_what_is_ours_already_is_no_candidate(looking: Parts) -> None:
    """Predictions that belong to our other jobs are left out."""
    await looking.processing("claimed")
    looking.provider.lists = [["claimed", "theirs"]]
    job = await lost(looking)
    await looking.clock.advance(3)

    assert (await now(looking, job)).provider_id == "theirs"


async def test_none_on_two_looks_gives_the_money_back(looking: Parts) -> None:
    """Only the second look that finds nothing, one grace after the first, ends it: nothing was created."""
    looking.provider.lists = [[]]
    began = looking.clock.now()
    job = await lost(looking)
    await looking.clock.advance(2 * GRACE - 1)
    assert (await now(looking, job)).state is PredictionState.UNKNOWN
    assert await looked_for(looking) == 1
    await looking.clock.advance(1)

    prediction = await now(looking, job)
    assert (prediction.state, prediction.reason) == (PredictionState.FAILED, FailureReason.NEVER_STARTED)
    assert seconds_of_looks(looking, began) == [2, 4, 8, 16, 32, 64, GRACE, 2 * GRACE]
    assert (await looking.stores.jobs.job(job.job_id)).held_micros == 0
    assert await looked_for(looking) == 0


async def test_what_the_list_shows_late_is_still_adopted(looking: Parts) -> None:
    """A prediction that appears between the looks that count is found by the second."""
    looking.provider.lists = [*[[]] * 7, ["late"]]
    job = await lost(looking)
    await looking.clock.advance(2 * GRACE + 1)

    assert (await now(looking, job)).provider_id == "late"


async def test_several_candidates_go_to_a_moderator(looking: Parts) -> None:
    """Where it could still be either at the second look, a moderator decides; the hold stays."""
    looking.provider.lists = [["one", "other"]]
    job = await lost(looking)
    await looking.clock.advance(2 * GRACE - 1)
    assert (await now(looking, job)).review_at is None
    await looking.clock.advance(1)

    prediction = await now(looking, job)
    assert (prediction.state, prediction.provider_id) == (PredictionState.UNKNOWN, None)
    assert prediction.review_at is not None
    assert (await looking.stores.jobs.job(job.job_id)).held_micros == job.price_micros
    assert await looked_for(looking) == 0


async def test_two_unknowns_never_share_a_candidate(looking: Parts) -> None:
    """Two lost answers of one model and one candidate: nobody knows whose it is, so neither takes it."""
    looking.provider.lists = [["one"]]
    jobs = [await lost(looking), await lost(looking)]
    await looking.clock.advance(2 * GRACE)

    predictions = [await now(looking, job) for job in jobs]
    assert [p.provider_id for p in predictions] == [None, None]
    assert all(p.review_at is not None for p in predictions)


async def test_two_are_told_apart_by_what_only_one_can_own(looking: Parts) -> None:
    """What was created before the second request began is the first's, and so what came later is the second's."""
    first_at = looking.clock.now()
    looking.provider.lists = [[]]
    first = await lost(looking)
    await looking.clock.advance(30)
    second = await lost(looking)
    ours = [Listed("later", first_at + 31 * SECOND), Listed("earlier", first_at + SECOND)]
    looking.provider.lists = [[ours[0]], ours]
    await looking.clock.advance(2.5)
    assert (await now(looking, second)).provider_id is None

    await looking.clock.advance(2)

    assert (await now(looking, first)).provider_id == "earlier"
    assert (await now(looking, second)).provider_id == "later"


async def test_the_answer_of_one_decides_about_the_other(looking: Parts) -> None:
    """What could have been either's is the second's as soon as the first's answer comes after all."""
    looking.provider.lists = [["one", "other"]]
    first, second = await looking.admitted(), await looking.admitted(ANN)
    attempts = [await looking.sent(first), await looking.sent(second)]
    for attempt in attempts:
        await looking.stores.jobs.attempt_lost(attempt, looking.clock.now(), looking.clock.now())
    looking.signals.unknowns.notify()
    await looking.clock.advance(20)
    assert (await now(looking, second)).state is PredictionState.UNKNOWN

    await looking.stores.jobs.attempt_accepted(attempts[0], "one", looking.clock.now())
    await looking.clock.advance(20)

    assert (await now(looking, first)).provider_id == "one"
    assert (await now(looking, second)).provider_id == "other"


async def test_what_a_moderator_looks_at_is_not_given_to_another(looking: Parts) -> None:
    """A candidate that a moderator may still give to one case is not adopted by the next, nor is it taken for none."""
    sent_at = looking.clock.now()
    both = [Listed("one", sent_at + SECOND), Listed("other", sent_at + 2 * SECOND)]
    looking.provider.lists = [both]
    first = await lost(looking)
    await looking.clock.advance(1)
    near = await lost(looking)
    await looking.clock.advance(3 * GRACE)
    far_at = looking.clock.now()
    looking.provider.lists = [[*both, Listed("own", far_at + SECOND)]]
    far = await lost(looking)
    await looking.clock.advance(3)

    assert [(await now(looking, job)).provider_id for job in (first, near, far)] == [None, None, "own"]
    assert (await now(looking, first)).review_at is not None
    await looking.clock.advance(2 * GRACE)
    assert (await now(looking, near)).review_at is not None


async def test_the_store_keeps_candidates_for_their_case(looking: Parts) -> None:
    """Not even by mistake can another prediction adopt what awaits a moderator's decision."""
    looking.provider.lists = [["one", "other"]]
    await lost(looking)
    await looking.clock.advance(2 * GRACE)
    looking.provider.lists = [TryLater("planted")]
    second = await lost(looking)

    with pytest.raises(IllegalMove, match="awaits a moderator"):
        await looking.stores.jobs.adopt((await now(looking, second)).prediction_id, "one")


async def test_models_are_told_apart(looking: Parts) -> None:
    """A lost answer of another model is no rival, and its list is its own."""
    looking.provider.lists = [["one"], ["two"]]
    first = await lost(looking, model=PRO)
    second = await lost(looking, model=MAX_MULTI)
    await looking.clock.advance(3)

    assert [(await now(looking, job)).provider_id for job in (first, second)] == ["one", "two"]


async def test_a_model_whose_list_fails_keeps_no_other_waiting(looking: Parts) -> None:
    """While one model's list is out of reach, another's lost answer is found."""
    looking.provider.lists = [TryLater("planted"), ["two"]]
    await lost(looking, model=PRO)
    second = await lost(looking, model=MAX_MULTI)
    await looking.clock.advance(3)

    assert (await now(looking, second)).provider_id == "two"


async def test_a_request_on_its_way_is_waited_for(looking: Parts) -> None:
    """With several POSTs at once, what the list shows may be that of one whose answer is just arriving."""
    looking.provider.lists = [["of the other"]]
    job = await lost(looking)
    other = await looking.admitted(ANN)
    attempt = await looking.sent(other)
    await looking.clock.advance(3 * GRACE)
    assert ((await now(looking, job)).provider_id, (await now(looking, job)).review_at) == (None, None)

    await looking.stores.jobs.attempt_accepted(attempt, "of the other", looking.clock.now())
    await looking.clock.advance(2 * GRACE)

    assert (await now(looking, job)).reason is FailureReason.NEVER_STARTED
    assert (await now(looking, other)).provider_id == "of the other"


async def test_requests_that_leave_all_the_time_keep_no_case_open(looking: Parts) -> None:
    """What was created by requests that are just being answered is told apart as soon as they are: looks count."""
    looking.provider.lists = [[]]
    job = await lost(looking)
    for round_ in range(130):
        other = await looking.admitted(ANN)
        attempt = await looking.sent(other)
        name = f"of {round_}"
        looking.provider.lists = [[Listed(name, looking.clock.now())]]
        await looking.clock.advance(1.9)
        await looking.stores.jobs.attempt_accepted(attempt, name, looking.clock.now())
        await looking.clock.advance(0.1)

    assert (await now(looking, job)).reason is FailureReason.NEVER_STARTED


async def test_one_given_up_too_early_is_still_a_rival(looking: Parts) -> None:
    """What appears after its money went back may be its: it is not given to another that was sent at the same time."""
    sent_at = looking.clock.now()
    looking.provider.lists = [[]]
    early = await lost(looking)
    await looking.clock.advance(1)
    other = await lost(looking)
    await looking.clock.advance(2 * GRACE - 1)
    assert (await now(looking, early)).reason is FailureReason.NEVER_STARTED
    looking.provider.lists = [[Listed("late", sent_at + 5 * SECOND)]]
    await looking.clock.advance(2 * GRACE)

    assert (await now(looking, other)).provider_id is None
    assert (await now(looking, other)).review_at is not None


async def test_a_list_out_of_reach_is_asked_again(looking: Parts) -> None:
    """While the list cannot be had nothing is decided, and the looks do not count."""
    looking.provider.lists = [TryLater("planted"), Refused(FailureReason.NOT_AUTHORISED, "planted"), ["theirs"]]
    job = await lost(looking)
    await looking.clock.advance(31)
    assert (await now(looking, job)).state is PredictionState.UNKNOWN

    await looking.clock.advance(2)

    assert (await now(looking, job)).provider_id == "theirs"


async def test_a_list_that_stays_out_of_reach_goes_to_a_moderator(looking: Parts) -> None:
    """Nothing stays open for ever: after an hour without a list a moderator is asked."""
    looking.provider.lists = [TryLater("planted")]
    job = await lost(looking)
    await looking.clock.advance(3_500)
    assert await looked_for(looking) == 1

    await looking.clock.advance(120)

    assert (await now(looking, job)).review_at is not None
    assert await looked_for(looking) == 0
