"""Watching a job: the status message follows it and says its last word once; Discord's moods only delay it."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from bot.db.jobs import JobStore
from bot.demo.provider import Behaviour, Site
from bot.domain.clock import SECOND
from bot.domain.gate import ProviderLimits
from bot.domain.jobs import Job, PredictionState, Stage
from bot.media.checker import PillowChecker
from bot.media.vault import FileVault
from bot.services.crash_points import no_crash
from bot.services.jobs.contact_sheets import ContactSheets
from bot.services.jobs.delivery import Delivery
from bot.services.jobs.fitted import FittedPictures
from bot.services.jobs.kept import Kept
from bot.services.jobs.places import Places
from bot.services.jobs.turn_order import TurnOrders
from bot.services.jobs.turns import Turns
from bot.services.jobs.watch import JobWatch
from bot.services.money.notices import Notices
from bot.services.ports.messages import NotNow
from tests.clocks import NOON
from tests.services.fake_messenger import FakeMessenger
from tests.services.parts import FakeMeter, Parts
from tests.services.world import PRICE, Running, ServiceWorld, request


async def test_the_status_follows_the_job(world: ServiceWorld, bot: Running) -> None:
    """Each stage is shown, in order, and the last word comes after the result, with the job as it ended."""
    job = await world.closed(await bot.accept(request()))

    stages = [snapshot.job.stage for snapshot in world.fake_messenger.statuses[job.job_id]]
    assert list(dict.fromkeys(stages)) == [
        stage for stage in (Stage.WAITING, Stage.SENDING, Stage.PAINTING) if stage in stages
    ]
    assert {Stage.WAITING, Stage.PAINTING} <= set(stages)
    (last,) = world.fake_messenger.last_words[job.job_id]
    assert (last.job.stage, last.job.result_message) == (Stage.DONE, world.fake_messenger.results[0].at)
    assert world.fake_messenger.calls[-2:] == ["post_result", "finish_status"]


@pytest.mark.usefixtures("bot")
async def test_a_status_goes_where_its_result_follows_at_once(world: ServiceWorld) -> None:
    """Nobody wrote anything between: the result stays as the only message, and no last word is said before."""
    world.fake_messenger.is_quiet = True

    job = await world.closed(await world.command())

    assert world.fake_messenger.calls[-2:] == ["post_result", "remove_status"]
    assert world.fake_messenger.removed_statuses == [job.job_id]
    assert job.job_id not in world.fake_messenger.last_words


@pytest.mark.parametrize(
    ("closed", "behaviour"),
    [
        (("post_result",), Behaviour.NORMAL),
        (("post_result", "result_as_status", "result_by_dm"), Behaviour.NORMAL),
        ((), Behaviour.MODERATED),
    ],
    ids=["became the result", "kept", "failed"],
)
@pytest.mark.usefixtures("bot")
async def test_a_status_that_is_all_there_is_stays(
    world: ServiceWorld, closed: tuple[str, ...], behaviour: Behaviour
) -> None:
    """However quiet a channel is, a status without a result under it is not removed."""
    world.fake_messenger.is_quiet = True
    world.fake_messenger.closed.update(closed)
    world.provider.script(Site.SUBMIT, behaviour)

    await world.closed(await world.command())

    assert world.fake_messenger.removed_statuses == []


@pytest.mark.usefixtures("bot")
async def test_why_a_picture_is_withheld_stays_to_be_read(world: ServiceWorld) -> None:
    """Who cannot be told in private reads in the status that something is missing: it stays beside the result."""
    world.fake_messenger.is_quiet = True
    world.provider.script(Site.SUBMIT, Behaviour.NORMAL, Behaviour.FLAGGED)

    job = await world.closed(await world.command(request(count=2)))

    assert (len(job.pictures), len(job.withheld)) == (1, 1)
    assert world.fake_messenger.removed_statuses == []
    assert [last.job.stage for last in world.fake_messenger.last_words[job.job_id]] == [Stage.PARTLY]


@pytest.mark.usefixtures("bot")
async def test_a_removal_that_discord_does_not_take_is_tried_again(world: ServiceWorld) -> None:
    """However often Discord does not take it, one message remains in the end, and the result was posted once."""
    world.fake_messenger.is_quiet = True
    world.fake_messenger.will("remove_status", *[NotNow() for _ in range(3)])

    job = await world.closed(await world.command())

    assert world.fake_messenger.removed_statuses == [job.job_id]
    assert world.fake_messenger.calls.count("post_result") == 1


@pytest.mark.usefixtures("bot")
async def test_a_status_that_cannot_be_removed_says_its_last_word(world: ServiceWorld) -> None:
    """Where the channel is closed to us meanwhile, the status does not go on saying that the picture is made."""
    world.fake_messenger.is_quiet = True
    world.fake_messenger.closed.add("remove_status")

    job = await world.closed(await world.command())

    assert [last.job.stage for last in world.fake_messenger.last_words[job.job_id]] == [Stage.DONE]


async def watch_of(parts: Parts, folder: Path, fake_messenger: FakeMessenger) -> JobWatch:
    """What watches jobs."""
    vault, checker = FileVault(folder / "images"), PillowChecker()
    delivery = Delivery(
        jobs=parts.stores.jobs,
        messenger=fake_messenger,
        provider=parts.provider,
        fitted=FittedPictures(checker, vault, fake_messenger.file_limit),
        sheets=ContactSheets(vault, checker),
        clock=parts.clock,
        crash_hook=no_crash,
    )
    limits = ProviderLimits(1, 1, 1)
    turns = Turns(TurnOrders(parts.stores.jobs, limits, parts.clock), await parts.waits(), limits, parts.clock)
    kept = Kept(
        kept=parts.stores.kept,
        jobs=parts.stores.jobs,
        turns=turns,
        delivery=delivery,
        messenger=fake_messenger,
        session=parts.signals.session,
        clock=parts.clock,
    )
    return JobWatch(
        places=Places(parts.stores.rules, fake_messenger, parts.clock),
        jobs=parts.stores.jobs,
        turns=turns,
        delivery=delivery,
        kept=kept,
        messenger=fake_messenger,
        notices=Notices(parts.stores.notices, parts.stores.rules, fake_messenger),
        signals=parts.signals,
        clock=parts.clock,
        deadline_seconds=600,
        meter=FakeMeter(),
        crash_hook=no_crash,
    )


async def test_the_status_says_something_every_three_seconds(parts: Parts, tmp_path: Path) -> None:
    """In its first minute a job's status is looked at every 3 s, then every 15 s, and never less than each 15 min."""
    fake_messenger = FakeMessenger(parts.clock)
    watch = await watch_of(parts, tmp_path, fake_messenger)
    job = await parts.admitted()
    watching = asyncio.create_task(watch.watch(job.job_id))
    await parts.clock.advance(4 * 3_600)
    watching.cancel()

    taken = [(snapshot.taken_at - NOON) / SECOND for snapshot in fake_messenger.statuses[job.job_id]]
    assert taken[:21] == [3.0 * n for n in range(21)]
    assert taken[21:24] == [75.0, 90.0, 105.0]
    assert max(later - sooner for sooner, later in pairwise(taken)) == 900.0


