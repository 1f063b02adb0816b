"""The showcase: *Share* puts a picture there with credit and a way back, *Take back* removes it, by whoever may."""

from __future__ import annotations

import json

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.jobs import Job
from bot.services.creative.privacy import TICK_SECONDS
from bot.services.rights import Actor
from tests.cogs.doing import buttons_of, delete, forgotten, leap, left_over, message_of, newest_result, painted
from tests.cogs.seeing import PATIENCE_SECONDS, private_text


@pytest.fixture
async def hall(world: World) -> ChannelHandle:
    """A channel that a moderator has made the showcase."""
    channel = world.env.guild.create_text_channel("hall")
    await choose(world, channel.id)
    return channel


async def choose(world: World, channel_id: int | None) -> None:
    """Set the showcase as a moderator does."""
    mona = Actor(world.mona.id, world.guild_id, can_manage=True)
    await world.app.bot.services.moderation.server_settings.set_showcase_channel(mona, channel_id)


async def shared(world: World, job: Job) -> discord.Message:
    """Alice shares her picture; what she reads."""
    return message_of(await world.alice.click(newest_result(world), custom_id=f"share:{job.job_id}"))


async def gone(world: World, hall: ChannelHandle) -> None:
    """Wait until nothing is in the showcase any more."""
    give_up = world.clock.monotonic() + PATIENCE_SECONDS
    while hall.history():
        assert world.clock.monotonic() < give_up, "it is still there"
        leap(world, TICK_SECONDS)
        await world.clock.sleep(0.1)


async def test_shows_the_picture_with_credit_and_the_way_back(world: World, hall: ChannelHandle) -> None:
    """Its requester shares it: the picture, its words, who, with which model, and a link to the result; for nothing."""
    job = await painted(world)
    answer = await shared(world, job)
    [post] = hall.history()
    result = newest_result(world)

    assert [each.filename for each in post.attachments] == [f"easel-{job.job_id}-1.jpg"]
    assert f"> {job.prompt}" in text_of(post)
    assert f"by <@{world.alice.id}>" in text_of(post)
    assert f"({result.jump_url})" in text_of(post)
    assert f"{job.model.label} · job {job.job_id}" in text_of(post)
    assert post.jump_url in text_of(answer)


async def test_a_second_press_shows_the_same(world: World, hall: ChannelHandle) -> None:
    """One picture is in the showcase once, whoever shares it again."""
    job = await painted(world)
    await shared(world, job)
    again = await world.mona.click(newest_result(world), custom_id=f"share:{job.job_id}")

    assert len(hall.history()) == 1
    assert hall.history()[0].jump_url in private_text(again)


async def test_of_several_pictures_one_press_chooses(world: World, hall: ChannelHandle) -> None:
    """Small numbers ask which."""
    job = await painted(world, count=2)
    asked = await shared(world, job)
    await world.alice.click(asked, custom_id=f"share:{job.job_id}:2")

    assert [each.filename for each in hall.history()[0].attachments] == [f"easel-{job.job_id}-2.jpg"]


async def test_only_the_requester_or_a_moderator(world: World, hall: ChannelHandle) -> None:
    """Another member neither shares nor takes back; a moderator does both, on record."""
    job = await painted(world)
    refused = await world.ben.click(newest_result(world), custom_id=f"share:{job.job_id}")
    await world.mona.click(newest_result(world), custom_id=f"share:{job.job_id}")
    [post] = hall.history()
    [button] = buttons_of(post)
    refused_too = await world.ben.click(post, custom_id=button)
    still_there = len(hall.history())
    await world.mona.click(post, custom_id=button)
    acts = await world.app.stores.moderation.audit(world.guild_id, limit=2)

    assert "Only the member who asked" in private_text(refused)
    assert "Only the member who asked" in private_text(refused_too)
    assert still_there == 1
    assert hall.history() == []
    assert [(each.action, each.job_id) for each in acts] == [("unshare", job.job_id), ("share", job.job_id)]


async def test_taken_back_it_may_be_shared_anew(world: World, hall: ChannelHandle) -> None:
    """*Take back* works from what whoever shared it reads, twice without harm; *Share* works after it."""
    job = await painted(world)
    answer = await shared(world, job)
    [button] = buttons_of(answer)
    for _ in range(2):
        assert "Taken back" in private_text(await world.alice.click(answer, custom_id=button))
    emptied = hall.history() == []
    await shared(world, job)

    assert emptied
    assert len(hall.history()) == 1


async def test_goes_with_its_result(world: World, hall: ChannelHandle) -> None:
    """*Delete* under the result takes it out of the showcase as well."""
    job = await painted(world)
    await shared(world, job)
    await delete(world.alice, newest_result(world), job.job_id)

    await gone(world, hall)


async def test_goes_when_a_moderator_hides_it(world: World, hall: ChannelHandle) -> None:
    """A report about it reaches the copy in the showcase."""
    job = await painted(world)
    await shared(world, job)
    await world.ben.context_menu(world.channel, "Report this picture", newest_result(world))
    await world.mona.click(await left_over(world, "report:hide:1:0"), custom_id="report:hide:1:0")

    await gone(world, hall)


async def test_goes_with_its_members_data_and_is_in_their_export(world: World, hall: ChannelHandle) -> None:
    """Nobody is exhibited who had their data deleted, though results may stay; before that the export names it."""
    job = await painted(world)
    await shared(world, job)
    export = json.loads(await world.app.bot.services.creative.privacy.export(world.alice.id))
    await world.app.bot.services.creative.privacy.ask_erasure(world.alice.id, with_messages=False)
    await forgotten(world, job)

    assert [(each["job_id"], each["taken_back_at"]) for each in export["shares"]] == [(job.job_id, None)]
    await gone(world, hall)


async def test_without_a_showcase_there_is_no_button(world: World) -> None:
    """And an old button says what is missing."""
    job = await painted(world)
    button = f"share:{job.job_id}"
    answer = await world.alice.click(await left_over(world, button), custom_id=button)

    assert button not in buttons_of(newest_result(world))
    assert "This server has no showcase" in private_text(answer)


async def test_a_showcase_that_is_closed_is_said(world: World, hall: ChannelHandle) -> None:
    """The channel was deleted: one sentence, nothing is left waiting, and another showcase takes it."""
    job = await painted(world)
    channel = world.app.bot.get_channel(hall.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()
    answer = await world.alice.click(newest_result(world), custom_id=f"share:{job.job_id}")
    other = world.env.guild.create_text_channel("other")
    await choose(world, other.id)
    await shared(world, job)

    assert "I can't post in the showcase" in private_text(answer)
    assert len(other.history()) == 1
    assert await world.app.stores.shares.unposted(world.clock.now()) == ()


async def test_marks_and_spoilers_hold_there_too(world: World, hall: ChannelHandle) -> None:
    """What the provider marked is not shown in a showcase that everybody sees."""
    job = await painted(world)
    await world.app.database.write(lambda connection: connection.execute("UPDATE outputs SET flagged = 1").rowcount)
    answer = await world.alice.click(newest_result(world), custom_id=f"share:{job.job_id}")

    assert "the showcase does not show such pictures" in private_text(answer)
    assert hall.history() == []


@pytest.mark.parametrize("ids", ["", ":0", ":999999", ":abc"])
async def test_a_button_about_nothing(world: World, hall: ChannelHandle, ids: str) -> None:
    """Made up, or of another server."""
    del hall
    button = f"unshare{ids}"
    answer = await world.alice.click(await left_over(world, button), custom_id=button)

    assert "That is no longer in the showcase" in private_text(answer)
