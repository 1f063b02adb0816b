"""`/privacy` as members see it, in a server and in direct messages, blocked or not."""

from __future__ import annotations

import json

from bot.demo.reading import text_of
from bot.demo.world import World
from tests.cogs.doing import forgotten, painted
from tests.cogs.pictures import picture
from tests.cogs.seeing import all_closed, private_text


async def test_an_export_is_a_private_file(world: World) -> None:
    """Only the member sees it, and it has their words."""
    await world.alice.slash(world.channel, "edit", prompt="a heron", image=("a.png", picture("red")))
    await all_closed(world)
    answer = await world.alice.slash(world.channel, "privacy export")
    assert answer.response is not None
    (file,) = answer.response.message.attachments
    export = json.loads(await file.read())

    assert answer.response.ephemeral
    assert [job["prompt"] for job in export["jobs"]] == ["a heron"]


async def test_a_blocked_member_still_has_it(world: World) -> None:
    """It is theirs, whatever a server's moderators decide."""
    await world.mona.slash(world.channel, "manage block", user=world.alice, reason="spam")

    assert "Everything that I keep" in private_text(await world.alice.slash(world.channel, "privacy export"))

    shown = await world.alice.slash(world.channel, "privacy delete")
    assert shown.response is not None
    await world.alice.click(shown.response, custom_id="erase:keep")

    assert "It is being deleted" in text_of(shown.response.message)


async def test_deleting_asks_first(world: World) -> None:
    """Nothing is asked for until one of the two buttons is pressed; then the Discord id goes at the next look."""
    asked_for = await painted(world, world.ben)
    job = await painted(world, prompt="a heron")
    shown = await world.alice.slash(world.channel, "privacy delete")
    assert shown.response is not None
    await world.app.bot.services.creative.privacy.ask_erasure(world.ben.id, with_messages=False)
    await forgotten(world, asked_for)

    assert await world.app.stores.jobs.job(job.job_id) == job

    await world.alice.click(shown.response, custom_id="erase:all")
    await forgotten(world, job)

    assert (await world.app.stores.jobs.job(job.job_id)).prompt == ""


async def test_it_answers_in_direct_messages(world: World) -> None:
    """Where there is no server at all."""
    command = next(each for each in world.app.bot.tree.get_commands() if each.name == "privacy")

    assert command.allowed_contexts is not None
    assert (command.allowed_contexts.guild, command.allowed_contexts.dm_channel) == (True, True)
