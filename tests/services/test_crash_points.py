"""Dying at any named instant, once or twice, loses nothing: each point is reached, and the next start ends the job."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.provider import Behaviour, Site
from bot.domain.jobs import Job, PredictionState
from bot.domain.predictions import FailureReason
from bot.services.crash_points import CrashPoint
from bot.services.creative.requests import PictureRequest
from bot.services.ports.messages import NotNow
from tests.services.dying import NEXT_START_SECONDS, Trap, run_into
from tests.services.world import ANN, GUILD, PRICE, Running, ServiceWorld, open_service_world, png, request


def order(world: ServiceWorld) -> PictureRequest:
    """Three pictures from two references; the first answer is lost, and Discord does not take the first post."""
    world.provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED)
    world.fake_messenger.will("post_result", NotNow())
    return request(png("navy"), png("teal"), count=3)


ONCE = {
    CrashPoint.ACKNOWLEDGING,
    CrashPoint.ADMITTING,
    CrashPoint.ADMITTED,
    CrashPoint.ADOPTING,
    CrashPoint.POSTED,
    CrashPoint.RECORDED,
    CrashPoint.CLOSING,
}
"""Points that one job comes by once in one life of the program."""

DEATHS = [
    *((point, 1, lives) for point in CrashPoint for lives in (1, 2)),
    *((point, 2, 1) for point in CrashPoint if point not in ONCE),
]


@pytest.mark.parametrize(("point", "hit", "lives"), DEATHS)
async def test_dying_there_loses_nothing(tmp_path: Path, point: CrashPoint, hit: int, lives: int) -> None:
    """However often it dies at a point, the job ends with one POST an attempt, one result, and a ledger like the bill.

    `hit` says at which coming by it dies, `lives` in how many runs. The next start comes when Discord has forgotten the
    nonces of the run before, and when nothing can be created any more by a request that it sent.
    """
    # Paid requests so far apart that it is certain whose is what the provider created.
    async with open_service_world(tmp_path, wavespeed_max_per_minute=1) as world:
        trap = Trap(point, hit)
        await run_into(world, trap, order(world))
        assert trap.sprung.is_set(), f"{point} was not reached"
        for _ in range(1, lives):
            world.clock.leap(NEXT_START_SECONDS)
            await run_into(world, Trap(point, hit))
        world.clock.leap(NEXT_START_SECONDS)

        async with world.start() as running:
            jobs = await running.stores.jobs.jobs_of(GUILD, ANN, limit=10)
            if not jobs:
                await world.until(lambda: answered(world))

                assert world.provider.billed_micros == world.posts == 0
                return
            (job,) = jobs
            await check_end(world, await world.closed(job))
            assert await running.stores.upkeep.violations() == ()


@pytest.mark.parametrize("lives", [1, 2])
@pytest.mark.parametrize(
    "point", [CrashPoint.POSTING, CrashPoint.POSTED, CrashPoint.RECORDED, CrashPoint.CLOSING], ids=str
)
async def test_dying_there_leaves_one_message(tmp_path: Path, point: CrashPoint, lives: int) -> None:
    """Where nobody wrote between status and result, the result alone remains wherever it dies, and as often.

    At RECORDED the status is still to be removed, at CLOSING it is removed already.
    """
    async with open_service_world(tmp_path) as world:
        world.fake_messenger.is_quiet = True
        await run_into(world, Trap(point, 1), request())
        for _ in range(1, lives):
            world.clock.leap(NEXT_START_SECONDS)
            await run_into(world, Trap(point, 1))
        world.clock.leap(NEXT_START_SECONDS)
        async with world.start() as running:
            [job] = await running.stores.jobs.jobs_of(GUILD, ANN, limit=10)
            ended = await world.closed(job)

    (result,) = world.fake_messenger.results
    assert (ended.result_message, ended.spent_micros) == (result.at, PRICE)
    assert set(world.fake_messenger.removed_statuses) == {ended.job_id}
    assert world.fake_messenger.last_words == {}


async def check_end(world: ServiceWorld, ended: Job) -> None:
    never_left = [p for p in ended.predictions if p.reason is FailureReason.NEVER_STARTED]
    made = len(ended.predictions) - len(never_left)

    assert [p.state for p in ended.predictions].count(PredictionState.COMPLETED) == made
    assert len(world.provider.predictions) == world.posts == made
    assert ended.spent_micros == world.provider.billed_micros == PRICE * made
    assert await world.budget() == (ended.spent_micros, 0)
    (result,) = world.fake_messenger.results_of(ended.job_id)
    assert len(result.pictures) == len(ended.pictures) == made
    assert ended.result_message == result.at
    assert world.fake_messenger.last_words[ended.job_id][-1].job.stage is ended.stage


async def answered(world: ServiceWorld) -> bool:
    return bool(world.fake_messenger.apologies)


async def none_waits(world: ServiceWorld, running: Running) -> bool:
    return not await running.stores.interactions.unanswered(world.clock.now())


async def test_each_command_is_answered_once(tmp_path: Path) -> None:
    """A command that died before it was a job is answered at the next start, and not again at the one after.

    Its token lives for 15 minutes, which on a clock as quick as in the other tests is shorter than a busy machine's
    start.
    """
    async with open_service_world(tmp_path, factor=10.0) as world:
        await run_into(world, Trap(CrashPoint.ADMITTING, 1), request())
        async with world.start() as running:
            await world.until(lambda: none_waits(world, running))
        async with world.start():
            await world.closed(await world.command())

        assert [type(error).__name__ for _, error in world.fake_messenger.apologies] == ["Interrupted"]
