"""Admission: which limits bind whom, what grants pay, and that a refusal names its limit and writes nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from bot.db.facts import BROKEN_LEDGER_FACT, PAUSED_FACT
from bot.db.stores import BotLimit
from bot.domain.budget import LimitKind, OverLimit, ScopeKind
from bot.domain.clock import DAY, HOUR
from bot.domain.errors import Frozen
from bot.domain.jobs import MessageAt, Stage
from bot.domain.money import Micros
from bot.domain.orders import Defaults, OpenInteraction, Requester
from bot.domain.periods import Period
from bot.domain.prompts import Shot
from tests.db.world import (
    ALICE,
    BOB,
    CHANNEL,
    GUILD,
    IMAGE,
    MODERATOR,
    NOON,
    PRICE,
    ROLE,
    THREAD,
    DatabaseWorld,
    open_database_world,
    refusal,
    requester_of,
)

EVERY_TABLE = "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name <> 'sqlite_schema'"


async def _grant(
    world: DatabaseWorld, kind: ScopeKind, subject_id: int, amount: Micros, expires_at: int | None = None
) -> int:
    grant = await world.stores.budgets.grant(
        GUILD, kind, subject_id, amount, reason="prize", expires_at=expires_at, by_member_id=MODERATOR, at=world.at
    )
    return grant.grant_id


async def _everything(world: DatabaseWorld) -> list[object]:
    tables = [str(row[0]) for row in await world.rows(EVERY_TABLE)]
    return [(table, await world.rows(f"SELECT * FROM {table}")) for table in tables]


async def test_admitted_job_reads_back(world: DatabaseWorld) -> None:
    """A job comes back as it was ordered, whole, with one hold for each picture."""
    job = await world.admit(pictures=3)

    assert (job.prompt, job.sent_prompt, job.command) == ("a cat", "Use image 1 for outfit. a cat", "edit")
    assert (job.member_id, job.guild_id, job.channel_id, job.created_at) == (ALICE, GUILD, CHANNEL, NOON)
    assert [(r.place, r.role, r.filename, r.image, r.note) for r in job.references] == [
        (1, "outfit", "coat.png", IMAGE, "first frame used")
    ]
    assert [(p.n, p.seed, p.held_micros, p.captured_micros) for p in job.predictions] == [
        (1, 0, PRICE, None),
        (2, 1, PRICE, None),
        (3, 2, PRICE, None),
    ]
    assert job.parameters == {"guidance_scale": 3.5}
    assert job.stage is Stage.WAITING


async def test_shots_read_back_and_are_erased(world: DatabaseWorld) -> None:
    """Six pictures with words of their own; once their member's data goes, none of the words is left."""
    shots = tuple(Shot(f"cat {n}", f"Use image 1 for outfit. cat {n}") for n in range(1, 7))
    order = replace(world.order(pictures=6), prompt="\n".join(shot.prompt for shot in shots), shots=shots)
    job = (await world.stores.jobs.admit(order, world.at)).job
    assert job == await world.stores.jobs.job(job.job_id)
    assert [each.shot for each in job.predictions] == list(shots)

    await world.stores.jobs.cancel_queued(job.job_id, ALICE, world.at)
    await world.stores.jobs.close(job.job_id, world.at)
    await world.stores.privacy.ask_erasure(ALICE, with_messages=False, at=world.at)
    assert await world.stores.privacy.erase_due(world.at) == 1

    assert [each.shot for each in (await world.stores.jobs.job(job.job_id)).predictions] == [Shot("", "")] * 6


async def test_answer_is_what_is_kept(world: DatabaseWorld) -> None:
    """The job that an admission answers with, which is not read back, is the job that is read from then on."""
    parent = await world.admit()
    await _grant(world, ScopeKind.MEMBER, ALICE, PRICE + 1)
    plain = world.order(pictures=4, requester=Requester(ALICE, GUILD, THREAD, CHANNEL, (ROLE,)), prompt="zwei Kätzchen")
    [coat] = plain.references
    order = replace(
        plain,
        seeds=(None, 7, None, 0),
        parameters={"aspect_ratio": "16:9", "guidance_scale": 3.0, "steps": 28},
        references=(replace(coat, place=2, role=None, note=None), coat),
        status_message=MessageAt(THREAD, 555),
        parent_job_id=parent.job_id,
    )
    admission = await world.stores.jobs.admit(order, world.at + HOUR)

    assert admission.job == await world.stores.jobs.job(order.job_id)
    assert [reference.place for reference in admission.job.references] == [1, 2]


