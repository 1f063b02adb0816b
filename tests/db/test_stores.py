"""The smaller stores: commands, images, facts, prices, accounts, moderation, notices."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from bot.db.accounts import Accounts
from bot.db.connection import Connection
from bot.domain.budget import LimitKind, ScopeKind
from bot.domain.clock import MINUTE
from bot.domain.errors import BadAmount, Frozen
from bot.domain.notices import Notice
from bot.domain.orders import Defaults, OpenInteraction
from bot.domain.periods import Period, local_day
from tests.db.world import (
    ALICE,
    BOB,
    CHANNEL,
    GUILD,
    IMAGE,
    KEY,
    MODERATOR,
    NOON,
    PRICE,
    DatabaseWorld,
    open_database_world,
    refusal,
    requester_of,
)

COMMAND = OpenInteraction(7, "secret", GUILD, CHANNEL, ALICE, NOON)


async def test_commands_live_as_long_as_their_token(world: DatabaseWorld) -> None:
    """A command can be answered for fifteen minutes, then its token is gone for good."""
    interactions = world.stores.interactions
    for _ in range(2):
        await interactions.acknowledge(COMMAND)
    last = NOON + 15 * MINUTE - 1
    unanswered = await interactions.unanswered(last)
    early, late = await interactions.expire(last), await interactions.expire(last + 1)

    assert unanswered == (COMMAND,)
    assert (early, late) == (0, 1)
    assert await world.rows("SELECT * FROM interactions") == []


async def test_answered_without_a_job(world: DatabaseWorld) -> None:
    """A refused command is forgotten at once, token and all."""
    await world.stores.interactions.acknowledge(COMMAND)
    await world.stores.interactions.forget(COMMAND.interaction_id)

    assert await world.stores.interactions.unanswered(NOON) == ()


async def test_token_of_a_job_dies(world: DatabaseWorld) -> None:
    """A job's token is handed out only while Discord takes it."""
    order = world.order()
    await world.stores.interactions.acknowledge(replace(COMMAND, interaction_id=order.interaction_id))
    await world.stores.jobs.admit(order, NOON)

    assert await world.stores.interactions.token_of(order.job_id, NOON + 15 * MINUTE - 1) is not None
    assert await world.stores.interactions.token_of(order.job_id, NOON + 15 * MINUTE) is None


async def test_images_and_uploads(world: DatabaseWorld) -> None:
    """An image is kept once; its upload is known until it expires, is replaced, or is forgotten."""
    images = world.stores.images
    for _ in range(2):
        await images.keep(IMAGE, NOON)
    await images.set_uploaded(IMAGE.sha256, "https://a", NOON + 1)
    await images.set_uploaded(IMAGE.sha256, "https://b", NOON + 2)
    known, expired = await images.uploaded(IMAGE.sha256, NOON + 1), await images.uploaded(IMAGE.sha256, NOON + 2)
    await images.forget_upload(IMAGE.sha256)

    assert (known, expired) == ("https://b", None)
    assert await images.uploaded(IMAGE.sha256, NOON) is None
    assert await world.rows("SELECT COUNT(*) FROM images") == [(1,)]


async def test_a_fact_that_several_change(world: DatabaseWorld) -> None:
    """What many make of a fact at once is one after the other; what is made nothing of stays."""
    facts = world.stores.facts
    await asyncio.gather(*(facts.change_fact("places", lambda kept: f"{kept or ''}x", NOON) for _ in range(20)))

    assert await facts.fact("places") == "x" * 20
    assert await facts.change_fact("places", lambda _: None, NOON) is None
    assert await facts.fact("places") == "x" * 20


async def test_facts_and_prices(world: DatabaseWorld) -> None:
    """The last value written is the one read."""
    for value in ("1", "2"):
        await world.stores.facts.set_fact("commands", value, NOON)
        await world.stores.prices.set_price("model", int(value), NOON + int(value))

    assert await world.stores.facts.fact("commands") == "2"
    assert await world.stores.facts.fact("missing") is None
    assert (await world.stores.prices.sale()).quoted == {"model": 2}


