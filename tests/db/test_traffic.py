"""What is at the provider or on its way, when a minute is full, and how long pictures take."""

from __future__ import annotations

from bot.domain.clock import MINUTE, SECOND
from bot.domain.models import MAX
from tests.db.predictions import S, in_state
from tests.db.world import NOON, DatabaseWorld


async def test_traffic(world: DatabaseWorld) -> None:
    """What is at the provider or on its way is in flight; lost answers take no place, and are counted by model."""
    jobs = world.stores.jobs
    unknown = await in_state(world, S.UNKNOWN)
    for state in (S.QUEUED, S.SUBMITTING, S.PROCESSING, S.COMPLETED):
        await in_state(world, state)
    before = await jobs.traffic(NOON + SECOND, 4)
    await jobs.leave_to_moderator(unknown, [], NOON)
    after = await jobs.traffic(NOON + MINUTE, 4)

    assert (before.in_flight, before.unanswered, before.lost) == (2, 1, {MAX.id: 1})
    assert before.minute_full_until == NOON + MINUTE
    assert (after.in_flight, after.unanswered, after.lost, after.minute_full_until) == (2, 1, {}, None)


async def test_a_minute_is_full_until_the_first_that_counts_is_a_minute_old(world: DatabaseWorld) -> None:
    """Of those that left within a minute the last so many count, and none that seems to lie ahead of our clock."""
    jobs = world.stores.jobs
    for seconds in (0, 10, 20, 300):
        world.at = NOON + seconds * SECOND
        await world.process((await world.admit()).predictions[0].prediction_id)
    until = [(await jobs.traffic(NOON + 21 * SECOND, most)).minute_full_until for most in (1, 2, 3, 4)]

    assert until == [NOON + 80 * SECOND, NOON + 70 * SECOND, NOON + 60 * SECOND, None]


async def test_one_past_its_deadline_takes_no_place(world: DatabaseWorld) -> None:
    """The provider may keep it for days; whoever waits is sent meanwhile."""
    job = await world.admit(pictures=2)
    for prediction in job.predictions:
        await world.process(prediction.prediction_id)
    await in_state(world, S.PROCESSING)
    await world.stores.jobs.tell_late(job.job_id, NOON)

    assert (await world.stores.jobs.traffic(NOON, 1)).in_flight == 1


async def test_durations(world: DatabaseWorld) -> None:
    """The last pictures with their models, from submit to completion, the oldest first."""
    for seconds in range(25):
        world.at = NOON + seconds * MINUTE
        prediction_id = (await world.admit()).predictions[0].prediction_id
        await world.process(prediction_id)
        done_at = world.at + seconds * SECOND
        await world.stores.jobs.complete(prediction_id, [], done_at, done_at)

    assert await world.stores.jobs.durations(20) == tuple((MAX.id, s * SECOND) for s in range(5, 25))