async def test_a_job_that_only_waits_is_read_rarely(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most looks at its status do without reading it; what is committed is seen at once, and in 15 s without a word."""
    fake_messenger, real, read_at = FakeMessenger(parts.clock), JobStore.job, list[float]()

    async def counted(store: JobStore, job_id: str) -> Job:
        read_at.append(parts.clock.monotonic())
        return await real(store, job_id)

    monkeypatch.setattr(JobStore, "job", counted)
    watch = await watch_of(parts, tmp_path, fake_messenger)
    job = await parts.admitted()
    began = parts.clock.monotonic()
    watching = asyncio.create_task(watch.watch(job.job_id))
    await parts.clock.advance(31)
    await parts.stores.jobs.begin_attempt(job.predictions[0].prediction_id, "boot", parts.clock.now())
    parts.signals.changed(job.job_id)
    await parts.clock.advance(1)
    await parts.clock.advance(10)
    watching.cancel()

    stages = [snapshot.job.stage for snapshot in fake_messenger.statuses[job.job_id]]
    assert [each - began for each in read_at] == [0.0, 15.0, 30.0, 31.0]
    assert stages == [Stage.WAITING] * 11 + [Stage.SENDING] * 4


async def test_a_failed_job_says_so_and_posts_nothing(world: ServiceWorld, bot: Running) -> None:
    """Without a picture there is no result message; the status message says what became of it."""
    world.provider.script(Site.SUBMIT, Behaviour.MODERATED)

    job = await world.closed(await bot.accept(request()))

    assert world.fake_messenger.results == []
    assert [last.job.stage for last in world.fake_messenger.last_words[job.job_id]] == [Stage.FAILED]


async def test_discord_out_of_reach_delays_only(world: ServiceWorld, bot: Running) -> None:
    """However often Discord does not take it, the result and the last word come in the end, once."""
    world.fake_messenger.will("post_result", *[NotNow() for _ in range(4)])
    world.fake_messenger.will("finish_status", *[NotNow() for _ in range(3)])
    world.fake_messenger.will("edit_result", *[NotNow() for _ in range(2)])

    job = await world.closed(await bot.accept(request()))

    assert len(world.fake_messenger.results) == len(world.fake_messenger.last_words[job.job_id]) == 1
    assert (await world.job(job.job_id)).spent_micros == PRICE


async def test_refusals_are_waited_out_ever_longer(world: ServiceWorld, bot: Running) -> None:
    """Between tries the wait doubles from 2 s."""
    world.fake_messenger.will("finish_status", *[NotNow() for _ in range(5)])
    job = await bot.accept(request())
    await world.until(lambda: tried(world, 1))
    began = world.clock.now()
    await world.closed(job)

    assert world.clock.now() - began >= (2 + 4 + 8 + 16 + 32) * 1_000


async def test_a_deleted_status_message_is_no_harm(world: ServiceWorld, bot: Running) -> None:
    """Somebody deleted the status message: the result comes all the same and the job is closed."""
    world.fake_messenger.closed.add("finish_status")

    job = await world.closed(await bot.accept(request()))

    assert (len(world.fake_messenger.results), job.stage) == (1, Stage.DONE)


async def test_the_deadline_is_told_once(world: ServiceWorld, bot: Running) -> None:
    """Past the deadline the member is told, once, and the job goes on for as long as the provider keeps it."""
    world.provider.script(Site.SUBMIT, Behaviour.STUCK)
    job = await world.reaches(await bot.accept(request()), PredictionState.PROCESSING)
    world.clock.leap(590)
    assert (await world.job(job.job_id)).late_told_at is None
    world.clock.leap(20)
    await world.until(lambda: told(world, job.job_id))
    first = (await world.job(job.job_id)).late_told_at
    world.clock.leap(86_400)
    await world.clock.sleep(10)

    late = await world.job(job.job_id)
    assert (late.late_told_at, late.closed_at, await world.budget()) == (first, None, (0, PRICE))
    assert world.fake_messenger.statuses[job.job_id][-1].job.late_told_at == first


async def tried(world: ServiceWorld, times: int) -> bool:
    return world.fake_messenger.calls.count("finish_status") >= times


async def told(world: ServiceWorld, job_id: str) -> bool:
    return world.fake_messenger.statuses[job_id][-1].job.late_told_at is not None
