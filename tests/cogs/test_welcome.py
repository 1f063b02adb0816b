"""When the bot joins a server it says how to set it up, once, where a moderator sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord
import pytest
from simcord.backend import serializers
from simcord.builders import ChannelHandle, GuildHandle

from bot.demo.reading import text_of
from bot.demo.world import World

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
