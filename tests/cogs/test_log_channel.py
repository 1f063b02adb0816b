"""The log channel as moderators see it: who did what; the settings say what is missing there."""

from __future__ import annotations

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.rules import RuleChange
from tests.cogs.doing import said
from tests.cogs.seeing import PATIENCE_SECONDS


async def test_what_a_moderator_does_is_told_in_the_log_channel(world: World) -> None:
    """Who, what and why."""
    channel = world.env.guild.create_text_channel("log")
    change = RuleChange("log_channel_id", channel.id, None, str(channel.id))
    await world.app.stores.rules.set_rule(world.guild_id, change, by_member_id=world.mona.id, at=world.clock.now())
    await world.mona.slash(world.channel, "manage pause", reason="exam week")

    def written() -> str:
        return "\n".join(text_of(message) for message in channel.history())

    assert await world.until(lambda: "exam week" in written(), PATIENCE_SECONDS)
    assert f"<@{world.mona.id}>" in written()


async def test_a_log_channel_that_is_gone_is_named_in_the_settings(world: World) -> None:
    """No mention can name it any more."""
    change = RuleChange("log_channel_id", 4321, None, "4321")
    await world.app.stores.rules.set_rule(world.guild_id, change, by_member_id=world.mona.id, at=world.clock.now())
    answer = await world.mona.slash(world.channel, "manage settings")

    assert "**Log channel** deleted channel 4321" in said(answer)
