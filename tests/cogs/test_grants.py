"""`/manage grant` as moderators type it and members feel it: credit beyond a limit, perhaps with an end."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.demo.world import World
from bot.domain.clock import DAY, HOUR, SECOND
from tests.cogs.asking import handed_on
from tests.cogs.doing import ask_for_a_fox, budget, button, leap, newest, painted, stop_spending
from tests.cogs.moderating import manage, open_desk
from tests.cogs.seeing import all_closed, private_text

GIVEN = ("5", "5.00", "$5", "5,00")


async def grant(world: World, amount: str = "2", reason: str = "a contest", **options: Any) -> str:
    """What mona reads after granting; to alice unless a channel is named."""
    if "channel" not in options:
        options.setdefault("user", world.alice)
    return await manage(world, "grant", amount=amount, reason=reason, **options)


@pytest.mark.parametrize("typed", GIVEN)
async def test_a_grant_is_typed_like_any_amount(world: World, typed: str) -> None:
    """With or without a dollar sign, with a point or a comma."""
    text = await grant(world, typed)

    assert f"<@{world.alice.id}> can spend **$5.00**" in text
    assert "> a contest" in text


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("1e3", "can't read that as an amount"),
        ("-1", "cannot be negative"),
        ("nan", "can't read that as an amount"),
        ("none", "can't read that as an amount"),
        ("0", "A grant of nothing would change nothing"),
        ("1,000", "thousands or cents"),
        ("99999999", "more than $1,000,000"),
        ("0.0000001", "can't read that as an amount"),
    ],
)
async def test_what_is_no_grant_changes_nothing(world: World, typed: str, why: str) -> None:
    """One sentence says why; nobody has more to spend, and nothing is on record."""
    text = await grant(world, typed)

    assert why in text
    assert "Credit" not in await budget(world)
    assert await world.app.stores.moderation.audit(world.guild_id, limit=5) == ()


async def test_a_grant_has_one_owner_and_a_reason(world: World) -> None:
    """A member or a channel, not both and not neither; a reason of spaces is none."""
    both = await manage(world, "grant", amount="1", reason="x", user=world.alice, channel=world.channel)
    neither = await manage(world, "grant", amount="1", reason="x")

    assert both == neither
    assert "one member or to one channel" in both
    assert "needs a reason" in await grant(world, reason="   ")
    assert await world.app.stores.moderation.audit(world.guild_id, limit=5) == ()


@pytest.mark.parametrize("typed", ["yesterday", "2020-01-01", "-3d", "0h"])
async def test_an_end_in_the_past_or_none_at_all_is_refused(world: World, typed: str) -> None:
    """Nothing is granted that nobody could use."""
    text = await grant(world, expires=typed)

    assert "can spend" not in text
    assert "Nothing was spent" in text
    assert await world.app.stores.moderation.audit(world.guild_id, limit=5) == ()


async def test_a_member_spends_it_before_their_limit(world: World) -> None:
    """Who may spend nothing spends their grant; `/budget` shows what is left of it."""
    await stop_spending(world, world.alice.id)
    await grant(world, "0.20")
    job = await painted(world)

    assert job.spent_micros == 80_000
    assert "`$0.12` of $0.20" in await budget(world)
    assert "month: limit $0.00 \u00b7 spent $0.00 \u00b7 held $0.00" in await budget(world)


async def test_a_channels_purse_pays_in_its_threads(world: World) -> None:
    """Whoever asks there; a purse given to a thread is its channel's."""
    await stop_spending(world, world.alice.id)
    parent = world.app.bot.get_channel(world.channel.id)
    assert isinstance(parent, discord.TextChannel)
    await parent.create_thread(name="aside", type=discord.ChannelType.public_thread)
    (thread,) = world.channel.threads
    text = await grant(world, "0.08", channel=thread)

    assert f"<#{world.channel.id}>" in text
    assert (await painted(world)).spent_micros == 80_000
    assert "Over your budget" in private_text(await ask_for_a_fox(world))


async def test_it_ends_when_it_was_said(world: World) -> None:
    """After its end it pays nothing, whatever is left of it."""
    await stop_spending(world, world.alice.id)
    await grant(world, expires="12h")
    leap(world, 13 * HOUR / SECOND)

    assert "Over your budget" in private_text(await ask_for_a_fox(world))


async def test_a_refund_to_a_grant_that_has_ended_says_so(world: World) -> None:
    """The money is back where it came from; that nobody can spend it there is no secret."""
    await stop_spending(world, world.alice.id)
    await grant(world, "0.05", expires="12h")
    await grant(world, "1")
    job = await painted(world)
    leap(world, DAY / SECOND)
    text = await manage(world, "refund", job=job.job_id, reason="blurred")

    assert "**$0.08** of **$0.08** is back" in text
    assert "$0.05 of it belongs to a grant that has ended" in text
    assert "`$1.00` of $1.00" in await budget(world)


async def test_a_refund_of_an_approved_picture_says_so(world: World) -> None:
    """What a moderator gave for one request goes back to that, not to the member's own room."""
    desk = await open_desk(world)
    request = await handed_on(world, desk)
    await world.mona.click(request, custom_id=button(request, "approve"))
    await all_closed(world)
    text = await manage(world, "refund", job=(await newest(world)).job_id, reason="blurred")

    assert "$0.08 of it belongs to a grant that has ended" in text
