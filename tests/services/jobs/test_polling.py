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
from tests.services.fake_messenger import FakeMessenger
from tests.services.parts import FakeMeter, Parts, failed, pending
from tests.services.world import PRICE, Running, ServiceWorld, open_service_world, png, request

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
async def follow(parts: Parts, tmp_path: Path, waits: LearnedWaits) -> AsyncGenerator[Follow]:
    """Follow a job's first prediction until the test ends."""
    vault, checker, tasks = FileVault(tmp_path / "images"), PillowChecker(), set[asyncio.Task[None]]()
    messenger = FakeMessenger(parts.clock)
    settlement = Settlement(
        jobs=parts.stores.jobs,
        outputs=_OnePicture(),
        checker=checker,
        vault=vault,
        fitted=FittedPictures(checker, vault, messenger.file_limit),
        images=parts.stores.images,
        channels=messenger,
        rules=parts.stores.rules,
        signals=parts.signals,
        clock=parts.clock,
        meter=FakeMeter(),
        crash_hook=no_crash,
    )
    polling = Polling(
        jobs=parts.stores.jobs,
        provider=parts.provider,
        settlement=settlement,
        uploads=Uploads(parts.provider, vault, parts.stores.images, parts.clock, no_crash),
        waits=waits,
        looks=EarlyLooks(parts.clock, are_possible=False),
        rules=PollingRules(1.0, 5.0, DEADLINE),
        clock=parts.clock,
        random=Random(7),
        signals=parts.signals,
    )

    async def begin(job: Job) -> None:
        tasks.add(asyncio.create_task(polling.follow(job.job_id, job.predictions[0].prediction_id)))
        await parts.clock.settle()

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def now(parts: Parts, job: Job) -> Prediction:
    return (await parts.stores.jobs.job(job.job_id)).predictions[0]


def gaps(parts: Parts) -> list[float]:
    looks = parts.provider.looks
    return [(later - sooner) / SECOND for sooner, later in pairwise(looks)]


async def test_looks_become_rarer(parts: Parts, follow: Follow) -> None:
    """Each second while nothing is learned and soon after the usual time, then up to 15 minutes past the deadline."""
    parts.provider.results = [pending()]
    await follow(await parts.processing("a"))
    await parts.clock.advance(DEADLINE)
    early = gaps(parts)
    await parts.clock.advance(DAY / SECOND)
    late = gaps(parts)[len(early) :]

    assert max(early[:20]) <= 1.1
    assert max(early) <= 5.0
    assert max(late) > 600
    assert max(late) <= 900 * 1.2
    assert len(late) < 160


async def test_looks_are_dense_where_the_end_is_likely(parts: Parts, follow: Follow, waits: LearnedWaits) -> None:
    """A model that took 20 s, give or take one, is left alone for most of that time, and then watched closely."""
    for n in range(40):
        waits.ended(MAX.id, 19.0 + n % 20 / 10)
    parts.provider.results = [pending()]
    job = await parts.processing("a")
    began = parts.clock.now()
    await follow(job)
    await parts.clock.advance(25)
    ages = [(look - began) / SECOND for look in parts.provider.looks]

    assert sum(age < 18 for age in ages) <= 9
    assert max(gap for age, gap in zip(ages, gaps(parts), strict=False) if 18.8 < age < 20.5) < 0.4


async def test_a_look_reads_nothing_from_the_database(parts: Parts, follow: Follow) -> None:
    """Between its beginning and its end, following one prediction costs the database nothing."""
    parts.provider.results = [*[pending()] * 10, failed()]
    job = await parts.processing("a")
    read = AsyncMock(wraps=parts.stores.jobs.job)
    with patch.object(parts.stores.jobs, "job", read):
        await follow(job)
        await parts.clock.advance(8)
        looks, reads = len(parts.provider.looks), read.await_count
        await parts.clock.advance(10)

    assert (looks >= 7, reads) == (True, 1)
    assert (read.await_count, (await now(parts, job)).reason) == (2, FailureReason.PROVIDER)


