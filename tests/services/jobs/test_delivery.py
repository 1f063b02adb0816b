"""Bringing results: one message, through the first way that is open, however often it is tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.provider import Behaviour, Pace, Site
from bot.demo.provider.painting import MEGAPIXEL
from bot.domain.clock import SECOND
from bot.domain.jobs import MessageAt, PredictionState, Stage
from bot.services.crash_points import CrashPoint
from bot.services.ports.messages import Link, NotNow, Picture
from tests.services.dying import Trap, run_into
from tests.services.world import CHANNEL, PRICE, Running, ServiceWorld, open_service_world, png, request


async def test_one_new_message_with_every_picture(world: ServiceWorld, bot: Running) -> None:
    """When all pictures have ended they come in one message, in their order, each with its place in its alt text."""
    job = await world.closed(await bot.accept(request(count=3, prompt="a red fox")))

    (result,) = world.fake_messenger.results
    assert (result.way, result.at) == ("channel", job.result_message)
    pictures = [picture for picture in result.pictures if isinstance(picture, Picture)]
    assert [p.filename for p in pictures] == [f"easel-{job.job_id}-{n}.jpg" for n in (1, 2, 3)]
    assert pictures[1].alt == "Picture 2 of 3: a red fox"
    kept = [await bot.resources.media.vault.read(output.image) for output in job.pictures]
    assert [p.content for p in pictures] == kept


@pytest.mark.parametrize(
    ("closed", "way"),
    [
        ((), "channel"),
        (("post_result",), "status"),
        (("post_result", "result_as_status"), "dm"),
        (("post_result", "result_as_status", "result_by_dm"), None),
    ],
)
async def test_ways_in_their_order(world: ServiceWorld, bot: Running, closed: tuple[str, ...], way: str | None) -> None:
    """Channel, then the status message, then a direct message, then kept: paid, because it is offered in /jobs."""
    world.fake_messenger.closed.update(closed)

    job = await world.closed(await world.command())

    assert [posted.way for posted in world.fake_messenger.results] == ([] if way is None else [way])
    assert (job.result_message is None) is (way is None)
    assert (job.stage, await world.budget()) == (Stage.DONE, (PRICE, 0))
    shown = await bot.services.jobs.history.show(job.job_id, world.actor())
    assert len(shown.job.pictures) == 1


async def test_a_result_in_the_status_message_is_not_written_over(world: ServiceWorld) -> None:
    """Where the status message became the result, no last word of the status replaces it."""
    world.fake_messenger.closed.add("post_result")
    async with world.start():
        job = await world.closed(await world.command())

    assert job.result_message == job.status_message
    assert job.job_id not in world.fake_messenger.last_words


@pytest.mark.parametrize("after", [False, True], ids=["not posted", "answer lost"])
@pytest.mark.usefixtures("bot")
async def test_a_broken_post_is_looked_for_first(world: ServiceWorld, *, after: bool) -> None:
    """When Discord's answer is lost, the channel is searched before anything is posted again."""
    world.fake_messenger.will("post_result", NotNow(), after=after)

    job = await world.closed(await world.command())

    (result,) = world.fake_messenger.results
    assert job.result_message == result.at
    expected = ["post_result", "find_result"] + ([] if after else ["post_result"])
    assert [call for call in world.fake_messenger.calls if "result" in call] == expected


@pytest.mark.parametrize(("retry_after", "way"), [(900.0, "status"), (45.0, "channel")])
@pytest.mark.usefixtures("bot")
async def test_a_long_rate_limit_is_not_waited_for(world: ServiceWorld, retry_after: float, way: str) -> None:
    """Where Discord takes no post for a quarter of an hour the status message becomes the result; a minute passes."""
    world.fake_messenger.will("post_result", NotNow(retry_after=retry_after))
    began = world.clock.now()

    job = await world.closed(await world.command())

    assert [posted.way for posted in world.fake_messenger.results] == [way]
    assert job.result_message == world.fake_messenger.results[0].at
    assert (world.clock.now() - began >= retry_after * SECOND) is (way == "channel")


@pytest.mark.usefixtures("bot")
async def test_with_no_other_way_discords_word_is_waited_for(world: ServiceWorld) -> None:
    """Where the status message cannot be edited either, nothing is posted before Discord said."""
    world.fake_messenger.closed.add("result_as_status")
    world.fake_messenger.will("post_result", NotNow(retry_after=900.0))

    job = await world.reaches(await world.command(), PredictionState.COMPLETED)
    await world.until(lambda: tried_to_post(world))
    began = world.clock.now()
    await world.closed(job)

    assert world.clock.now() - began >= 890 * SECOND
    assert [posted.way for posted in world.fake_messenger.results] == ["channel"]


async def test_a_clock_that_was_set_back_does_not_prove_a_nonce(world: ServiceWorld) -> None:
    """Where nothing can be searched and the post seems to lie ahead, its age is unknown: no blind second one."""
    world.fake_messenger.searchable = False
    world.clock.leap(3_600)
    await run_into(world, Trap(CrashPoint.POSTED, 1), request())
    world.clock.leap(-1_800)
    async with world.start() as bot:
        (job_id,) = await bot.stores.jobs.open_jobs()
        await world.closed(job_id)

    assert [posted.way for posted in world.fake_messenger.results] == ["channel", "status"]


