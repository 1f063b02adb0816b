"""The demo server's further channels: #moderators and #showcase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord
from simcord.backend import serializers
from simcord.builders import ChannelHandle

from bot.demo.world import World
from bot.services.rights import Actor

_HIDDEN = discord.PermissionOverwrite(view_channel=False)
_SEEN = discord.PermissionOverwrite(view_channel=True, send_messages=True, read_message_history=True)


@dataclass(frozen=True, slots=True)
class DemoChannels:
    """The channels beside `World.channel`."""

    moderators: ChannelHandle
    showcase: ChannelHandle


async def open_channels(world: World) -> DemoChannels:
    """Make them, let the bot join as it would a community that has them, and have reports sent to the moderators."""
    guild, bot = world.env.guild, world.app.bot.user
    overwrites: dict[Any, discord.PermissionOverwrite] = {guild.default_role: _HIDDEN, world.mona: _SEEN}
    if bot is not None:
        overwrites[bot] = _SEEN
    channels = DemoChannels(
        moderators=guild.create_text_channel("moderators", overwrites=overwrites),
        showcase=guild.create_text_channel("showcase"),
    )
    await _join(world, channels.moderators)
    mona = Actor(world.mona.id, world.guild_id, can_manage=True)
    await world.app.bot.services.moderation.server_settings.set_desk_channel(mona, channels.moderators.id)
    return channels


async def _join(world: World, updates: ChannelHandle) -> None:
    """What Discord sends when a bot is added: the server in one event, which does not say `unavailable`."""
    backend: Any = world.env.backend
    payload = serializers.guild_create_payload(backend, backend.guilds[world.guild_id])
    joined = {name: each for name, each in payload.items() if name != "unavailable"}
    backend.emit("GUILD_CREATE", joined | {"public_updates_channel_id": str(updates.id)})
    await world.env.settle()
