"""What moderators do in command tests: give a `/manage` command, open the panel, choose a desk, set a threshold."""

from __future__ import annotations

from typing import Any

from simcord import ResponseMessage

from bot.demo.world import World
from bot.services.rights import Actor
from tests.cogs.seeing import private_text


async def manage(world: World, what: str, **options: Any) -> str:
    """What mona reads after a `/manage` command."""
    return private_text(await world.mona.slash(world.channel, f"manage {what}", **options))


async def panel(world: World) -> ResponseMessage:
    """The panel of `/manage settings`, open before mona."""
    answer = await world.mona.slash(world.channel, "manage settings")
    assert answer.response is not None
    return answer.response


async def open_desk(world: World) -> Any:
    """Give the moderators a channel of their own, and return it."""
    channel = world.env.guild.create_text_channel("moderators")
    mona = Actor(world.mona.id, world.guild_id, can_manage=True)
    await world.app.bot.services.moderation.server_settings.set_desk_channel(mona, channel.id)
    return channel


async def ask_above(world: World, amount: str) -> None:
    """Have the server ask before anything that costs more than this."""
    mona = Actor(world.mona.id, world.guild_id, can_manage=True)
    await world.app.bot.services.moderation.server_settings.set_confirmation(mona, amount)