async def test_without_history_the_nonce_helps_for_a_minute(tmp_path: Path) -> None:
    """Where nothing can be searched, the same nonce within a minute brings the same message back."""
    # So slow that a busy machine does not let the minute pass.
    async with open_service_world(tmp_path, factor=10) as world:
        world.fake_messenger.searchable = False
        await run_into(world, Trap(CrashPoint.POSTED, 1), request())
        async with world.start() as bot:
            (job_id,) = await bot.stores.jobs.open_jobs()
            job = await world.closed(job_id)

    (result,) = world.fake_messenger.results
    assert (result.way, job.result_message) == ("channel", result.at)


@pytest.mark.parametrize("ways", [(), ("result_as_status", "result_by_dm")], ids=["status", "no way"])
async def test_without_history_nothing_is_posted_blindly(world: ServiceWorld, ways: tuple[str, ...]) -> None:
    """Past the minute the status message becomes the result; where even that is gone, nothing is posted again."""
    world.fake_messenger.searchable = False
    await run_into(world, Trap(CrashPoint.POSTED, 1), request())
    world.clock.leap(600)
    world.fake_messenger.closed.update(ways)
    async with world.start() as bot:
        (job_id,) = await bot.stores.jobs.open_jobs()
        job = await world.closed(job_id)

    assert [posted.way for posted in world.fake_messenger.results] == ["channel", "status"][: 1 if ways else 2]
    assert job.result_message == (None if ways else job.status_message)
    assert world.fake_messenger.calls.count("post_result") == 1


@pytest.mark.usefixtures("bot")
async def test_too_large_is_made_smaller(world: ServiceWorld) -> None:
    """Where Discord finds a file too large after all, a smaller one goes out."""
    world.provider.set_pixels(MEGAPIXEL)
    world.fake_messenger.largest = 25_000

    job = await world.closed(await world.command())

    (picture,) = world.fake_messenger.results_of(job.job_id)[0].pictures
    assert isinstance(picture, Picture)
    assert 0 < len(picture.content) <= 25_000 < job.pictures[0].image.size
    assert world.fake_messenger.calls.count("post_result") > 1


@pytest.mark.parametrize("way", ["post_result", "result_as_status"])
@pytest.mark.usefixtures("bot")
async def test_too_large_in_any_size_is_a_link(world: ServiceWorld, way: str) -> None:
    """A picture that cannot be attached at any size goes out as the provider's address, through every way."""
    world.fake_messenger.largest = 10
    if way != "post_result":
        world.fake_messenger.closed.add("post_result")

    job = await world.closed(await world.command())

    (link,) = world.fake_messenger.results[0].pictures
    assert isinstance(link, Link)
    assert link.url.startswith(world.provider.origin)
    assert link.expires_at > world.clock.now()
    assert await world.budget() == (job.spent_micros, 0) == (PRICE, 0)


async def test_taken_down_is_not_posted_again(world: ServiceWorld) -> None:
    """A result that somebody deleted while we were away stays deleted; the job ends as paid and delivered."""
    world.fake_messenger.will("post_result", NotNow(), after=True)
    world.fake_messenger.will("find_result", *[NotNow() for _ in range(4)])
    async with world.start():
        job = await world.command()
        await world.until(lambda: posted(world))
        world.fake_messenger.take_down(job.job_id)
        ended = await world.closed(job)

    assert world.fake_messenger.results == []
    assert (ended.result_message, ended.spent_micros) == (None, PRICE)


async def test_late_pictures_are_added(world: ServiceWorld) -> None:
    """Past the deadline what is there is brought; each later picture is added to the same message when it comes."""
    world.provider.script(Site.SUBMIT, Behaviour.NORMAL, Behaviour.STUCK, Behaviour.NORMAL)
    async with world.start() as bot:
        job = await bot.accept(request(count=3), status=MessageAt(CHANNEL, 1))
        await world.reaches(job, PredictionState.COMPLETED)
        world.clock.leap(601)
        await world.until(lambda: shows(world, 2))

        assert (await world.job(job.job_id)).closed_at is None
        world.clock.leap(7 * 86_400)
        ended = await world.closed(job)

    assert [p.state.value for p in ended.predictions] == ["completed", "failed", "completed"]
    assert len(world.fake_messenger.results) == 1
    assert ended.spent_micros == 2 * PRICE


async def test_a_picture_after_the_late_post_is_edited_in(world: ServiceWorld) -> None:
    """A picture that comes after the deadline is added by an edit, before the rest of the job has ended."""
    async with open_service_world(
        world.folder / "slow", pace=Pace(0.2, (150.0, 150.0)), wavespeed_max_concurrent=3
    ) as slow:
        slow.provider.script(Site.SUBMIT, Behaviour.NORMAL, Behaviour.SLOW, Behaviour.STUCK)
        async with slow.start():
            job = await slow.reaches(await slow.command(request(png(), count=3)), PredictionState.COMPLETED)
            slow.clock.leap(650)
            await slow.until(lambda: shows(slow, 1))
            slow.clock.leap(1_000)
            await slow.until(lambda: shows(slow, 2))

            assert (await slow.job(job.job_id)).closed_at is None
            assert [posted.edits for posted in slow.fake_messenger.results] == [1]


async def tried_to_post(world: ServiceWorld) -> bool:
    return "post_result" in world.fake_messenger.calls


async def posted(world: ServiceWorld) -> bool:
    return bool(world.fake_messenger.results)


async def shows(world: ServiceWorld, pictures: int) -> bool:
    return [len(result.pictures) for result in world.fake_messenger.results] == [pictures]