async def test_new_scope_beside_a_full_one(world: DatabaseWorld) -> None:
    """Where a newcomer's own room is new and the server's is full, nothing is held for either, and the server named."""
    await world.limit(LimitKind.SERVER, 0, Period.WEEK, PRICE)
    await world.admit()
    before = await _everything(world)
    error = await refusal(world, requester=requester_of(BOB, channel_id=CHANNEL + 1))

    assert error is not None
    assert (error.line.kind, error.line.period, error.line.held_micros) == (ScopeKind.SERVER, Period.WEEK, PRICE)
    assert await _everything(world) == before


async def test_same_command_again(world: DatabaseWorld) -> None:
    """The same interaction again is the same job, even when there is no room any more, and holds nothing more."""
    await world.limit(LimitKind.DEFAULT, 0, Period.MONTH, PRICE)
    order = world.order()
    first = await world.stores.jobs.admit(order, world.at)
    again = await world.stores.jobs.admit(order, world.at + DAY)

    assert (first.is_new, again.is_new) == (True, False)
    assert again.job == first.job
    assert await world.standing("member") == [("", PRICE, 0)]


async def test_admission_answers_its_command(world: DatabaseWorld) -> None:
    """In the same transaction the command has become a job: a restart does not find it unanswered."""
    order = world.order()
    command = OpenInteraction(order.interaction_id, "token", GUILD, CHANNEL, ALICE, NOON)
    await world.stores.interactions.acknowledge(command)
    await world.stores.jobs.admit(order, world.at)
    token = await world.stores.interactions.token_of(order.job_id, NOON)

    assert await world.stores.interactions.unanswered(NOON) == ()
    assert token is not None
    assert token.token == "token"


async def test_every_scope_counts_every_period(world: DatabaseWorld) -> None:
    """All four scopes count in all four periods whether a limit is set or not, so that one set later knows."""
    await world.admit(pictures=2)
    rows = await world.rows("SELECT scope, period, period_key, held_micros FROM balances ORDER BY scope, period")
    keys = [("day", "2027-01-15"), ("month", "2027-01"), ("total", ""), ("week", "2027-01-11")]
    scopes = ("bot", "channel", "member", "server")

    assert rows == [(scope, period, key, 2 * PRICE) for scope in scopes for period, key in keys]


@pytest.mark.parametrize(
    ("kind", "subject_id", "refusing"),
    [
        (LimitKind.MEMBER, ALICE, ScopeKind.MEMBER),
        (LimitKind.ROLE, ROLE, ScopeKind.MEMBER),
        (LimitKind.DEFAULT, 0, ScopeKind.MEMBER),
        (LimitKind.CHANNEL, CHANNEL, ScopeKind.CHANNEL),
        (LimitKind.SERVER, 0, ScopeKind.SERVER),
        (LimitKind.BOT, 0, ScopeKind.BOT),
    ],
)
async def test_each_limit_refuses(world: DatabaseWorld, kind: LimitKind, subject_id: int, refusing: ScopeKind) -> None:
    """Each kind of limit admits exactly what fits and then refuses, naming itself and what stands against it."""
    requester = requester_of(role_ids=(ROLE,))
    await world.limit(kind, subject_id, Period.MONTH, 2 * PRICE + PRICE - 1)
    for _ in range(2):
        assert await refusal(world, requester=requester) is None
    error = await refusal(world, requester=requester)

    assert error is not None
    assert (error.line.kind, error.line.period) == (refusing, Period.MONTH)
    assert (error.line.limit_micros, error.line.spent_micros, error.line.held_micros) == (3 * PRICE - 1, 0, 2 * PRICE)
    assert (error.total_micros, error.line.left_micros) == (PRICE, PRICE - 1)


@pytest.mark.parametrize("pictures", [1, 4])
async def test_refusal_writes_nothing(world: DatabaseWorld, pictures: int) -> None:
    """A refused order leaves every table as it was: no account, no server, no image, no hold."""
    await world.limit(LimitKind.BOT, 0, Period.DAY, PRICE - 1)
    before = await _everything(world)
    order = world.order(pictures=pictures, requester=Requester(77, 78, 79, 79, ()))

    with pytest.raises(OverLimit):
        await world.stores.jobs.admit(order, world.at)
    assert await _everything(world) == before


async def test_all_pictures_or_none(world: DatabaseWorld) -> None:
    """Four pictures where there is room for three are refused; three are not."""
    await world.limit(LimitKind.SERVER, 0, Period.DAY, 3 * PRICE)

    assert await refusal(world, pictures=4) is not None
    assert await refusal(world, pictures=3) is None


async def test_zero_is_nothing_and_none_is_no_limit(world: DatabaseWorld) -> None:
    """0 stops all spending; removing the limit lets it go on."""
    await world.limit(LimitKind.MEMBER, ALICE, Period.TOTAL, 0)
    stopped = await refusal(world)
    await world.limit(LimitKind.MEMBER, ALICE, Period.TOTAL, None)

    assert stopped is not None
    assert await refusal(world) is None


