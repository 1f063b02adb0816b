"""The ledger: append-only, one end for each hold, and every entry in the periods of the admission."""

from __future__ import annotations

from functools import partial

import pytest

from bot.db.billing import BillingStore
from bot.db.connection import Connection
from bot.db.holds import LedgerBroken, hold_of
from bot.db.ledger import Note, capture, enter_hold, void
from bot.domain.budget import LimitKind, Scope, ScopeKind
from bot.domain.clock import DAY
from bot.domain.jobs import Output
from bot.domain.marks import Mark, WithheldBecause
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from tests.db.engines import REFUSED
from tests.db.world import ALICE, CHANNEL, GUILD, MODERATOR, NOON, PAINTED, PRICE, DatabaseWorld, requester_of

LATER = NOON + 40 * DAY
FOUR_SCOPES = ("member", "channel", "server", "bot")


def _execute(connection: Connection, statement: str, *values: object) -> None:
    connection.execute(statement, values)


async def _all(world: DatabaseWorld, period: Period = Period.TOTAL) -> dict[str, list[tuple[str, int, int]]]:
    return {scope: await world.standing(scope, period) for scope in FOUR_SCOPES}


def _same(key: str, held: int, spent: int) -> dict[str, list[tuple[str, int, int]]]:
    return {scope: [(key, held, spent)] for scope in FOUR_SCOPES}


async def _kinds(world: DatabaseWorld) -> list[object]:
    return [row[0] for row in await world.rows("SELECT kind FROM ledger ORDER BY entry_id")]