async def test_what_somebody_else_ended_is_left_alone(parts: Parts, follow: Follow) -> None:
    """The memory of one that is followed may be old: at an end the database says whether it is still open."""
    ready = PredictionStatus("", "", RemoteStatus.COMPLETED, outputs=(LATE_PICTURE,), marks=(Mark.CLEAN,))
    parts.provider.results = [*[pending()] * 3, ready]
    job = await parts.processing("a")
    await follow(job)
    await parts.clock.advance(2)
    await parts.stores.jobs.fail(job.predictions[0].prediction_id, FailureReason.EXPIRED, parts.clock.now())
    told = asyncio.create_task(parts.signals.wakeup_of(job.job_id).wait(None))
    await parts.clock.advance(10)

    assert ((await now(parts, job)).reason, told.done()) == (FailureReason.EXPIRED, True)


@pytest.mark.parametrize("away", [30.0, 300.0, 2 * DEADLINE])
async def test_what_is_taken_up_again_is_looked_at_at_once(parts: Parts, follow: Follow, away: float) -> None:
    """After a restart it may have ended long ago; what was just sent is not asked for before its time."""
    parts.provider.results = [pending()]
    job = await parts.processing("a")
    await parts.clock.advance(away)
    await follow(job)
    resumed = len(parts.provider.looks)
    await follow(await parts.processing("b"))

    assert (resumed, len(parts.provider.looks)) == (1, 1)


async def test_results_teach_when_they_were_between_two_looks(
    parts: Parts, follow: Follow, waits: LearnedWaits
) -> None:
    """What took 8 s is learned as about that; what was found ended after hours without a look teaches nothing."""
    ready = PredictionStatus("", "", RemoteStatus.COMPLETED, outputs=(LATE_PICTURE,), marks=(Mark.CLEAN,))
    for n in range(3):
        parts.provider.results = [ready]
        job = await parts.processing(f"missed-{n}")
        await parts.clock.advance(7_200)
        await follow(job)
        await parts.clock.advance(1)
    assert waits.typical_seconds(MAX.id) is None

    for n in range(3):
        parts.provider.results = [*[pending()] * 8, ready]
        await follow(await parts.processing(f"seen-{n}"))
        await parts.clock.advance(20)

    assert waits.typical_seconds(MAX.id) == pytest.approx(8.0, abs=1.0)


async def test_seven_days_are_the_end(parts: Parts, follow: Follow) -> None:
    """After the provider's seven days nothing can come: the hold is given back as expired."""
    parts.provider.results = [pending()]
    job = await parts.processing("a")
    await follow(job)
    await parts.clock.advance(7 * DAY / SECOND - 60)
    assert (await now(parts, job)).state is PredictionState.PROCESSING

    await parts.clock.advance(1_200)

    assert ((await now(parts, job)).state, (await now(parts, job)).reason) == (
        PredictionState.FAILED,
        FailureReason.EXPIRED,
    )


@pytest.mark.parametrize("error", [TryLater("planted"), Refused(FailureReason.NOT_AUTHORISED, "planted")])
async def test_looks_that_fail_never_fail_a_job(parts: Parts, follow: Follow, error: Exception) -> None:
    """Three days without a readable answer, or with a key that is not accepted, change nothing about the prediction."""
    parts.provider.results = [error]
    job = await parts.processing("a")
    await follow(job)
    await parts.clock.advance(3 * DAY / SECOND)
    assert (await now(parts, job)).state is PredictionState.PROCESSING

    parts.provider.results = [failed()]
    await parts.clock.advance(1_200)

    assert (await now(parts, job)).reason is FailureReason.PROVIDER


async def test_a_picture_that_is_late_after_completed(parts: Parts, follow: Follow) -> None:
    """Completed, yet without outputs for two minutes: looked at all that while, since it is paid; then given up."""
    parts.provider.results = [PredictionStatus("", "", RemoteStatus.COMPLETED)]
    job = await parts.processing("a")
    await follow(job)
    await parts.clock.advance(118)
    late = await now(parts, job)
    looks = len(parts.provider.looks)
    await parts.clock.advance(15)

    assert (late.state, looks > 12) == (PredictionState.PROCESSING, True)
    assert (await now(parts, job)).reason is FailureReason.NO_PICTURE


