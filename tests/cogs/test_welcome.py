"""When the bot joins a server it says how to set it up, once, where it may."""

from __future__ import annotations

from bot.demo.reading import text_of
from bot.demo.world import World
from cogs.welcome import Welcome


async def test_the_first_message_has_three_steps(world: World) -> None:
    """In the first channel that it can write to, pinging nobody."""
    guild = world.app.bot.get_guild(world.guild_id)
    assert guild is not None
    before = len(world.channel.history())
    await Welcome().on_guild_join(guild)
    (said,) = world.channel.history()[before:]
    text = text_of(said)

    assert all(f"**{step}** `/manage" in text for step in (1, 2, 3))
    assert "Here I am missing" not in text
    assert not said.mentions