async def test_account_outlives_the_id(world: DatabaseWorld) -> None:
    """Whoever had their Discord id erased and comes back finds the same account and what it spent."""
    await world.limit(LimitKind.DEFAULT, 0, Period.TOTAL, PRICE)
    first = await world.admit()
    await world.database.write(lambda c: c.execute("UPDATE accounts SET member_id = NULL").fetchall())
    erased = await world.stores.jobs.job(first.job_id)
    lines = await world.stores.budgets.budget(requester_of(), NOON)
    await world.limit(LimitKind.DEFAULT, 0, Period.TOTAL, 2 * PRICE)
    again = await world.admit()

    assert erased.member_id is None
    assert [line.held_micros for line in lines] == [PRICE]
    assert (again.account_id, again.member_id) == (first.account_id, ALICE)


async def test_who_comes_back_is_bound_as_before(world: DatabaseWorld) -> None:
    """Having one's data deleted frees nobody: limit, spending and freeze are found again, and no notice goes out."""
    await world.limit(LimitKind.MEMBER, ALICE, Period.MONTH, PRICE)
    job = await world.admit()
    await world.complete(job.predictions[0].prediction_id)
    await world.database.write(_erase_ids)
    notices = await world.stores.notices.due(job.job_id)
    over = await refusal(world)
    await world.stores.moderation.freeze(GUILD, ALICE, reason="x", by_member_id=MODERATOR, at=NOON)
    await world.database.write(_erase_ids)

    assert notices == ()
    assert over is not None
    assert (over.line.limit_micros, over.line.spent_micros) == (PRICE, PRICE)
    with pytest.raises(Frozen):
        await world.admit()


def _erase_ids(connection: Connection) -> None:
    connection.execute("UPDATE accounts SET member_id = NULL")


async def test_account_keys_are_this_installations(world: DatabaseWorld) -> None:
    """The hash of an id depends on a key that is kept in the database and never shown."""
    await world.admit()
    other = Accounts(bytes.fromhex("22" * 32))

    assert await world.database.read(other.find, ALICE) is None
    assert await world.stores.facts.fact("account_key") == KEY
    assert KEY not in repr(other)
    assert repr(other) == "Accounts()"


async def test_new_server_copies_the_defaults(tmp_path: Path) -> None:
    """A server gets the operator's defaults when it is first seen; other defaults later leave it alone."""
    async with open_database_world(tmp_path, defaults=Defaults(500, 900, "week")) as world:
        foreseen = await world.stores.budgets.budget(requester_of(), NOON)
        seen = [await world.stores.budgets.see_server(GUILD, NOON) for _ in range(2)]
    async with open_database_world(tmp_path, defaults=Defaults(1, 1, "day")) as world:
        await world.stores.budgets.see_server(GUILD, NOON)
        lines = await world.stores.budgets.budget(requester_of(), NOON)

    assert seen == [True, False]
    assert lines == foreseen
    assert [(line.kind, line.period, line.limit_micros) for line in lines] == [
        (ScopeKind.MEMBER, Period.WEEK, 500),
        (ScopeKind.SERVER, Period.WEEK, 900),
    ]


async def test_budget_without_limits(world: DatabaseWorld) -> None:
    """A member without any limit still sees what was spent this month."""
    await world.admit()
    lines = await world.stores.budgets.budget(requester_of(), NOON)

    assert [(line.period, line.limit_micros, line.held_micros, line.left_micros) for line in lines] == [
        (Period.MONTH, None, PRICE, None)
    ]


