"""Styles in command tests: moderators add and change one, alice chooses it and makes a picture with it."""

from __future__ import annotations

from typing import Any

from simcord import InteractionResult

from bot.demo.world import World
from bot.domain.jobs import Job
from tests.cogs.doing import buttons_of, message_of, painted

TEMPLATE = "An ink drawing of {prompt}, on paper"


async def add_style(world: World, **fields: Any) -> InteractionResult:
    """Mona adds one with the form; what she reads."""
    form = await world.mona.slash(world.channel, "manage styles add")
    return await world.mona.submit_modal(form, {"name": "Ink", "template": TEMPLATE, "roles": "", **fields})


async def edited(world: World, **fields: Any) -> InteractionResult:
    """Mona changes it with the form."""
    form = await world.mona.slash(world.channel, "manage styles edit", name="Ink")
    return await world.mona.submit_modal(form, {"name": "Ink", "template": TEMPLATE, "roles": "", **fields})


async def made(world: World, **options: Any) -> Job:
    """Alice makes a picture with the style."""
    return await painted(world, prompt="a fox", style="ink", **options)


async def choose(world: World, confirmation: InteractionResult, style: str) -> None:
    """Alice chooses a style in a confirmation, by its number."""
    message = message_of(confirmation)
    [draft_id] = [each.split(":")[1] for each in buttons_of(message) if each.startswith("run:")]
    await world.alice.select(message, [style], custom_id=f"style:{draft_id}")
