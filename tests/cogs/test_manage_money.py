"""Limits, grants, freezes, refunds and the records of them, as moderators and members see them."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.budget import LimitKind
from bot.domain.errors import NotAllowed
from bot.domain.periods import Period
from bot.services.rights import Actor
from tests.cogs.doing import ask_for_a_fox, budget, buttons_of, message_of, newest, painted
from tests.cogs.moderating import manage
from tests.cogs.seeing import all_closed, private_text


def _as_an_older_client(_name: str, _spec: object, given: dict[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """Send what was filled in, whatever the command needs by now."""
    del partial
    return given


async def test_a_role_limit_is_for_each_of_its_members(world: World) -> None:
    """The highest of a member's roles replaces the default; who has none keeps it."""
    role = world.env.guild.create_role("Painters")
    dora = world.env.guild.add_member(world.env.create_user("dora"), roles=[role])
    text = await manage(world, "limit role", role=role, period="month", amount="2,50")

    assert f"Each member with <@&{role.id}>: **$2.50** a month." in text
    assert "was none" in text
    assert "month: limit $2.50" in private_text(await dora.slash(world.channel, "budget"))
    assert "month: limit $1.00" in await budget(world)


async def test_a_role_binds_before_the_server_is_known(world: World) -> None:
    """Between the connection and the server's own data roles have no names, but the limit on one counts already."""
    role = world.env.guild.create_role("Newcomers")
    dora = world.env.guild.add_member(world.env.create_user("dora"), roles=[role])
    await manage(world, "limit role", role=role, period="month", amount="0")
    guild = world.app.bot.get_guild(world.guild_id)
    assert guild is not None
    world.app.bot._connection._remove_guild(guild)  # pyright: ignore[reportPrivateUsage] - as at a start

    assert "month: limit $0.00" in private_text(await dora.slash(world.channel, "budget"))


async def test_the_role_that_everybody_has_is_the_default(world: World) -> None:
    """A limit on it would bind nobody, so the way that works is named instead."""
    text = await manage(world, "limit role", role=world.env.guild.default_role, period="month", amount="5")

    assert "Everybody has that role." in text
    assert "/manage limit everyone sets what each member may spend" in text


async def test_the_limit_for_everyone_is_each_member_s(world: World) -> None:
    """Each has as much of their own; a limit that names a member goes before it."""
    text = await manage(world, "limit everyone", period="month", amount="3")

    assert "**$3.00** a month" in text
    assert "was $1.00" in text
    await manage(world, "limit member", user=world.ben, period="month", amount="7")

    assert "month: limit $3.00" in await budget(world)
    assert "month: limit $7.00" in private_text(await world.ben.slash(world.channel, "budget"))


async def test_the_older_form_without_a_user_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord may still show `limit member` as it was, with `user` left out: that is nobody's limit now."""
    monkeypatch.setattr("simcord.interactions.check_options", _as_an_older_client)
    text = await manage(world, "limit member", period="month", amount="9")

    assert "That command has changed" in text
    assert "It is now /manage limit member user period amount." in text
    assert "month: limit $1.00" in await budget(world)
    assert await world.app.stores.moderation.audit(world.guild_id, limit=5) == ()


async def test_a_channel_limit_stops_the_channel(world: World) -> None:
    """Everybody there together; the refusal names the channel's limit and when more comes."""
    text = await manage(world, "limit channel", channel=world.channel, period="day", amount="$0.05")

    assert f"<#{world.channel.id}>, everyone together: **$0.05** a day." in text

    refusal = private_text(await ask_for_a_fox(world))

    assert "**This channel's limit**" in refusal
    assert "day: limit $0.05 \u00b7 spent $0.00 \u00b7 held $0.00 \u00b7 left $0.05" in refusal
    assert "<t:" in refusal


async def test_a_thread_counts_as_its_channel(world: World) -> None:
    """A limit that is set on a thread is its channel's, and the answer says so."""
    parent = world.app.bot.get_channel(world.channel.id)
    assert isinstance(parent, discord.TextChannel)
    await parent.create_thread(name="aside", type=discord.ChannelType.public_thread)
    (thread,) = world.channel.threads

    assert f"<#{world.channel.id}>" in await manage(world, "limit channel", channel=thread, period="day", amount="1")


async def test_a_limit_below_what_is_spent_says_what_that_means(world: World) -> None:
    """It is allowed: nothing more comes from it until the period ends, and what it was is said."""
    await painted(world)
    text = await manage(world, "limit member", user=world.alice, period="month", amount="0.01")

    assert "month: limit $0.01 \u00b7 spent $0.08 \u00b7 held $0.00 \u00b7 left $0.00" in text
    assert "nothing more from this limit until it renews <t:" in text
    assert "until it is raised" in await manage(world, "limit member", user=world.alice, period="total", amount="0.01")


async def test_without_a_limit_of_their_own_the_next_one_holds(world: World) -> None:
    """Removing a member's limit does not make them free: what holds instead is said."""
    await manage(world, "limit member", user=world.alice, period="month", amount="5")
    text = await manage(world, "limit member", user=world.alice, period="month", amount="none")

    assert "no limit set" in text
    assert "month: limit $1.00" in text
    assert "was $5.00" in text


