"""Following predictions: patient looks that never fail a job by themselves, ever rarer, until the provider forgets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest

from bot.demo.provider import Behaviour, Pace, Site
from bot.domain import checking
from bot.domain.clock import DAY, SECOND
from bot.domain.jobs import Job, Prediction, PredictionState, Stage
from bot.domain.marks import Mark
from bot.domain.models import MAX
from bot.domain.predictions import FailureReason, PredictionStatus, Refused, RemoteStatus, TryLater
from bot.media.checker import PillowChecker
from bot.media.vault import FileVault
from bot.services.crash_points import no_crash
from bot.services.jobs.early_looks import EarlyLooks
from bot.services.jobs.fitted import FittedPictures
from bot.services.jobs.learned_waits import LearnedWaits
from bot.services.jobs.polling import Polling, PollingRules
from bot.services.jobs.settlement import Settlement
from bot.services.jobs.uploads import Uploads
from tests.services.desk import Counting, Desk, failed, pending
from tests.services.fake_messenger import FakeMessenger
from tests.services.world import PRICE, Running, World, open_world, png, request

DEADLINE = 600.0
Follow = Callable[[Job], Coroutine[Any, Any, None]]


LATE_PICTURE = "https://cdn.example/late.png"


class _OnePicture:
    async def fetch(self, url: str) -> bytes:
        if url != LATE_PICTURE:
            raise TryLater(url)
        return png()


@pytest.fixture
def waits() -> LearnedWaits:
    """Nothing learned yet."""
    return LearnedWaits(checking.AskingPace(1.0, 5.0))


@pytest.fixture
async def follow(desk: Desk, tmp_path: Path, waits: LearnedWaits) -> AsyncGenerator[Follow]:
    """Follow a job's first prediction until the test ends."""
    vault, checker, tasks = FileVault(tmp_path / "images"), PillowChecker(), set[asyncio.Task[None]]()
    messenger = FakeMessenger(desk.clock)
    settlement = Settlement(
        jobs=desk.stores.jobs,
        outputs=_OnePicture(),
        checker=checker,
        vault=vault,
        fitted=FittedPictures(checker, vault, messenger.file_limit),
        images=desk.stores.images,
        rooms=messenger,
        rules=desk.stores.rules,
        signals=desk.signals,
        clock=desk.clock,
        meter=Counting(),
        crash_hook=no_crash,
    )
    polling = Polling(
        jobs=desk.stores.jobs,
        provider=desk.provider,
        settlement=settlement,
        uploads=Uploads(desk.provider, vault, desk.stores.images, desk.clock, no_crash),
        waits=waits,
        looks=EarlyLooks(desk.clock, are_possible=False),
        rules=PollingRules(1.0, 5.0, DEADLINE),
        clock=desk.clock,
        random=Random(7),
        signals=desk.signals,
    )

    async def begin(job: Job) -> None:
        tasks.add(asyncio.create_task(polling.follow(job.job_id, job.predictions[0].prediction_id)))
        await desk.clock.settle()

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def now(desk: Desk, job: Job) -> Prediction:
    return (await desk.stores.jobs.job(job.job_id)).predictions[0]


def gaps(desk: Desk) -> list[float]:
    looks = desk.provider.looks
    return [(later - sooner) / SECOND for sooner, later in pairwise(looks)]


async def test_looks_become_rarer(desk: Desk, follow: Follow) -> None:
    """Each second while nothing is learned and soon after the usual time, then up to 15 minutes past the deadline."""
    desk.provider.results = [pending()]
    await follow(await desk.processing("a"))
    await desk.clock.advance(DEADLINE)
    early = gaps(desk)
    await desk.clock.advance(DAY / SECOND)
    late = gaps(desk)[len(early) :]

    assert max(early[:20]) <= 1.1
    assert max(early) <= 5.0
    assert max(late) > 600
    assert max(late) <= 900 * 1.2
    assert len(late) < 160


async def test_looks_are_dense_where_the_end_is_likely(desk: Desk, follow: Follow, waits: LearnedWaits) -> None:
    """A model that took 20 s, give or take one, is left alone for most of that time, and then watched closely."""
    for n in range(40):
        waits.ended(MAX.id, 19.0 + n % 20 / 10)
    desk.provider.results = [pending()]
    job = await desk.processing("a")
    began = desk.clock.now()
    await follow(job)
    await desk.clock.advance(25)
    ages = [(look - began) / SECOND for look in desk.provider.looks]

    assert sum(age < 18 for age in ages) <= 9
    assert max(gap for age, gap in zip(ages, gaps(desk), strict=False) if 18.8 < age < 20.5) < 0.4


