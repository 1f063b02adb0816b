"""Pictures that are withheld: not shown, not paid, and explained to their member alone."""

from __future__ import annotations

from bot.demo.provider import Behaviour, Site
from bot.demo.reading import text_of
from bot.demo.world import World
from tests.cogs.doing import file, newest, newest_result
from tests.cogs.seeing import all_closed, private_text, public_messages, results, status_text


def in_public(world: World) -> str:
    """Everything that the channel reads from the bot."""
    return "\n".join(text_of(message) for message in public_messages(world))


async def test_is_told_in_private(world: World) -> None:
    """By the default rule the channel reads who marked it, the member what that means, and nothing is paid."""
    world.provider.script(Site.SUBMIT, Behaviour.FLAGGED)
    answer = await world.alice.slash(world.channel, "edit", prompt="Rain", image=file())
    await all_closed(world)
    job = await newest(world)
    told = private_text(answer)

    assert "The provider marked it as unsafe, so it is not shown there." in told
    assert "That cost you nothing: **$0.08 is back** in your budget. Change the prompt or the images" in told
    assert job.job_id in told
    assert results(world) == []
    assert "The provider marked it as unsafe, so it is not shown here." in status_text(answer)
    assert "**$0.08 is back**" in status_text(answer)
    assert (job.spent_micros, job.held_micros, job.returned_micros) == (0, 0, 80_000)


async def test_of_several_the_others_are_shown_and_paid(world: World) -> None:
    """One of two is withheld: one result message with the other, which alone is charged, and the reason in private."""
    world.provider.script(Site.SUBMIT, Behaviour.FLAGGED, Behaviour.NORMAL)
    answer = await world.alice.slash(world.channel, "edit", prompt="Rain", image=file(), count=2)
    await all_closed(world)
    job = await newest(world)

    assert len(newest_result(world).attachments) == 1
    assert "here is 1 of your 2 pictures" in text_of(newest_result(world))
    assert "1 of 2 pictures; $0.08 came back: marked as unsafe by the provider." in text_of(newest_result(world))
    assert "The provider marked it as unsafe" in private_text(answer)
    assert (job.spent_micros, job.returned_micros) == (80_000, 80_000)