@pytest.mark.parametrize("typed", ["1e3", "-1", "nan", "", "1,000", "99999999", "five", "0.0000001"])
async def test_an_amount_that_cannot_be_read_changes_nothing(world: World, typed: str) -> None:
    """One sentence says why and how to write it."""
    text = await manage(world, "limit server", period="month", amount=typed or " ")

    assert "I can't use that amount" in text
    assert "Write it like 5, 5.00 or $0.50" in text
    assert await world.app.stores.moderation.audit(world.guild_id, limit=5) == ()


@pytest.mark.parametrize(("typed", "shown"), [("5", "$5.00"), ("5.00", "$5.00"), ("$5", "$5.00"), ("5,00", "$5.00")])
async def test_an_amount_is_read_as_people_write_it(world: World, typed: str, shown: str) -> None:
    """With or without a dollar sign, with a point or a comma."""
    assert f"**{shown}** a month" in await manage(world, "limit server", period="month", amount=typed)


async def test_zero_stops_and_is_not_none(world: World) -> None:
    """A limit of nothing is a limit."""
    assert "stops all new spending" in await manage(world, "limit server", period="month", amount="0")
    assert "Nothing was spent" in private_text(await ask_for_a_fox(world))


async def test_two_moderators_at_once_both_learn_what_was(world: World) -> None:
    """One change follows the other: the second is told the first one's amount, and both are on record."""
    budgets, nora = world.app.bot.services.money.budgets, world.env.create_user("nora")
    changes = await asyncio.gather(
        *(
            budgets.set_limit(Actor(who, world.guild_id, can_manage=True), LimitKind.SERVER, 0, Period.WEEK, amount)
            for who, amount in ((world.mona.id, "3"), (nora.id, "4"))
        )
    )
    first, second = sorted(changes, key=lambda change: change.before_micros is not None)
    acts = await world.app.stores.moderation.audit(world.guild_id, limit=5)

    assert (first.before_micros, second.before_micros) == (None, first.after_micros)
    assert {act.actor_member_id for act in acts} == {world.mona.id, nora.id}


async def test_a_frozen_member_reads_why_and_what_to_do(world: World) -> None:
    """Nothing is spent; the moderator's reason stands in the refusal; unfreezing lets them go on."""
    text = await manage(world, "freeze", user=world.alice, reason="testing *limits*")

    assert f"<@{world.alice.id}> can't spend anything" in text
    assert "They have nothing running." in text

    refusal = private_text(await ask_for_a_fox(world))

    assert "The moderators have frozen your budget\\: testing \\*limits\\*" in refusal
    assert "talk to them" in refusal
    assert "Nothing was spent" in refusal

    assert "can spend again" in await manage(world, "unfreeze", user=world.alice)
    assert (await painted(world)).spent_micros == 80_000


async def test_what_runs_finishes_when_its_member_is_frozen(world: World) -> None:
    """The picture comes and is paid; the moderator is told that it will be."""
    await ask_for_a_fox(world)
    text = await manage(world, "freeze", user=world.alice, reason="enough")
    assert "Their running job finishes" in text

    await all_closed(world)
    job = await newest(world)

    assert (job.spent_micros, len(job.pictures)) == (80_000, 1)


async def test_freezing_twice_keeps_the_first_reason(world: World) -> None:
    """And unfreezing somebody who is not frozen changes nothing; neither is put on record."""
    await manage(world, "freeze", user=world.alice, reason="the first")

    assert "was frozen already; the earlier reason stays" in await manage(
        world, "freeze", user=world.alice, reason="the second"
    )
    assert "the first" in private_text(await ask_for_a_fox(world))
    assert "was not frozen" in await manage(world, "unfreeze", user=world.ben)
    assert len(await world.app.stores.moderation.audit(world.guild_id, limit=5)) == 1


async def test_somebody_who_left_can_be_limited_and_frozen(world: World) -> None:
    """Their account outlives their membership: they may come back."""
    gone = world.env.create_user("gone")

    assert f"<@{gone.id}>: **$5.00** a month" in await manage(
        world, "limit member", user=gone, period="month", amount="5"
    )
    assert "month: limit $5.00" in private_text(await world.mona.slash(world.channel, "budget", user=gone))
    assert f"<@{gone.id}> can't spend" in await manage(world, "freeze", user=gone, reason="left in a hurry")
    assert f"<@{gone.id}> can spend **$2.00**" in await manage(world, "grant", amount="2", reason="x", user=gone)


async def test_a_refund_comes_back_once(world: World) -> None:
    """It lands in the period of the picture, the records name it, and a second one is refused."""
    job = await painted(world, count=2)
    suggested = await world.mona.autocomplete(world.channel, "manage refund", "job", "")

    assert [choice["value"] for choice in suggested] == [job.job_id]

    text = await manage(world, "refund", job=job.job_id.lower(), reason="not what was asked")

    assert f"**$0.16** of **$0.16** is back with <@{world.alice.id}>" in text
    assert "spent $0.00" in await budget(world)

    again = await manage(world, "refund", job=job.job_id, reason="once more")

    assert f"Everything paid for job {job.job_id} was given back already." in again
    assert "spent $0.00" in await budget(world)


