"""Asking a moderator: a request that alice has no room for, and what is posted for them."""

from __future__ import annotations

from typing import Any

import discord
from simcord import InteractionResult

from bot.demo.world import World
from tests.cogs.doing import button, file, message_of, stop_spending
from tests.cogs.seeing import posted_in

RED = file("red", "red.png")


async def refused(world: World, **options: Any) -> InteractionResult:
    """Have alice ask for a picture that she has no room for."""
    await stop_spending(world, world.alice.id)
    return await world.alice.slash(world.channel, "edit", prompt="Winter", image=RED, **options)


async def handed_on(world: World, channel: Any, **options: Any) -> discord.Message:
    """Have alice ask a moderator, and return what they see."""
    refusal = message_of(await refused(world, **options))
    await world.alice.click(refusal, custom_id=button(refusal, "ask"))
    return posted_in(channel)