async def test_own_then_highest_role_then_default(world: DatabaseWorld) -> None:
    """A member's limit is their own, else the highest of their roles', else the default, for each period by itself."""
    await world.limit(LimitKind.DEFAULT, 0, Period.MONTH, PRICE)
    await world.limit(LimitKind.ROLE, ROLE, Period.MONTH, 2 * PRICE)
    await world.limit(LimitKind.ROLE, ROLE + 1, Period.MONTH, 3 * PRICE)
    await world.limit(LimitKind.MEMBER, BOB, Period.MONTH, 0)
    await world.limit(LimitKind.MEMBER, BOB, Period.DAY, 9 * PRICE)

    async def limits(requester: Requester) -> dict[Period, int | None]:
        lines = await world.stores.budgets.budget(requester, world.at)
        return {line.period: line.limit_micros for line in lines}

    assert await limits(requester_of()) == {Period.MONTH: PRICE}
    assert await limits(requester_of(role_ids=(ROLE, ROLE + 1, 99))) == {Period.MONTH: 3 * PRICE}
    assert await limits(requester_of(BOB, role_ids=(ROLE,))) == {Period.DAY: 9 * PRICE, Period.MONTH: 0}


async def test_roles_are_for_each_person(world: DatabaseWorld) -> None:
    """A role's limit is not a pool: two members with the role have it once each."""
    await world.limit(LimitKind.ROLE, ROLE, Period.MONTH, PRICE)

    assert await refusal(world, requester=requester_of(ALICE, role_ids=(ROLE,))) is None
    assert await refusal(world, requester=requester_of(BOB, role_ids=(ROLE,))) is None
    assert await refusal(world, requester=requester_of(BOB, role_ids=(ROLE,))) is not None


async def test_unknown_member_gets_the_default(tmp_path: Path) -> None:
    """The first request of somebody never seen, in a server never seen, is held to the operator's defaults."""
    async with open_database_world(tmp_path, defaults=Defaults(PRICE - 1, None, "month")) as world:
        error = await refusal(world)

    assert error is not None
    assert error.line.kind is ScopeKind.MEMBER


async def test_operators_limit(tmp_path: Path) -> None:
    """The operator's limit of this start binds everyone, and replaces the one of the start before."""
    async with open_database_world(tmp_path, bot_limit=BotLimit(PRICE, Period.WEEK)) as world:
        assert await refusal(world) is None
        assert await refusal(world, requester=Requester(BOB, 99, 98, 98, ())) is not None
    async with open_database_world(tmp_path, bot_limit=BotLimit(2 * PRICE, Period.WEEK)) as world:
        world.numbers = count(50)
        assert await refusal(world) is None
        assert await refusal(world) is not None


async def test_thread_counts_as_its_channel(world: DatabaseWorld) -> None:
    """What is asked for in a thread is held against the channel that it belongs to."""
    await world.limit(LimitKind.CHANNEL, CHANNEL, Period.DAY, PRICE)
    await world.admit(requester=Requester(ALICE, GUILD, THREAD, CHANNEL, ()))

    assert await refusal(world) is not None


async def test_first_kind_and_longest_period_are_named(world: DatabaseWorld) -> None:
    """Of several limits that refuse the member's own is named, and of its periods the one that ends last."""
    for kind, subject_id in ((LimitKind.BOT, 0), (LimitKind.SERVER, 0), (LimitKind.MEMBER, ALICE)):
        for period in (Period.DAY, Period.WEEK, Period.MONTH):
            await world.limit(kind, subject_id, period, 0)
    error = await refusal(world)
    await world.limit(LimitKind.MEMBER, ALICE, Period.TOTAL, 0)
    for_ever = await refusal(world)

    assert error is not None
    assert (error.line.kind, error.line.period) == (ScopeKind.MEMBER, Period.MONTH)
    assert for_ever is not None
    assert (for_ever.line.period, for_ever.line.ends_at) == (Period.TOTAL, None)


async def test_of_periods_that_end_together_the_longer_is_named(world: DatabaseWorld) -> None:
    """On a Sunday the day ends with its week: the week is named, whichever of the two limits was found first."""
    world.at = NOON + 2 * DAY
    await world.limit(LimitKind.DEFAULT, 0, Period.DAY, 0)
    await world.limit(LimitKind.MEMBER, ALICE, Period.WEEK, 0)
    error = await refusal(world)

    assert error is not None
    assert error.line.period is Period.WEEK