async def test_a_look_reads_nothing_from_the_database(desk: Desk, follow: Follow) -> None:
    """Between its beginning and its end, following one prediction costs the database nothing."""
    desk.provider.results = [*[pending()] * 10, failed()]
    job = await desk.processing("a")
    read = AsyncMock(wraps=desk.stores.jobs.job)
    with patch.object(desk.stores.jobs, "job", read):
        await follow(job)
        await desk.clock.advance(8)
        looks, reads = len(desk.provider.looks), read.await_count
        await desk.clock.advance(10)

    assert (looks >= 7, reads) == (True, 1)
    assert (read.await_count, (await now(desk, job)).reason) == (2, FailureReason.PROVIDER)


async def test_what_somebody_else_ended_is_left_alone(desk: Desk, follow: Follow) -> None:
    """The memory of one that is followed may be old: at an end the database says whether it is still open."""
    ready = PredictionStatus("", "", RemoteStatus.COMPLETED, outputs=(LATE_PICTURE,), marks=(Mark.CLEAN,))
    desk.provider.results = [*[pending()] * 3, ready]
    job = await desk.processing("a")
    await follow(job)
    await desk.clock.advance(2)
    await desk.stores.jobs.fail(job.predictions[0].prediction_id, FailureReason.EXPIRED, desk.clock.now())
    told = asyncio.create_task(desk.signals.wakeup_of(job.job_id).wait(None))
    await desk.clock.advance(10)

    assert ((await now(desk, job)).reason, told.done()) == (FailureReason.EXPIRED, True)


@pytest.mark.parametrize("away", [30.0, 300.0, 2 * DEADLINE])
async def test_what_is_taken_up_again_is_looked_at_at_once(desk: Desk, follow: Follow, away: float) -> None:
    """After a restart it may have ended long ago; what was just sent is not asked for before its time."""
    desk.provider.results = [pending()]
    job = await desk.processing("a")
    await desk.clock.advance(away)
    await follow(job)
    resumed = len(desk.provider.looks)
    await follow(await desk.processing("b"))

    assert (resumed, len(desk.provider.looks)) == (1, 1)


async def test_results_teach_when_they_were_between_two_looks(desk: Desk, follow: Follow, waits: LearnedWaits) -> None:
    """What took 8 s is learned as about that; what was found ended after hours without a look teaches nothing."""
    ready = PredictionStatus("", "", RemoteStatus.COMPLETED, outputs=(LATE_PICTURE,), marks=(Mark.CLEAN,))
    for n in range(3):
        desk.provider.results = [ready]
        job = await desk.processing(f"missed-{n}")
        await desk.clock.advance(7_200)
        await follow(job)
        await desk.clock.advance(1)
    assert waits.typical_seconds(MAX.id) is None

    for n in range(3):
        desk.provider.results = [*[pending()] * 8, ready]
        await follow(await desk.processing(f"seen-{n}"))
        await desk.clock.advance(20)

    assert waits.typical_seconds(MAX.id) == pytest.approx(8.0, abs=1.0)


async def test_seven_days_are_the_end(desk: Desk, follow: Follow) -> None:
    """After the provider's seven days nothing can come: the hold is given back as expired."""
    desk.provider.results = [pending()]
    job = await desk.processing("a")
    await follow(job)
    await desk.clock.advance(7 * DAY / SECOND - 60)
    assert (await now(desk, job)).state is PredictionState.PROCESSING

    await desk.clock.advance(1_200)

    assert ((await now(desk, job)).state, (await now(desk, job)).reason) == (
        PredictionState.FAILED,
        FailureReason.EXPIRED,
    )


@pytest.mark.parametrize("error", [TryLater("planted"), Refused(FailureReason.NOT_AUTHORISED, "planted")])
async def test_looks_that_fail_never_fail_a_job(desk: Desk, follow: Follow, error: Exception) -> None:
    """Three days without a readable answer, or with a key that is not accepted, change nothing about the prediction."""
    desk.provider.results = [error]
    job = await desk.processing("a")
    await follow(job)
    await desk.clock.advance(3 * DAY / SECOND)
    assert (await now(desk, job)).state is PredictionState.PROCESSING

    desk.provider.results = [failed()]
    await desk.clock.advance(1_200)

    assert (await now(desk, job)).reason is FailureReason.PROVIDER