@pytest.mark.parametrize("table", ["ledger", "postings", "audit"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET guild_id = 1", "DELETE FROM {}"])
async def test_append_only(world: DatabaseWorld, table: str, statement: str) -> None:
    """Nothing that was entered can be changed or deleted; the database itself refuses."""
    await world.limit(LimitKind.SERVER, 0, Period.MONTH, 10 * PRICE)
    await world.admit()

    with pytest.raises(REFUSED, match="append-only"):
        await world.database.write(lambda c: c.execute(statement.format(table)).fetchall())


@pytest.mark.parametrize("value", [0.08, "eight cents", None])
async def test_money_is_whole(world: DatabaseWorld, value: object) -> None:
    """Columns for money take no fraction, no text and no NULL for an amount."""
    await world.admit()
    query = "UPDATE balances SET held_micros = ?"

    with pytest.raises(REFUSED):
        await world.database.write(lambda c: c.execute(query, (value,)).fetchall())


async def test_balances_never_below_zero(world: DatabaseWorld) -> None:
    """The database refuses a balance below zero."""
    await world.admit()

    with pytest.raises(REFUSED, match=r"(?i)check"):
        await world.database.write(lambda c: c.execute("UPDATE balances SET held_micros = -1").fetchall())


async def test_capture_spends_the_hold(world: DatabaseWorld) -> None:
    """A completed picture turns what was held into what is spent, in every scope."""
    job = await world.admit()
    await world.complete(job.predictions[0].prediction_id)

    assert await _all(world) == _same("", 0, PRICE)


async def test_partial_capture_gives_back_the_rest(world: DatabaseWorld) -> None:
    """A capture may be smaller than its hold; the rest is free again at once."""
    job = await world.admit()
    await world.complete(job.predictions[0].prediction_id, captured=30_000)
    read = await world.stores.jobs.job(job.job_id)

    assert await _all(world) == _same("", 0, 30_000)
    assert (read.spent_micros, read.returned_micros, read.held_micros) == (30_000, PRICE - 30_000, 0)


async def test_partial_capture_spends_grants_first(world: DatabaseWorld) -> None:
    """What a smaller capture spends comes from the purses in the order of drawing: channel, member's grant, limit."""
    for kind, subject_id in ((ScopeKind.MEMBER, ALICE), (ScopeKind.CHANNEL, CHANNEL)):
        await world.stores.budgets.grant(
            GUILD, kind, subject_id, 30_000, reason="prize", expires_at=None, by_member_id=MODERATOR, at=NOON
        )
    job = await world.admit()
    await world.complete(job.predictions[0].prediction_id, captured=40_000)
    spent = await world.rows("SELECT subject_id, spent_micros FROM balances WHERE scope = 'grant' ORDER BY subject_id")

    assert spent == [(1, 10_000), (2, 30_000)]
    assert await world.standing("member") == [("", 0, 0)]
    assert await world.standing("channel") == [("", 0, 10_000)]
    assert await world.standing("server") == [("", 0, 40_000)]


@pytest.mark.parametrize("amount", [PRICE + 1, -1])
async def test_capture_beyond_the_hold(world: DatabaseWorld, amount: int) -> None:
    """More than was held, or less than nothing, cannot be captured; the prediction stays as it was."""
    job = await world.admit()
    prediction_id = job.predictions[0].prediction_id
    await world.process(prediction_id)

    with pytest.raises(ValueError, match="a capture"):
        await world.stores.jobs.complete(prediction_id, [], NOON, NOON, captured_micros=amount)
    assert (await world.stores.jobs.job(job.job_id)).held_micros == PRICE


@pytest.mark.parametrize(("reason", "kind"), [(FailureReason.PROVIDER, "void"), (FailureReason.EXPIRED, "expire")])
async def test_failure_gives_back(world: DatabaseWorld, reason: FailureReason, kind: str) -> None:
    """A failed picture costs nothing in any scope; what the provider no longer knows is entered as expired."""
    job = await world.admit()
    await world.stores.jobs.fail(job.predictions[0].prediction_id, reason, NOON)

    assert await _all(world) == _same("", 0, 0)
    assert await _kinds(world) == ["hold", kind]


async def test_ends_and_refunds_stay_in_the_admissions_periods(world: DatabaseWorld) -> None:
    """Capture, void and refund weeks later count in the day, week and month of the admission."""
    job = await world.admit(pictures=2)
    captured, voided = (prediction.prediction_id for prediction in job.predictions)
    world.at = LATER
    await world.complete(captured)
    await world.stores.jobs.fail(voided, FailureReason.PROVIDER, LATER)
    after_ends = {period: await _all(world, period) for period in Period}
    await world.stores.moderation.refund(job.job_id, reason="sorry", by_member_id=MODERATOR, at=LATER)
    after_refund = {period: await _all(world, period) for period in Period}
    keys = {Period.DAY: "2027-01-15", Period.WEEK: "2027-01-11", Period.MONTH: "2027-01", Period.TOTAL: ""}

    assert after_ends == {p: _same(key, 0, PRICE) for p, key in keys.items()}
    assert after_refund == {p: _same(key, 0, 0) for p, key in keys.items()}


async def test_a_hold_ends_once(world: DatabaseWorld) -> None:
    """The second end of a hold, of whatever kind, changes nothing and says so."""
    job = await world.admit()
    hold = await world.database.read(hold_of, job.predictions[0].prediction_id)
    await world.complete(hold.prediction_id)
    note = Note("again", NOON)

    assert await world.database.write(capture, hold, PRICE, note) is False
    assert await world.database.write(void, hold, note) is False
    assert await _kinds(world) == ["hold", "capture"]


async def test_numbers_have_no_gaps(world: DatabaseWorld) -> None:
    """What changed nothing and what was undone takes no number, so that one that is missing was lost."""
    job = await world.admit()
    hold = await world.database.read(hold_of, job.predictions[0].prediction_id)
    await world.complete(hold.prediction_id)
    await world.database.write(void, hold, Note("again", NOON))

    def enter_and_fail(connection: Connection) -> None:
        member = Scope.member(GUILD, hold.account_id)
        connection.execute(
            "INSERT INTO predictions (prediction_id, job_id, n, state) VALUES (99, ?, 2, 'queued')", (job.job_id,)
        )
        enter_hold(connection, 99, member, amount_micros=PRICE, postings=(), note=Note("undone", NOON))
        raise LookupError

    with pytest.raises(LookupError):
        await world.database.write(enter_and_fail)
    await world.admit()

    assert await world.rows("SELECT entry_id FROM ledger ORDER BY entry_id") == [(1,), (2,), (3,)]


async def test_a_prediction_is_held_once(world: DatabaseWorld) -> None:
    """Holding for it again is a bug that stops the transaction, not a second hold."""
    job = await world.admit()
    hold = await world.database.read(hold_of, job.predictions[0].prediction_id)
    member = Scope.member(GUILD, hold.account_id)
    again = partial(enter_hold, amount_micros=PRICE, postings=(), note=Note("again", NOON))
    with pytest.raises(LedgerBroken, match="has a hold already"):
        await world.database.write(again, hold.prediction_id, member)

    assert await _kinds(world) == ["hold"]


async def test_a_lost_balance_stops_what_would_change_it(world: DatabaseWorld) -> None:
    """An entry whose balance is gone is not half written: the hold stays open, and nothing was spent."""
    job = await world.admit()
    hold = await world.database.read(hold_of, job.predictions[0].prediction_id)

    def lose_and_capture(connection: Connection) -> None:
        connection.execute("DELETE FROM balances WHERE scope = 'channel' AND period = 'week'")
        capture(connection, hold, PRICE, Note("delivered", NOON))

    with pytest.raises(LedgerBroken, match="a balance is missing"):
        await world.database.write(lose_and_capture)

    assert await _kinds(world) == ["hold"]
    assert await world.standing("channel", Period.WEEK) == [("2027-01-11", PRICE, 0)]


async def test_the_index_refuses_a_second_end(world: DatabaseWorld) -> None:
    """Even a bare INSERT cannot end a hold twice, hold a prediction twice, or refund twice."""
    job = await world.admit()
    await world.complete(job.predictions[0].prediction_id)
    await world.stores.moderation.refund(job.job_id, reason="sorry", by_member_id=MODERATOR, at=NOON)
    copy = """
        INSERT INTO ledger
            (entry_id, kind, hold_id, prediction_id, guild_id, account_id, amount_micros, reason, entered_at)
        SELECT 99, kind, hold_id, prediction_id, guild_id, account_id, amount_micros, reason, entered_at
        FROM ledger WHERE entry_id = ?
    """
    for entry_id in (1, 2, 3):
        with pytest.raises(REFUSED, match=r"(?i)unique"):
            await world.database.write(_execute, copy, entry_id)

    assert await _kinds(world) == ["hold", "capture", "refund"]


async def test_refund_returns_to_the_purses(world: DatabaseWorld) -> None:
    """A refund goes back into the grant that paid, so that it can be drawn again; repeated, it gives nothing more."""
    await world.limit(LimitKind.DEFAULT, 0, Period.MONTH, 0)
    await world.stores.budgets.grant(
        GUILD, ScopeKind.MEMBER, ALICE, PRICE, reason="prize", expires_at=None, by_member_id=MODERATOR, at=NOON
    )
    job = await world.admit()
    await world.complete(job.predictions[0].prediction_id)
    moderation = world.stores.moderation
    first = await moderation.refund(job.job_id, reason="sorry", by_member_id=MODERATOR, at=LATER)
    again = await moderation.refund(job.job_id, reason="sorry", by_member_id=MODERATOR, at=LATER)
    grants = await world.stores.budgets.grants(GUILD, ScopeKind.MEMBER, ALICE, LATER)
    read = await world.stores.jobs.job(job.job_id)

    assert (first, again) == (PRICE, 0)
    assert [grant.left_micros for grant in grants] == [PRICE]
    assert (read.spent_micros, read.returned_micros) == (0, PRICE)


async def test_refund_of_what_was_not_spent(world: DatabaseWorld) -> None:
    """Money that was never captured is not refunded: it is still held, or back already."""
    job = await world.admit(pictures=2)
    await world.stores.jobs.fail(job.predictions[0].prediction_id, FailureReason.PROVIDER, NOON)

    assert await world.stores.moderation.refund(job.job_id, reason="", by_member_id=MODERATOR, at=NOON) == 0
    assert await _kinds(world) == ["hold", "hold", "void"]


async def test_adjustments_are_the_servers_own(world: DatabaseWorld) -> None:
    """What the provider billed for no picture counts for server and bot in the admission's periods, for no member."""
    job = await world.admit()
    prediction_id = job.predictions[0].prediction_id
    await world.process(prediction_id)
    await world.stores.jobs.fail(prediction_id, FailureReason.PROVIDER, NOON)
    adjust = BillingStore(world.database).adjust
    changes = [await adjust(prediction_id, carried, reason="billed", at=LATER) for carried in (PRICE, PRICE, 0)]
    await adjust(prediction_id, 50_000, reason="billed", at=LATER)

    assert changes == [PRICE, 0, -PRICE]
    assert await _all(world, Period.MONTH) == {
        "member": [("2027-01", 0, 0)],
        "channel": [("2027-01", 0, 0)],
        "server": [("2027-01", 0, 50_000)],
        "bot": [("2027-01", 0, 50_000)],
    }


@pytest.mark.parametrize("is_shown", [True, False], ids=["unusable", "withheld"])
async def test_what_nobody_got_is_the_servers_own(world: DatabaseWorld, *, is_shown: bool) -> None:
    """One transaction gives the hold back and lets the server carry the bill: the money is never free in between."""
    job = await world.admit()
    prediction_id = job.predictions[0].prediction_id
    await world.process(prediction_id)
    ledgers: list[list[object]] = []
    for _ in range(2):
        if is_shown:
            await world.stores.jobs.fail(prediction_id, FailureReason.NO_PICTURE, LATER)
        else:
            await world.stores.jobs.withhold(prediction_id, WithheldBecause.MARKED, LATER)
        ledgers.append(await _kinds(world))

    assert ledgers == [["hold", "adjust", "void"]] * 2
    assert await _all(world, Period.MONTH) == {
        "member": [("2027-01", 0, 0)],
        "channel": [("2027-01", 0, 0)],
        "server": [("2027-01", 0, PRICE)],
        "bot": [("2027-01", 0, PRICE)],
    }


async def test_adjusting_below_nothing(world: DatabaseWorld) -> None:
    """A server cannot carry less than nothing of a bill."""
    job = await world.admit()

    with pytest.raises(ValueError, match="less than nothing"):
        await BillingStore(world.database).adjust(job.predictions[0].prediction_id, -1, reason="", at=NOON)


async def test_an_end_without_a_hold(world: DatabaseWorld) -> None:
    """Ending what was never held is a bug, not a quiet success."""
    with pytest.raises(LedgerBroken, match="has no hold"):
        await world.database.read(hold_of, 404)


async def test_history_of_a_member(world: DatabaseWorld) -> None:
    """A line for each job that ended, with what came back of it, and one for each refund and grant, newest first."""
    running = await world.admit(requester=requester_of())
    job = await world.admit(requester=requester_of(), pictures=2)
    world.at += 1
    await world.complete(job.predictions[0].prediction_id, captured=30_000)
    await world.stores.jobs.fail(job.predictions[1].prediction_id, FailureReason.MODERATED, world.at)
    await world.stores.budgets.grant(
        GUILD, ScopeKind.MEMBER, ALICE, 500, reason="prize", expires_at=LATER, by_member_id=MODERATOR, at=world.at + 1
    )
    await world.stores.moderation.refund(job.job_id, reason="blurred", by_member_id=MODERATOR, at=world.at + 2)
    entries = await world.stores.budgets.entries(GUILD, ALICE, 10)

    assert [(entry.kind, entry.amount_micros, entry.job_id, entry.actor_member_id) for entry in entries] == [
        ("refund", 30_000, job.job_id, MODERATOR),
        ("grant", 500, None, MODERATOR),
        ("job", -30_000, job.job_id, None),
    ]
    assert (entries[2].pictures, entries[2].returned_micros, entries[2].reason) == (1, PRICE, "moderated")
    assert running.job_id not in {entry.job_id for entry in entries}
    assert entries[1].expires_at == LATER
    assert len(await world.stores.budgets.entries(GUILD, ALICE, 2)) == 2


async def test_outputs_are_kept(world: DatabaseWorld) -> None:
    """A completed prediction carries its pictures in order, each with the provider's mark or none."""
    job = await world.admit()
    prediction_id = job.predictions[0].prediction_id
    await world.process(prediction_id)
    outputs = [Output(PAINTED, Mark.MARKED), Output(PAINTED, Mark.MISSING)]
    for _ in range(2):
        await world.stores.jobs.complete(prediction_id, outputs, NOON, NOON)

    assert (await world.stores.jobs.job(job.job_id)).pictures == tuple(outputs)


async def test_odd_prices_add_up(world: DatabaseWorld) -> None:
    """Prices down to the last micro-dollar are counted to the last micro-dollar."""
    prices = range(100_003, 100_043)
    for price in prices:
        await world.admit(pictures=3, price=price)

    assert await _all(world) == _same("", 3 * sum(prices), 0)
