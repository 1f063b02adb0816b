"""`/jobs` and the Cancel button: seeing and stopping one's own requests."""

from __future__ import annotations

from bot.demo.provider import Behaviour, Site
from bot.demo.world import World
from bot.domain.jobs import Job, PredictionState
from tests.cogs.pictures import picture
from tests.cogs.seeing import PATIENCE_SECONDS, all_closed, private_text, status_text


async def newest(world: World) -> Job:
    return (await world.app.stores.jobs.jobs_of(world.guild_id, None, limit=1))[0]


async def turned_away(world: World) -> bool:
    """Whether the provider took the newest job for too much at once, so that it lies in the queue for a minute."""
    (prediction,) = (await newest(world)).predictions
    return bool(world.provider.history.at(Site.SUBMIT)) and prediction.state is PredictionState.QUEUED


class TestCancel:
    """Stops what was not sent; the rest is delivered and paid."""

    async def test_gives_back_what_was_not_sent(self, world: World) -> None:
        """With two slots at the provider, cancelling four pictures at once keeps two and returns two."""
        world.provider.script(Site.SUBMIT, Behaviour.SLOW, times=2)
        await world.alice.slash(world.channel, "edit", prompt="Winter", image=("a.png", picture("red")), count=4)
        job = await newest(world)
        answer = await world.alice.slash(world.channel, "jobs cancel", job=job.job_id.lower())
        text = private_text(answer)
        await all_closed(world)
        job = await newest(world)

        assert f"${job.returned_micros / 1_000_000:.2f}" in text
        assert job.spent_micros + job.returned_micros == 4 * 80_000
        assert world.provider.billed_micros == job.spent_micros

    async def test_is_the_requesters_or_a_moderators(self, world: World) -> None:
        """Another member's press is refused in private; a moderator's counts."""
        world.provider.script(Site.SUBMIT, Behaviour.RATE_LIMITED, times=3)
        answer = await world.alice.slash(world.channel, "edit", prompt="Winter", image=("a.png", picture("red")))
        job = await newest(world)
        while not await turned_away(world):
            await world.clock.sleep(0.05)
        assert await world.until(lambda: "(Cancel)" in status_text(answer), PATIENCE_SECONDS)
        assert answer.response is not None
        status = answer.response.message
        refused = await world.ben.click(status, custom_id=f"cancel:{job.job_id}")
        stopped = await world.mona.slash(world.channel, "jobs cancel", job=job.job_id)
        await all_closed(world)

        assert "Only the member who asked" in private_text(refused)
        assert "$0.08" in private_text(stopped)
        assert "Cancelled" in status_text(answer)

    async def test_comes_too_late(self, world: World) -> None:
        """After the end there is nothing to stop, and the sentence says so."""
        await world.alice.slash(world.channel, "edit", prompt="Winter", image=("a.png", picture("red")))
        await all_closed(world)
        answer = await world.alice.slash(world.channel, "jobs cancel", job=(await newest(world)).job_id)

        assert "too late to cancel" in private_text(answer)


class TestLooking:
    """Lists and shows."""

    async def test_list_is_private_and_ones_own(self, world: World) -> None:
        """Each member sees their own jobs, nobody else's."""
        await world.alice.slash(world.channel, "edit", prompt="Winter", image=("a.png", picture("red")))
        await all_closed(world)
        job = await newest(world)

        assert job.job_id in private_text(await world.alice.slash(world.channel, "jobs list"))
        assert job.job_id not in private_text(await world.ben.slash(world.channel, "jobs list"))

    async def test_show_is_refused_to_others(self, world: World) -> None:
        """Somebody else's job is not shown, except to moderators."""
        await world.alice.slash(world.channel, "edit", prompt="Winter", image=("a.png", picture("red")))
        await all_closed(world)
        job_id = (await newest(world)).job_id

        assert "moderator" in private_text(await world.ben.slash(world.channel, "jobs show", job=job_id))
        assert "Winter" in status_text(await world.mona.slash(world.channel, "jobs show", job=job_id))

    async def test_an_unknown_job_gets_a_sentence(self, world: World) -> None:
        """An id that means nothing is no error of ours."""
        answer = await world.alice.slash(world.channel, "jobs show", job="nope")

        assert "There is no job NOPE" in private_text(answer)

    async def test_suggestions_find_by_prompt(self, world: World) -> None:
        """Autocomplete finds a job by words of its prompt."""
        await world.alice.slash(world.channel, "edit", prompt="A quiet winter", image=("a.png", picture("red")))
        await all_closed(world)
        found = await world.alice.autocomplete(world.channel, "jobs show", "job", "quiet")
        of_ben = await world.ben.autocomplete(world.channel, "jobs show", "job", "quiet")

        assert [(await newest(world)).job_id] == [choice["value"] for choice in found]
        assert of_ben == []