async def test_setting_limits_is_audited(world: DatabaseWorld) -> None:
    """A limit's change says what it was, and stands in the audit with who did it."""
    budgets = world.stores.budgets
    before = [
        await budgets.set_limit(GUILD, LimitKind.MEMBER, BOB, Period.DAY, amount, by_member_id=MODERATOR, at=NOON)
        for amount in (PRICE, 0, None, None)
    ]
    rows = await world.stores.moderation.audit(GUILD, limit=3)

    assert before == [None, PRICE, 0, None]
    assert [(row.action, row.subject_id, row.actor_member_id, row.before, row.after) for row in rows] == [
        ("limit.day", BOB, MODERATOR, "none", "none"),
        ("limit.day", BOB, MODERATOR, "0", "none"),
        ("limit.day", BOB, MODERATOR, str(PRICE), "0"),
    ]


async def test_negative_amounts(world: DatabaseWorld) -> None:
    """A limit below zero and a grant of nothing are refused, and nothing is written."""
    budgets = world.stores.budgets
    with pytest.raises(BadAmount, match="cannot be negative"):
        await budgets.set_limit(GUILD, LimitKind.SERVER, 0, Period.DAY, -1, by_member_id=None, at=NOON)
    with pytest.raises(BadAmount, match="more than nothing"):
        await budgets.grant(
            GUILD, ScopeKind.MEMBER, ALICE, 0, reason="", expires_at=None, by_member_id=MODERATOR, at=NOON
        )

    assert await world.stores.moderation.audit(GUILD, limit=5) == ()


async def test_freeze_and_pause(world: DatabaseWorld) -> None:
    """A frozen member and a paused server do not spend and are told why; both are lifted again, and audited."""
    moderation, order = world.stores.moderation, world.order()
    froze = [await moderation.freeze(GUILD, ALICE, reason="spam", by_member_id=MODERATOR, at=NOON) for _ in range(2)]
    with pytest.raises(Frozen, match="spam"):
        await world.stores.jobs.admit(order, NOON)
    await world.admit(requester=requester_of(BOB))
    thawed = [await moderation.unfreeze(GUILD, ALICE, by_member_id=MODERATOR, at=NOON) for _ in range(2)]
    paused = [await moderation.pause(GUILD, reason="night", by_member_id=MODERATOR, at=NOON) for _ in range(2)]
    with pytest.raises(Frozen, match="night"):
        await world.stores.jobs.admit(order, NOON)
    resumed = [await moderation.resume(GUILD, by_member_id=MODERATOR, at=NOON) for _ in range(2)]
    await world.stores.jobs.admit(order, NOON)
    rows = await moderation.audit(GUILD, limit=9)

    assert froze == thawed == paused == resumed == [True, False]
    assert [row.action for row in rows] == ["resume", "pause", "unfreeze", "freeze"]
    assert [row.action for row in await moderation.audit(GUILD, limit=9, member_id=ALICE)] == ["unfreeze", "freeze"]
    assert await moderation.audit(GUILD, limit=9, member_id=404) == ()


async def test_zones(world: DatabaseWorld) -> None:
    """A server's zone is UTC until a moderator names another."""
    assert await world.stores.budgets.zone(GUILD) == UTC
    await world.zone("Europe/Paris")

    assert str(await world.stores.budgets.zone(GUILD)) == "Europe/Paris"


async def test_notices_are_given_once(world: DatabaseWorld) -> None:
    """A notice is claimed once for each scope, percentage and period; the next period has its own."""
    today = local_day(NOON, UTC)

    async def claim(subject_id: int, percent: int, day: date = today) -> bool:
        return await world.stores.notices.claim_notice(
            Notice(GUILD, ScopeKind.MEMBER, subject_id, Period.DAY, percent, 100, 100, ends_at=None, at=NOON, day=day)
        )

    await world.admit()
    await world.admit(requester=requester_of(BOB))

    claimed = [await claim(ALICE, 80), await claim(ALICE, 80)]

    assert claimed == [True, False]
    assert await claim(ALICE, 100)
    assert await claim(BOB, 80)
    assert await claim(ALICE, 80, today + timedelta(days=1))