async def test_a_job_that_nobody_paid_for_has_nothing_to_refund(world: World) -> None:
    """A job that ended without a picture, and one that does not exist, are each told apart."""
    await ask_for_a_fox(world)
    job = await newest(world)
    text = await manage(world, "refund", job=job.job_id, reason="too slow")

    assert f"No picture of job {job.job_id} is finished and paid yet." in text
    assert "There is no job NOJOB" in await manage(world, "refund", job="nojob", reason="x")


async def test_the_records_say_who_what_from_to_why(world: World) -> None:
    """Newest first, amounts as amounts; never a prompt."""
    job = await painted(world, prompt="a very secret fox")
    await manage(world, "limit member", user=world.alice, period="month", amount="5")
    await manage(world, "limit member", user=world.alice, period="month", amount="7")
    await manage(world, "freeze", user=world.ben, reason="a ```break```")
    await manage(world, "refund", job=job.job_id, reason="blurred")
    text = await manage(world, "audit")
    lines = [line for line in text.splitlines() if line.startswith("**")]

    assert lines == [
        f"**Refund** \u00b7 <@{world.alice.id}> \u00b7 $0.08 given back \u00b7 job {job.job_id}",
        f"**Frozen** \u00b7 <@{world.ben.id}>",
        f"**Limit a month** \u00b7 <@{world.alice.id}> \u00b7 $5.00 \u2192 $7.00",
        f"**Limit a month** \u00b7 <@{world.alice.id}> \u00b7 none \u2192 $5.00",
    ]
    assert text.count(f"<@{world.mona.id}> \u00b7 <t:") == len(lines)
    assert "blurred" in text
    assert "secret" not in text
    assert "**Refund**" not in await manage(world, "audit", user=world.ben)


async def test_the_records_turn_page_by_page(world: World) -> None:
    """Ten acts a page, in the same message; the overview's button opens them too."""
    for cents in range(10, 22):
        await manage(world, "limit server", period="day", amount=f"0.{cents}")
    shown = await world.mona.slash(world.channel, "manage audit")
    message = message_of(shown)

    assert "$0.20 \u2192 $0.21" in text_of(message)
    assert "none \u2192 $0.10" not in text_of(message)
    assert buttons_of(message) == ["audit:older:0:1"]

    assert shown.response is not None
    await world.mona.click(shown.response, custom_id="audit:older:0:1")

    assert "none \u2192 $0.10" in text_of(message_of(shown))
    assert buttons_of(message_of(shown)) == ["audit:newer:0:0"]

    screen = await world.mona.slash(world.channel, "manage overview")
    assert screen.response is not None
    opened = await world.mona.click(screen.response, custom_id="desk:audit")

    assert "What moderators did" in private_text(opened)


async def test_a_deleted_role_or_channel_is_named_by_its_number(world: World) -> None:
    """No mention can show it any more; budgets and the overview go on without it."""
    guild = world.app.bot.get_guild(world.guild_id)
    assert guild is not None
    role, channel = await guild.create_role(name="Short-lived"), await guild.create_text_channel("short-lived")
    audit, at, by = world.app.stores.budgets, world.clock.now(), world.mona.id
    for kind, subject in ((LimitKind.ROLE, role.id), (LimitKind.CHANNEL, channel.id)):
        await audit.set_limit(world.guild_id, kind, subject, Period.DAY, 1, by_member_id=by, at=at)
    await role.delete()
    await channel.delete()
    await world.env.settle()
    text = await manage(world, "audit")

    assert f"deleted role {role.id}" in text
    assert f"deleted channel {channel.id}" in text
    assert "month: limit $1.00" in await budget(world)
    assert "This server" in await manage(world, "overview")


async def test_the_right_is_asked_again(world: World) -> None:
    """Each use case refuses who may not manage the server, whatever let them come so far; nothing is changed."""
    services, member = world.app.bot.services, Actor(world.alice.id, world.guild_id, can_manage=False)
    job = await painted(world)
    tries = (
        services.money.freezing.freeze(member, world.ben.id, "because"),
        services.money.freezing.unfreeze(member, world.ben.id),
        services.money.refunding.refund(member, job.job_id, "because"),
        services.moderation.audit.page(member),
        services.money.budgets.set_limit(member, LimitKind.ROLE, 1, Period.DAY, "5"),
        services.money.budgets.set_limit(member, LimitKind.CHANNEL, 1, Period.DAY, "5"),
    )
    answers = await asyncio.gather(*tries, return_exceptions=True)

    assert [type(answer) for answer in answers] == [NotAllowed] * len(tries)
    assert await services.money.refunding.suggest(member, "") == ()
    assert await world.app.stores.moderation.audit(world.guild_id, limit=5) == ()
