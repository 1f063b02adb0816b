"""The classic mistakes of budget programs, each as a small change to the program, to be caught on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, tzinfo
from pathlib import Path
from typing import Any, cast

from bot.db import admission, giving_up, ledger, limits, moderation, settling, sqlite_together, transitions
from bot.db.connection import Connection
from bot.db.giving_up import Wanted
from bot.db.holds import Hold, Posting
from bot.db.jobs import JobStore
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_session import Session
from bot.db.sqlite import SqliteDatabase
from bot.db.sqlite_together import WaitingWrite
from bot.domain.budget import Draw, Grant, Scope, ScopeKind
from bot.domain.clock import Instant
from bot.domain.orders import Order
from bot.domain.periods import Period, period_key
from tests.db.planting import WRITE, PlantedBug, after_opening, put, swap

DATABASE = "tests/db/test_database.py::"
ADMISSION = "tests/db/test_admission.py::"
LEDGER = "tests/db/test_ledger.py::"
STORMS = "tests/db/test_storms.py::"
MODEL = "tests/db/test_ledger_model.py::test_accounts_follow_the_model"


def _check_then_charge() -> None:
    admit = cast("Any", JobStore.admit)

    async def look_first(self: JobStore, order: Order, at: Instant) -> object:
        await self.check_room(order.requester, order.price_micros, order.count, at)
        return await admit(self, order, at)

    put(JobStore, "admit", look_first)
    swap(ledger, "RESERVE", ":limit IS NULL OR", "1 = 1 OR")
    _prove_nothing()


def _prove_nothing() -> None:
    """Keep the table of proofs, which checks itself, from seeing the mistake first."""
    put(admission, "INSERT_PROOF", "DELETE FROM admission_limits WHERE job_id = :job_id")


def _without_index() -> None:
    after_opening("DROP INDEX IF EXISTS ledger_one_end")


def _release_twice() -> None:
    move = transitions.move

    def move_again(*args: Any, **kwargs: Any) -> bool:
        move(*args, **kwargs)
        return True

    put(settling, "move", move_again)
    _without_index()


def _refund_into_today() -> None:
    refund = ledger.refund

    def into_today(connection: Connection, hold: Hold, note: ledger.Note) -> int:
        today = limits.local_day(note.at, UTC)
        postings_of = ledger.postings_of

        def of_today(connection: Connection, entry_id: int) -> list[Posting]:
            return [replace(posting, day=today) for posting in postings_of(connection, entry_id)]

        put(ledger, "postings_of", of_today)
        try:
            return refund(connection, hold, note)
        finally:
            put(ledger, "postings_of", postings_of)

    put(moderation, "refund", into_today)


def _month_without_year() -> None:
    def key(period: Period, day: date) -> str:
        return f"{day.month:02d}" if period is Period.MONTH else period_key(period, day)

    put(ledger, "period_key", key)
    put(limits, "period_key", key)


def _null_as_zero() -> None:
    put(
        ledger,
        "RESERVE",
        ledger.RESERVE.replace(":limit IS NULL OR ", "").replace("<= :limit", "<= COALESCE(:limit, 0)"),
    )


def _zero_as_none() -> None:
    swap(ledger, "RESERVE", ":limit IS NULL", "NULLIF(:limit, 0) IS NULL")
    _prove_nothing()


def _float_sums() -> None:
    share = ledger.share

    def in_dollars(draws: Iterable[Draw], scope: Scope) -> int:
        dollars = 0.0
        for draw in draws:
            dollars += share([draw], scope) / 1_000_000
        return int(dollars * 1_000_000)

    put(ledger, "share", in_dollars)
    put(admission, "share", in_dollars)


def _set_instead_of_add() -> None:
    swap(ledger, "RESERVE", "SET held_micros = held_micros + :asked", "SET held_micros = :asked")


def _newcomers_go_free() -> None:
    bounds_of = limits.bounds_of

    def bounds(connection: Connection, requester: Any, account_id: int, *rest: Any) -> Sequence[limits.Bound]:
        found = bounds_of(connection, requester, account_id, *rest)
        query = "SELECT 1 FROM ledger WHERE account_id = ?"
        if connection.execute(query, (account_id,)).fetchone() is None:
            return (replace(found[0], limits={}), *found[1:])
        return found

    put(admission, "bounds_of", bounds)


def _capture_anything() -> None:
    def split(draws: Sequence[Draw], captured: int) -> tuple[Draw, ...]:
        return (*(replace(draw, amount_micros=0) for draw in draws[:-1]), replace(draws[-1], amount_micros=captured))

    put(ledger, "split_capture", split)


def _half_writes_stay() -> None:
    def on_sqlite(_self: SqliteDatabase, work: Callable[[Connection], object], c: Connection) -> object:
        c.execute("BEGIN IMMEDIATE")
        try:
            return work(c)
        finally:
            c.execute("COMMIT")

    def on_postgres(
        _self: PostgresDatabase, wanted: Wanted, work: Callable[[Connection], object], session: Session
    ) -> object:
        session.begin(WRITE)
        try:
            return wanted.around(work)(session.statements)
        finally:
            session.commit()

    put(SqliteDatabase, "_transaction", on_sqlite)
    put(PostgresDatabase, "_transaction", on_postgres)


def _rollback_for_exceptions_only() -> None:
    def on_sqlite(_self: SqliteDatabase, work: Callable[[Connection], object], c: Connection) -> object:
        c.execute("BEGIN IMMEDIATE")
        try:
            result = work(c)
        except Exception:
            c.execute("ROLLBACK")
            raise
        c.execute("COMMIT")
        return result

    def on_postgres(
        _self: PostgresDatabase, wanted: Wanted, work: Callable[[Connection], object], session: Session
    ) -> object:
        session.begin(WRITE)
        try:
            result = wanted.around(work)(session.statements)
        except Exception:
            session.roll_back()
            raise
        session.commit()
        return result

    put(SqliteDatabase, "_transaction", on_sqlite)
    put(PostgresDatabase, "_transaction", on_postgres)


def _neighbours_stay() -> None:
    def do(asked: WaitingWrite[object], connection: sqlite3.Connection, path: Path) -> None:
        try:
            asked.was_done(asked.work(connection))
        except BaseException as error:  # noqa: BLE001 - it is told, as the program tells it
            asked.failed(error, path)

    put(sqlite_together, "_do", do)


def _given_up_is_kept() -> None:
    def give_up(self: Wanted) -> bool:
        return not vars(self)["_commits"]

    put(Wanted, "give_up", give_up)


def _first_answers_wait() -> None:
    put(giving_up, "seconds_left", lambda: None)


def _roles_add_up() -> None:
    def added(
        own: Mapping[Period, int], roles: Iterable[Mapping[Period, int]], default: Mapping[Period, int]
    ) -> dict[Period, int]:
        of_roles: dict[Period, int] = {}
        for role in roles:
            for period, amount in role.items():
                of_roles[period] = of_roles.get(period, 0) + amount
        return {**default, **of_roles, **own}

    put(limits, "member_limits", added)


def _grants_count_for_the_member() -> None:
    share = ledger.share

    def everything(draws: Sequence[Draw], scope: Scope) -> int:
        if scope.kind is ScopeKind.MEMBER:
            return sum(draw.amount_micros for draw in draws)
        return share(draws, scope)

    put(ledger, "share", everything)
    put(admission, "share", everything)


def _zones_forgotten() -> None:
    def in_utc(at: Instant, _zone: tzinfo) -> date:
        return local_day(at, UTC)

    local_day = limits.local_day
    put(limits, "local_day", in_utc)


def _freezes_forgotten() -> None:
    def let_pass(_connection: Connection, _guild_id: int, _account_id: int) -> None:
        return

    put(admission, "refuse_frozen", let_pass)


def _commands_twice() -> None:
    swap(admission, "JOB_OF_INTERACTION", "interaction_id = :", "1 = 0 AND interaction_id = :")


def _expired_grants_pay() -> None:
    plan_draws = admission.plan_draws

    def whenever(price: int, grants: Sequence[Grant], _at: Instant) -> tuple[Draw, ...]:
        return plan_draws(price, grants, 0)

    swap(limits, "GRANTS_OF", "grants.expires_at > :at", ":at = :at")
    put(admission, "plan_draws", whenever)


LEDGER_BUGS: Mapping[str, PlantedBug] = {
    "check-then-charge": PlantedBug(
        "room is looked at first and charged later, without asking again",
        _check_then_charge,
        (f"{STORMS}test_storm_on_a_mixture", f"{STORMS}test_storm_of_newcomers"),
    ),
    "capture-twice": PlantedBug(
        "nothing keeps a hold from ending twice",
        _without_index,
        (f"{LEDGER}test_a_hold_ends_once", f"{LEDGER}test_the_index_refuses_a_second_end"),
    ),
    "release-twice": PlantedBug("a repeated failure gives the money back again", _release_twice, (MODEL,)),
    "refund-into-today": PlantedBug(
        "a refund counts in the period in which it is given",
        _refund_into_today,
        (f"{LEDGER}test_ends_and_refunds_stay_in_the_admissions_periods",),
    ),
    "month-without-year": PlantedBug(
        "January is the same period every year",
        _month_without_year,
        (f"{ADMISSION}test_every_scope_counts_every_period", MODEL),
    ),
    "null-as-zero": PlantedBug(
        "no limit stops everyone", _null_as_zero, (f"{ADMISSION}test_free_of_everything", MODEL)
    ),
    "zero-as-none": PlantedBug(
        "a limit of 0 is no limit", _zero_as_none, (f"{ADMISSION}test_zero_is_nothing_and_none_is_no_limit", MODEL)
    ),
    "float-sums": PlantedBug("sums are made in dollars", _float_sums, (f"{LEDGER}test_odd_prices_add_up",)),
    "set-instead-of-add": PlantedBug(
        "a hold replaces what was held before",
        _set_instead_of_add,
        (f"{ADMISSION}test_each_limit_refuses", f"{STORMS}test_storm_of_newcomers", MODEL),
    ),
    "newcomers-go-free": PlantedBug(
        "the first order of somebody unknown is bound by no limit",
        _newcomers_go_free,
        (f"{ADMISSION}test_unknown_member_gets_the_default", MODEL),
    ),
    "capture-anything": PlantedBug(
        "more can be captured than was held", _capture_anything, (f"{LEDGER}test_capture_beyond_the_hold",)
    ),
    "half-writes-stay": PlantedBug(
        "what a refused admission had written stays", _half_writes_stay, (f"{ADMISSION}test_refusal_writes_nothing",)
    ),
    "rollback-for-exceptions-only": PlantedBug(
        "what is no Exception leaves the transaction open",
        _rollback_for_exceptions_only,
        (f"{DATABASE}test_failed_write_leaves_nothing",),
    ),
    "roles-add-up": PlantedBug(
        "the limits of several roles are added", _roles_add_up, (f"{ADMISSION}test_own_then_highest_role_then_default",)
    ),
    "grants-count-for-the-member": PlantedBug(
        "what a grant pays counts against the member's limit",
        _grants_count_for_the_member,
        (f"{ADMISSION}test_members_grant_is_drawn_before_the_limit",),
    ),
    "zones-forgotten": PlantedBug(
        "every server's day is the UTC day",
        _zones_forgotten,
        ("tests/db/test_periods.py::test_periods_follow_the_servers_zone", MODEL),
    ),
    "freezes-forgotten": PlantedBug(
        "an order goes through although its member is frozen",
        _freezes_forgotten,
        (f"{ADMISSION}test_bot_stands_still", MODEL),
    ),
    "commands-twice": PlantedBug(
        "a command that comes again is a new job", _commands_twice, (f"{ADMISSION}test_same_command_again",)
    ),
    "expired-grants-pay": PlantedBug(
        "a grant pays for ever", _expired_grants_pay, (f"{ADMISSION}test_expired_grant_pays_nothing",)
    ),
    "given-up-is-kept": PlantedBug(
        "a write that was given up is kept later, though its member was told that nothing happened",
        _given_up_is_kept,
        (f"{DATABASE}test_what_is_given_up_is_never_kept",),
    ),
    "first-answers-wait": PlantedBug(
        "a first answer waits as long as the database does",
        _first_answers_wait,
        (f"{DATABASE}test_a_first_answer_waits_for_nobody",),
    ),
}
"""What both databases have to catch."""

SQLITE_BUGS: Mapping[str, PlantedBug] = {
    "neighbours-stay": PlantedBug(
        "of writes that are committed together a failed one is not undone by itself",
        _neighbours_stay,
        (f"{DATABASE}test_of_writes_that_come_at_once_each_is_whole_by_itself",),
    ),
}
"""What only SQLite's engine can do wrong."""