async def test_members_grant_is_drawn_before_the_limit(world: DatabaseWorld) -> None:
    """A member's grant pays first, soonest expiry first, and does not count against the member's own limit."""
    await world.limit(LimitKind.MEMBER, ALICE, Period.MONTH, PRICE)
    later = await _grant(world, ScopeKind.MEMBER, ALICE, PRICE, NOON + 2 * DAY)
    sooner = await _grant(world, ScopeKind.MEMBER, ALICE, PRICE // 2, NOON + DAY)
    await world.admit()
    drawn = {
        row[0]: row[1] for row in await world.rows("SELECT subject_id, held_micros FROM balances WHERE scope = 'grant'")
    }

    assert drawn == {sooner: PRICE // 2, later: PRICE // 2}
    assert await world.standing("member") == []
    assert await world.standing("channel") == [("", PRICE, 0)]
    assert await refusal(world) is None
    assert await world.standing("member") == [("", PRICE // 2, 0)]
    assert await refusal(world) is not None


async def test_channels_grant_pays_in_place_of_the_member(world: DatabaseWorld) -> None:
    """A channel's grant pays there for everyone, against neither the member's nor the channel's limit."""
    await world.limit(LimitKind.DEFAULT, 0, Period.MONTH, 0)
    await world.limit(LimitKind.CHANNEL, CHANNEL, Period.MONTH, 0)
    await _grant(world, ScopeKind.CHANNEL, CHANNEL, 2 * PRICE)

    assert await refusal(world) is None
    assert await refusal(world, requester=requester_of(channel_id=CHANNEL + 1)) is not None
    assert await refusal(world, requester=requester_of(BOB)) is None
    assert await refusal(world, requester=requester_of(BOB)) is not None
    assert (await world.standing("member"), await world.standing("channel")) == ([], [])
    assert await world.standing("server") == [("", 2 * PRICE, 0)]


@pytest.mark.parametrize("kind", [LimitKind.SERVER, LimitKind.BOT])
async def test_grants_do_not_lift_server_or_bot(world: DatabaseWorld, kind: LimitKind) -> None:
    """Whatever was granted, the server's and the operator's limits still hold."""
    await world.limit(kind, 0, Period.MONTH, PRICE - 1)
    await _grant(world, ScopeKind.CHANNEL, CHANNEL, 10 * PRICE)
    await _grant(world, ScopeKind.MEMBER, ALICE, 10 * PRICE)
    error = await refusal(world)

    assert error is not None
    assert error.line.kind == kind.value


async def test_expired_grant_pays_nothing(world: DatabaseWorld) -> None:
    """A grant pays until the instant before it expires."""
    await world.limit(LimitKind.DEFAULT, 0, Period.MONTH, 0)
    await _grant(world, ScopeKind.MEMBER, ALICE, 10 * PRICE, NOON + HOUR)
    world.at = NOON + HOUR - 1
    in_time = await refusal(world)
    world.at = NOON + HOUR

    assert in_time is None
    assert await refusal(world) is not None


async def test_lowered_limit_leaves_running_jobs(world: DatabaseWorld) -> None:
    """A limit set below what stands refuses the next job and touches no running one."""
    job = await world.admit(pictures=2)
    await world.limit(LimitKind.MEMBER, ALICE, Period.MONTH, 1)
    error = await refusal(world)
    await world.complete(job.predictions[0].prediction_id)

    assert error is not None
    assert error.line.left_micros == 0
    assert await world.standing("member", Period.MONTH) == [("2027-01", PRICE, PRICE)]


async def test_limit_set_later_knows_what_came_before(world: DatabaseWorld) -> None:
    """A limit that is set today counts what was spent in its period before it was set."""
    await world.admit(pictures=2)
    await world.limit(LimitKind.CHANNEL, CHANNEL, Period.WEEK, 3 * PRICE)

    assert await refusal(world, pictures=2) is not None
    assert await refusal(world) is None


@pytest.mark.parametrize(("fact", "words"), [(PAUSED_FACT, "moving house"), (BROKEN_LEDGER_FACT, "don't add up")])
async def test_bot_stands_still(world: DatabaseWorld, fact: str, words: str) -> None:
    """While the operator has paused the bot, or its ledger is broken, nobody spends; lifted, everybody does."""
    order = world.order()
    await world.stores.facts.set_fact(fact, "moving house", world.at)
    with pytest.raises(Frozen, match=words):
        await world.stores.jobs.check_room(order.requester, PRICE, 1, world.at)
    with pytest.raises(Frozen, match=words):
        await world.stores.jobs.admit(order, world.at)
    await world.stores.facts.set_fact(fact, "", world.at)

    assert await refusal(world) is None


async def test_free_of_everything(world: DatabaseWorld) -> None:
    """Without any limit anything is admitted, and still counted."""
    for _ in range(5):
        assert await refusal(world, pictures=4) is None
    assert await world.standing("bot") == [("", 20 * PRICE, 0)]