async def test_a_picture_that_is_late_after_completed(desk: Desk, follow: Follow) -> None:
    """Completed, yet without outputs for two minutes: looked at all that while, since it is paid; then given up."""
    desk.provider.results = [PredictionStatus("", "", RemoteStatus.COMPLETED)]
    job = await desk.processing("a")
    await follow(job)
    await desk.clock.advance(118)
    late = await now(desk, job)
    looks = len(desk.provider.looks)
    await desk.clock.advance(15)

    assert (late.state, looks > 12) == (PredictionState.PROCESSING, True)
    assert (await now(desk, job)).reason is FailureReason.NO_PICTURE


async def test_outputs_that_come_after_twelve_empty_looks(desk: Desk, follow: Follow) -> None:
    """The picture that was written down late is taken in, and its member pays for it."""
    empty = PredictionStatus("", "", RemoteStatus.COMPLETED)
    desk.provider.results = [*[empty] * 12, replace(empty, outputs=(LATE_PICTURE,), marks=(Mark.CLEAN,))]
    job = await desk.processing("a")
    ended = desk.signals.wakeup_of(job.job_id)
    await follow(job)
    await desk.clock.advance(110)
    await ended.wait(None)

    assert (await desk.stores.jobs.job(job.job_id)).spent_micros == job.price_micros


async def test_the_providers_own_wish_is_heeded(desk: Desk, follow: Follow) -> None:
    """A Retry-After longer than our own pause is waited out."""
    desk.provider.results = [TryLater("planted", 120.0), pending()]
    await follow(await desk.processing("a"))
    await desk.clock.advance(200)

    assert gaps(desk)[0] == pytest.approx(120.0)


async def test_an_id_that_nobody_knows_expires(desk: Desk, follow: Follow) -> None:
    """A 404 is believed only after several looks and two minutes: a new prediction may not be known everywhere yet."""
    desk.provider.results = [Refused(FailureReason.EXPIRED, "planted")]
    job = await desk.processing("a")
    await follow(job)
    await desk.clock.advance(110)
    assert (await now(desk, job)).state is PredictionState.PROCESSING

    await desk.clock.advance(20)

    assert (await now(desk, job)).reason is FailureReason.EXPIRED


async def test_an_id_that_is_known_after_all_goes_on(desk: Desk, follow: Follow) -> None:
    """One good look forgets the 404s before it, so that a later one does not tip the scales."""
    nobody = Refused(FailureReason.EXPIRED, "planted")
    desk.provider.results = [*[nobody] * 4, *[pending()] * 50, nobody, pending()]
    job = await desk.processing("a")
    await follow(job)
    await desk.clock.advance(600)

    assert (await now(desk, job)).state is PredictionState.PROCESSING


async def test_whoever_waits_is_told_of_an_end(desk: Desk, follow: Follow) -> None:
    """The watch of a job is woken when its prediction ended, also where somebody else had ended it before."""
    desk.provider.results = [failed()]
    job = await desk.processing("a")
    wakeup = desk.signals.wakeup_of(job.job_id)
    await desk.stores.jobs.fail(job.predictions[0].prediction_id, FailureReason.PROVIDER, desk.clock.now())
    waiting = asyncio.create_task(wakeup.wait(None))
    await follow(job)
    await desk.clock.settle()

    assert waiting.done()
    assert desk.provider.looks == []


async def test_a_restart_goes_on_by_id(tmp_path: Path) -> None:
    """A paid prediction is followed by its id after a restart; nothing is sent again."""
    async with open_world(tmp_path, pace=Pace(0.2, (60.0, 60.0))) as world:
        async with world.start():
            job = await world.reaches(await world.command(), PredictionState.PROCESSING)
        async with world.start():
            ended = await world.closed(job)

        assert (ended.stage, ended.spent_micros, world.posts) == (Stage.DONE, PRICE, 1)


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour.UNAVAILABLE, Behaviour.RATE_LIMITED, Behaviour.GARBAGE, Behaviour.DROPPED, Behaviour.WRONG_TYPE],
)
async def test_odd_answers_to_a_look_are_outlived(world: World, bot: Running, behaviour: Behaviour) -> None:
    """Whatever a look brings instead of an answer, the next one finds the picture."""
    world.provider.script(Site.RESULT, behaviour, times=9)

    job = await world.closed(await bot.accept(request()))

    assert (job.spent_micros, world.posts) == (PRICE, 1)
