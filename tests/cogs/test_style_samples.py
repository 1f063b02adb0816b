"""Samples of styles: *Try it* makes one, and `/styles` shows it."""

from __future__ import annotations

from bot.demo.world import World
from tests.cogs.doing import file, message_of, newest
from tests.cogs.seeing import all_closed, private_text
from tests.cogs.styling import add_style

RED = file("red", "red.png")


class TestSamples:
    """*Try it*, and what `/styles` shows."""

    async def test_try_it_makes_the_sample(self, world: World) -> None:
        """A job like every other, paid by whoever pressed; then the list shows its picture."""
        answer = await add_style(world)
        before = await world.alice.slash(world.channel, "styles")
        await world.mona.click(message_of(answer), custom_id="style-try:1:80000")
        await all_closed(world)
        job = await newest(world)
        listed = await world.alice.slash(world.channel, "styles")

        assert "no sample yet" in private_text(before)
        assert (job.member_id, job.style, job.spent_micros) == (world.mona.id, "Ink", 80_000)
        assert "no sample yet" not in private_text(listed)
        assert [each.filename for each in message_of(listed).attachments] == [f"easel-{job.job_id}.png"]
        assert "**1 Ink**" in private_text(listed)
        assert "An ink drawing of {prompt}, on paper" in private_text(listed)

    async def test_a_hidden_sample_is_not_shown(self, world: World) -> None:
        """Deleted or hidden is gone here too."""
        answer = await add_style(world)
        await world.mona.click(message_of(answer), custom_id="style-try:1:80000")
        await all_closed(world)
        job = await newest(world)
        await world.app.stores.gallery.take_down(job.job_id, world.mona.id, world.clock.now())
        listed = await world.alice.slash(world.channel, "styles")

        assert message_of(listed).attachments == []
        assert "no sample yet" in private_text(listed)

    async def test_one_by_itself(self, world: World) -> None:
        """Chosen in the list: its sample, template, images and what it names."""
        added = await add_style(world, images=[RED])
        await world.mona.click(message_of(added), custom_id="style-try:1:80000")
        await all_closed(world)
        listed = message_of(await world.alice.slash(world.channel, "styles"))
        answer = await world.alice.select(listed, ["1"], custom_id="styles")

        assert len(message_of(answer).attachments) == 2, "the sample, and the strip of its images"
        assert "**1** red.png" in private_text(answer)
        assert "An ink drawing of {prompt}, on paper" in private_text(answer)

    async def test_without_any(self, world: World) -> None:
        """Says who makes them."""
        assert "Moderators add them" in private_text(await world.alice.slash(world.channel, "styles"))