async def test_outputs_that_come_after_twelve_empty_looks(parts: Parts, follow: Follow) -> None:
    """The picture that was written down late is taken in, and its member pays for it."""
    empty = PredictionStatus("", "", RemoteStatus.COMPLETED)
    parts.provider.results = [*[empty] * 12, replace(empty, outputs=(LATE_PICTURE,), marks=(Mark.CLEAN,))]
    job = await parts.processing("a")
    ended = parts.signals.wakeup_of(job.job_id)
    await follow(job)
    await parts.clock.advance(110)
    await ended.wait(None)

    assert (await parts.stores.jobs.job(job.job_id)).spent_micros == job.price_micros


async def test_the_providers_own_wish_is_heeded(parts: Parts, follow: Follow) -> None:
    """A Retry-After longer than our own pause is waited out."""
    parts.provider.results = [TryLater("planted", 120.0), pending()]
    await follow(await parts.processing("a"))
    await parts.clock.advance(200)

    assert gaps(parts)[0] == pytest.approx(120.0)


async def test_an_id_that_nobody_knows_expires(parts: Parts, follow: Follow) -> None:
    """A 404 is believed only after several looks and two minutes: a new prediction may not be known everywhere yet."""
    parts.provider.results = [Refused(FailureReason.EXPIRED, "planted")]
    job = await parts.processing("a")
    await follow(job)
    await parts.clock.advance(110)
    assert (await now(parts, job)).state is PredictionState.PROCESSING

    await parts.clock.advance(20)

    assert (await now(parts, job)).reason is FailureReason.EXPIRED


async def test_an_id_that_is_known_after_all_goes_on(parts: Parts, follow: Follow) -> None:
    """One good look forgets the 404s before it, so that a later one does not tip the scales."""
    nobody = Refused(FailureReason.EXPIRED, "planted")
    parts.provider.results = [*[nobody] * 4, *[pending()] * 50, nobody, pending()]
    job = await parts.processing("a")
    await follow(job)
    await parts.clock.advance(600)

    assert (await now(parts, job)).state is PredictionState.PROCESSING


async def test_whoever_waits_is_told_of_an_end(parts: Parts, follow: Follow) -> None:
    """The watch of a job is woken when its prediction ended, also where somebody else had ended it before."""
    parts.provider.results = [failed()]
    job = await parts.processing("a")
    wakeup = parts.signals.wakeup_of(job.job_id)
    await parts.stores.jobs.fail(job.predictions[0].prediction_id, FailureReason.PROVIDER, parts.clock.now())
    waiting = asyncio.create_task(wakeup.wait(None))
    await follow(job)
    await parts.clock.settle()

    assert waiting.done()
    assert parts.provider.looks == []


async def test_a_restart_goes_on_by_id(tmp_path: Path) -> None:
    """A paid prediction is followed by its id after a restart; nothing is sent again."""
    async with open_service_world(tmp_path, pace=Pace(0.2, (60.0, 60.0))) as world:
        async with world.start():
            job = await world.reaches(await world.command(), PredictionState.PROCESSING)
        async with world.start():
            ended = await world.closed(job)

        assert (ended.stage, ended.spent_micros, world.posts) == (Stage.DONE, PRICE, 1)


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour.UNAVAILABLE, Behaviour.RATE_LIMITED, Behaviour.GARBAGE, Behaviour.DROPPED, Behaviour.WRONG_TYPE],
)
async def test_odd_answers_to_a_look_are_outlived(world: ServiceWorld, bot: Running, behaviour: Behaviour) -> None:
    """Whatever a look brings instead of an answer, the next one finds the picture."""
    world.provider.script(Site.RESULT, behaviour, times=9)

    job = await world.closed(await bot.accept(request()))

    assert (job.spent_micros, world.posts) == (PRICE, 1)
