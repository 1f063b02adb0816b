"""Results that no way was open for: their status says so, and they are brought when one opens, once."""

from __future__ import annotations

from bot.domain.jobs import Job
from bot.services.jobs.kept import WOKEN
from bot.services.ports.messages import NotNow
from bot.ui.render.status import render_status
from tests.services.world import PRICE, ServiceWorld

EVERY_WAY = ("post_result", "result_as_status", "result_by_dm")


async def kept_job(world: ServiceWorld) -> Job:
    """A job that is paid and closed, and whose picture could be brought to nobody."""
    world.fake_messenger.closed.update(EVERY_WAY)
    job = await world.closed(await world.command())
    assert (world.fake_messenger.results, job.result_message, job.spent_micros) == ([], None, PRICE)
    return job


async def kept(world: ServiceWorld) -> int:
    return len(await world.bot.stores.kept.due(WOKEN, 10**15))


async def brought(world: ServiceWorld) -> bool:
    return bool(world.fake_messenger.results) and not await kept(world)


def says(world: ServiceWorld, job: Job) -> str:
    return str(render_status(world.fake_messenger.last_words[job.job_id][-1]).to_components())


async def test_the_status_says_that_it_is_kept(world: ServiceWorld) -> None:
    """The last word does not claim that a picture which nobody could be brought is being posted."""
    async with world.start():
        job = await kept_job(world)

        assert f"kept for you: /jobs show {job.job_id}" in says(world, job)


async def test_it_is_brought_at_the_next_start(world: ServiceWorld) -> None:
    """A start tries what is kept: one result, a status that links to it, and nothing left to try."""
    async with world.start():
        job = await kept_job(world)
    world.fake_messenger.closed.clear()
    began = world.clock.now()
    async with world.start():
        await world.until(lambda: brought(world))
        (result,) = world.fake_messenger.results

        assert world.clock.now() - began < 200_000
        assert (await world.job(job.job_id)).result_message == result.at
        assert "see the picture" in says(world, job)
        assert await world.budget() == (PRICE, 0)


async def test_the_status_goes_where_what_was_kept_follows_it(world: ServiceWorld) -> None:
    """Brought into a channel in which nobody wrote since, it is the only message too."""
    world.fake_messenger.is_quiet = True
    async with world.start():
        job = await kept_job(world)
    world.fake_messenger.closed.clear()
    async with world.start():
        await world.until(lambda: brought(world))

        assert world.fake_messenger.removed_statuses == [job.job_id]
        assert "kept for you" in says(world, job)


async def test_it_is_brought_when_discord_has_us_back(world: ServiceWorld) -> None:
    """A new session with Discord is a moment to try again, long before the next one by the clock."""
    async with world.start() as bot:
        await kept_job(world)
        world.fake_messenger.closed.clear()
        bot.resources.signals.session.notify()
        began = world.clock.now()
        await world.until(lambda: brought(world))

        assert world.clock.now() - began < 200_000


async def test_it_is_tried_ever_more_rarely(world: ServiceWorld) -> None:
    """Where every way stays closed the tries of a week are few; when one opens the picture comes all the same."""
    async with world.start():
        await kept_job(world)
        before = world.fake_messenger.calls.count("post_result")
        for _ in range(7 * 24):
            world.clock.leap(3_600)
            await world.clock.sleep(3)
        tries = world.fake_messenger.calls.count("post_result") - before

        assert 6 <= tries <= 20
        world.fake_messenger.closed.clear()
        world.clock.leap(2 * 86_400)
        await world.until(lambda: brought(world))
        assert len(world.fake_messenger.results) == 1


async def test_a_result_that_was_deleted_is_not_kept(world: ServiceWorld) -> None:
    """What somebody deleted while we were away is not brought again and again."""
    world.fake_messenger.will("post_result", NotNow(), after=True)
    world.fake_messenger.will("find_result", *[NotNow() for _ in range(4)])
    async with world.start():
        job = await world.command()

        async def posted() -> bool:
            return bool(world.fake_messenger.results)

        await world.until(posted)
        world.fake_messenger.take_down(job.job_id)
        await world.closed(job)

        assert await kept(world) == 0


async def test_while_discord_does_not_take_it_the_status_says_so(world: ServiceWorld) -> None:
    """A result that waits for Discord is not said to be posted just now, nor is it kept."""
    world.fake_messenger.will("post_result", *[NotNow() for _ in range(3)])
    async with world.start():
        job = await world.closed(await world.command())

        assert "I keep trying" in str(render_status(world.fake_messenger.statuses[job.job_id][-1]).to_components())
        assert await kept(world) == 0
