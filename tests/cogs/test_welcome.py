"""When the bot joins a server it says how to set it up, once, where a moderator sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord
import pytest
from discord import ui
from simcord.backend import serializers
from simcord.builders import ChannelHandle, GuildHandle

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.models import CATALOGUE, MAX
from bot.domain.samples import SAMPLE_PROMPT
from bot.media.sample import sample_image
from bot.ui.render.manage.welcome import render_welcome
from tests.cogs.doing import buttons_of, costs, count_of_jobs, newest, said, stop_spending
from tests.cogs.seeing import all_closed, results
from tests.ui.samples import labels_of

HIDDEN = discord.PermissionOverwrite(view_channel=False)
READ_ONLY = discord.PermissionOverwrite(send_messages=False)
NO_FILES = discord.PermissionOverwrite(attach_files=False)

Arrange = Callable[[GuildHandle], list[ChannelHandle]]


def closed_rooms(guild: GuildHandle) -> list[ChannelHandle]:
    """One room that is hidden from the bot, and one that it may only read."""
    everybody = guild.default_role
    return [
        guild.create_text_channel("secret", overwrites={everybody: HIDDEN}),
        guild.create_text_channel("rules", overwrites={everybody: READ_ONLY}),
    ]


def open_rooms(guild: GuildHandle) -> list[ChannelHandle]:
    """The same, and behind them one that it may write in."""
    closed = closed_rooms(guild)
    return [*closed, guild.create_text_channel("hall", overwrites={guild.default_role: NO_FILES})]


async def join(world: World, guild: GuildHandle) -> None:
    """The bot comes into a server that is there already: all of it in one event, which does not say `unavailable`."""
    backend: Any = world.env.backend
    payload = serializers.guild_create_payload(backend, backend.guilds[guild.id])
    backend.emit("GUILD_CREATE", {name: each for name, each in payload.items() if name != "unavailable"})
    await world.env.settle()


async def leave(world: World, guild: GuildHandle) -> None:
    """The bot is removed from a server."""
    world.env.backend.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": False})
    await world.env.settle()


def arranged(world: World, patch: pytest.MonkeyPatch, arrange: Arrange) -> tuple[GuildHandle, list[ChannelHandle]]:
    """A server that the bot is not told about, and the places where something could be said: its rooms, the owner."""
    with patch.context() as quiet:
        quiet.setattr(world.env.backend, "emit", _to_nobody)
        guild = world.env.create_guild("Elsewhere")
        rooms = arrange(guild)
    return guild, [*rooms, guild.owner.dm_channel]


def _to_nobody(*_event: object, **_facts: object) -> None:
    """Discord says nothing yet."""


def said_in(rooms: list[ChannelHandle]) -> list[list[str]]:
    """What was said in each of these places."""
    return [[text_of(message) for message in room.history()] for room in rooms]


async def test_the_first_message_has_three_steps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the first channel that it can see and write to, naming what it lacks there, pinging nobody."""
    guild, rooms = arranged(world, monkeypatch, open_rooms)
    await join(world, guild)
    hidden, read_only, [text], owner = said_in(rooms)

    assert (hidden, read_only, owner) == ([], [], [])
    assert all(f"**{step}** `/manage" in text for step in (1, 2, 3))
    assert "`/manage limit everyone`" in text
    assert "Here I am missing: Attach Files." in text
    assert not rooms[2].history()[0].mentions


async def test_where_nothing_can_be_written_the_owner_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a direct message; no channel gets anything."""
    guild, rooms = arranged(world, monkeypatch, closed_rooms)
    await join(world, guild)
    hidden, read_only, [text] = said_in(rooms)

    assert (hidden, read_only) == ([], [])
    assert "**1** `/manage" in text


async def test_coming_back_is_no_first_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Removed and invited again, also after a restart: whoever knows the steps is not told again."""
    guild, rooms = arranged(world, monkeypatch, open_rooms)
    await join(world, guild)
    await leave(world, guild)
    await join(world, guild)
    await world.env.restart_bot()

    assert [len(each) for each in said_in(rooms)] == [0, 0, 1, 0]


# Try with a sample ----------------------------------------------------------------------------------------------------


async def welcomed(world: World, price_micros: int = MAX.price_micros) -> discord.Message:
    """The first message in the channel where everybody is."""
    channel = world.app.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.send(view=render_welcome((), price_micros))


async def test_the_first_message_offers_a_sample(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its price on the button, as it is now."""
    await costs(world, 95_000)
    guild, rooms = arranged(world, monkeypatch, open_rooms)
    await join(world, guild)

    message = rooms[2].history()[0]
    assert buttons_of(message) == ["sample:95000"]
    assert labels_of(ui.LayoutView.from_message(message)) == ["Try with a sample \u00b7 $0.095"]


async def test_no_sample_where_none_can_be_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to the owner in a direct message, and not while the model cannot be had."""
    guild, rooms = arranged(world, monkeypatch, closed_rooms)
    await join(world, guild)
    to_owner = buttons_of(rooms[2].history()[0])
    await world.app.bot.services.money.prices.withdraw(CATALOGUE[0])
    guild, rooms = arranged(world, monkeypatch, open_rooms)
    await join(world, guild)

    assert (to_owner, buttons_of(rooms[2].history()[0])) == ([], [])


async def test_the_sample_is_a_picture_like_any_other(world: World) -> None:
    """Whoever presses gets it as from `/edit`: held, made of the shipped image, delivered, and paid by them."""
    message = await welcomed(world)
    await world.alice.click(message, custom_id=f"sample:{MAX.price_micros}")
    await all_closed(world)
    job = await newest(world)
    (sent,) = world.provider.predictions

    assert (job.member_id, job.prompt, job.spent_micros) == (world.alice.id, SAMPLE_PROMPT, MAX.price_micros)
    assert sent.references == (sample_image().content,)
    assert len(results(world)) == 1


async def test_no_sample_beyond_a_limit(world: World) -> None:
    """Who has no room left is refused in private, and nothing is sent."""
    await stop_spending(world, world.alice.id)
    answer = await world.alice.click(await welcomed(world), custom_id=f"sample:{MAX.price_micros}")

    assert "Nothing was spent" in said(answer)
    assert await count_of_jobs(world) == 0


async def test_a_sample_that_has_become_dearer(world: World) -> None:
    """The price on an old message is not held to: a higher one is shown first, and nothing is held before *Run*."""
    await costs(world, 95_000)
    answer = await world.alice.click(await welcomed(world), custom_id=f"sample:{MAX.price_micros}")

    assert "$0.095" in said(answer)
    assert await count_of_jobs(world) == 0
