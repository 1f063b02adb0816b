"""A decision that was committed just before the program ended: the bot shows it in Discord by itself."""

from __future__ import annotations

import discord

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.clock import MINUTE, SECOND
from bot.domain.jobs import MessageAt
from bot.domain.reports import Measure
from bot.services.moderation.outbox import PAUSE_SECONDS
from tests.cogs.asking import handed_on
from tests.cogs.doing import button, leap, newest_result, painted
from tests.cogs.moderating import open_desk
from tests.cogs.seeing import PATIENCE_SECONDS, posted_in


async def test_a_hidden_picture_is_covered(world: World) -> None:
    """The decision stands on record and nothing else happened: within a minute the picture is gone from its message."""
    channel = await open_desk(world)
    await painted(world)
    result = newest_result(world)
    await world.ben.context_menu(world.channel, "Report this picture", result)
    reports = world.app.stores.reports
    [report] = await reports.open_reports(world.guild_id, 9)
    await reports.decide(report, Measure.HIDE, by_member_id=world.mona.id, at=world.clock.now())
    leap(world, 2 * PAUSE_SECONDS)

    def shows_it() -> bool:
        return "hidden this picture" in text_of(_again(world, result)) and "**Hidden**" in text_of(posted_in(channel))

    assert await world.until(shows_it, PATIENCE_SECONDS)
    assert _again(world, result).attachments == []


async def test_a_declined_member_reads_why(world: World) -> None:
    """The request loses its buttons, and the reason comes in a direct message, once."""
    channel = await open_desk(world)
    letters: list[str] = []
    for reason in ("Not today", "Nor tomorrow"):
        approval_id = button(await handed_on(world, channel), "approve").split(":")[1]
        await world.app.stores.approvals.decline(
            approval_id, reason=reason, by_member_id=world.mona.id, at=world.clock.now()
        )
        leap(world, 2 * PAUSE_SECONDS)

        def is_told(reason: str = reason) -> bool:
            letters[:] = [text_of(each) for each in world.alice.user.dm_channel.history()]
            return any(reason in each for each in letters) and "declined it" in text_of(posted_in(channel))

        assert await world.until(is_told, PATIENCE_SECONDS)

    # The second came of a later look than the first, which had been told by then.
    assert [sum(reason in each for each in letters) for reason in ("Not today", "Nor tomorrow")] == [1, 1]


async def test_a_line_without_a_job_is_removed(world: World) -> None:
    """It announced a picture that the program did not live to take in."""
    channel = world.app.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    line = await channel.send("A moderator approved this picture: it starts now.")
    await world.app.stores.approvals.begun(MessageAt(channel.id, line.id), world.clock.now())

    def is_gone() -> bool:
        return line.id not in {each.id for each in world.channel.history()}

    assert not is_gone()
    leap(world, 6 * MINUTE / SECOND)  # five are given to the job that it announces
    assert await world.until(is_gone, PATIENCE_SECONDS)


def _again(world: World, message: discord.Message) -> discord.Message:
    return next(each for each in world.channel.history() if each.id == message.id)
