"""Mistakes that only PostgreSQL and several processes make possible, each as a small change to the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import psycopg

from bot.db import giving_up, ledger, postgres, postgres_lead, postgres_move, postgres_rows, postgres_session
from bot.db.connection import Connection
from bot.db.database import DatabaseBusy, DatabaseInUse
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_notify import Listener
from bot.db.postgres_rows import Raw
from bot.db.postgres_session import Lock, Session, SessionTimeouts
from bot.db.postgres_shards import ShardLocks
from bot.services.jobs.sweep import Sweep
from tests.db.planting import WRITE, PlantedBug, after_opening, put, swap

APART = "tests/db/test_storms_apart.py::test_processes_together_admit_exactly_what_fits"
POSTGRES = "tests/db/test_postgres.py::"
FAULTS = "tests/db/test_postgres_faults.py::"
FRONTS = "tests/db/test_postgres_fronts.py::"
LEDGER = "tests/db/test_ledger.py::"
MOVE = "tests/db/test_move.py::"
SWEEP = "tests/services/jobs/test_sweep.py::"


def _no_lock() -> None:
    put(postgres, "_WRITE", WRITE.replace(str(postgres.__dict__["_LOCK"]), "SELECT 1"))


def _snapshot_before_lock() -> None:
    put(postgres, "_WRITE", WRITE.replace("BEGIN;", "BEGIN ISOLATION LEVEL REPEATABLE READ;"))


def _lock_elsewhere() -> None:
    """The lock of whoever leads is held by a connection that writes nothing."""
    connect = Session.connect

    def connect_two(self: Session) -> None:
        private = vars(self)
        if private["_holds"] is not None and "guard" not in private:
            guard = Session(private["_url"], SessionTimeouts(), private["_holds"])
            connect(guard)
            private["guard"] = guard
        private["_holds"] = None
        connect(self)

    put(Session, "connect", connect_two)


def _term_not_looked_at() -> None:
    def take(self: Session, raw: Raw, lock: Lock) -> None:
        row = raw.execute(f"SELECT pg_try_advisory_lock({postgres_session.APPLICATION_ID}, {lock.value})".encode())
        if row.fetchone() == (True,):
            return
        raise DatabaseInUse("in use") if vars(self)["_term"] is None else DatabaseBusy

    put(Session, "_take", take)


def _lock_not_taken_again() -> None:
    take = cast("Callable[[Session, Raw, Lock], None]", Session.__dict__["_take"])

    def once(self: Session, raw: Raw, lock: Lock) -> None:
        if vars(self)["_term"] is None:
            take(self, raw, lock)

    put(Session, "_take", once)


def _lost_commit_is(kept: bool) -> Callable[[], None]:  # noqa: FBT001 - which of the two
    def was_kept(_self: PostgresDatabase) -> bool:
        return kept

    return lambda: put(PostgresDatabase, "_was_kept", was_kept)


def _lost_write_is_done_again() -> None:
    transaction = cast("Callable[..., Any]", PostgresDatabase.__dict__["_transaction"])

    def again(self: PostgresDatabase, wanted: Any, work: Callable[[Connection], object], session: Session) -> object:
        try:
            return transaction(self, wanted, work, session)
        except psycopg.OperationalError:
            return transaction(self, wanted, work, session)

    def bare(_self: PostgresDatabase, session: Session) -> None:
        session.commit()

    put(PostgresDatabase, "_commit", bare)
    put(PostgresDatabase, "_transaction", again)


def _silence_is_allowed() -> None:
    sql = cast("property", SessionTimeouts.__dict__["statement_sql"])

    def without(self: SessionTimeouts) -> str:
        return str(sql.__get__(self)).partition("; SET idle_session_timeout")[0]

    put(SessionTimeouts, "statement_sql", property(without))


def _stopping_in_a_write_is_allowed() -> None:
    sql = cast("property", SessionTimeouts.__dict__["statement_sql"])

    def without(self: SessionTimeouts) -> str:
        said = str(sql.__get__(self))
        return said.replace(f"idle_in_transaction_session_timeout = {self.idle_in_transaction}", "lock_timeout = 5000")

    put(SessionTimeouts, "statement_sql", property(without))


def _failed_statement_is_forgotten() -> None:
    def commit(self: Session) -> None:
        self.run("COMMIT")

    put(Session, "commit", commit)


def _numbers_from_a_sequence() -> None:
    after_opening("CREATE SEQUENCE IF NOT EXISTS entries")
    swap(ledger, "APPEND", "(SELECT COALESCE(MAX(entry_id), 0) + 1 FROM ledger)", "nextval('entries')")


def _guards_that_let_through() -> None:
    after_opening(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END;'"
    )


def _shards_let_go() -> None:
    take = cast("Callable[[ShardLocks], bool]", ShardLocks.__dict__["_take"])

    def take_and_let_go(self: ShardLocks) -> bool:
        taken = take(self)
        vars(self)["_session"].run("SELECT pg_advisory_unlock_all()::text")
        return taken

    put(ShardLocks, "_take", take_and_let_go)


def _shards_lost_unnoticed() -> None:
    keep = cast("Callable[[ShardLocks], bool]", ShardLocks.__dict__["_keep"])

    def always(self: ShardLocks) -> bool:
        keep(self)
        return True

    put(ShardLocks, "_keep", always)


def _words_are_the_truth() -> None:
    """Nobody looks for what was said while nobody listened."""
    listening = Listener.__init__

    def deaf(self: Listener, url: str, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
        del missed
        listening(self, url, heard, lambda: None)

    put(Listener, "__init__", deaf)


def _no_sweep() -> None:
    async def run(self: Sweep) -> None:
        await vars(self)["_bell"].wait(1e9)

    put(Sweep, "run", run)


def _any_leader_counts() -> None:
    swap(
        postgres_lead,
        "_IS_LED",
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        "",
    )


def _fractions_are_rounded() -> None:
    def bare(_self: object, number: float) -> bytes:
        return str(number).encode()

    put(vars(postgres_rows)["_FractionDumper"], "quote", bare)


def _moved_without_a_look() -> None:
    def sound(_connection: Connection) -> tuple[str, ...]:
        return ()

    def same(_sent: object, _there: object, _table: object) -> None:
        return

    put(postgres_move, "violations", sound)
    put(postgres_move, "_compare", same)


POSTGRES_BUGS: Mapping[str, PlantedBug] = {
    # A storm may miss it: admissions meet in the balance of the bot, whose row the server locks by itself.
    "no-lock": PlantedBug(
        "a write does not begin with the lock of all writes",
        _no_lock,
        (
            "tests/db/test_database.py::test_somebody_else_holds_the_database",
            "tests/db/test_database.py::test_a_first_answer_waits_for_nobody",
        ),
    ),
    "snapshot-before-lock": PlantedBug(
        "a write sees what was there before it waited for its turn", _snapshot_before_lock, (APART,)
    ),
    "reads-see-many-states": PlantedBug(
        "the queries of one read see what was written between them",
        lambda: put(postgres, "_READ", "BEGIN READ ONLY"),
        ("tests/db/test_database.py::test_a_read_sees_one_state",),
    ),
    "readers-may-write": PlantedBug(
        "whoever reads may write",
        lambda: put(postgres, "_READ", "BEGIN ISOLATION LEVEL REPEATABLE READ"),
        (
            "tests/db/test_database.py::test_reader_cannot_write",
            "tests/db/test_transactions.py::test_whoever_reads_cannot_write",
        ),
    ),
    "lock-elsewhere": PlantedBug(
        "a leader writes over another connection than the one that holds its lock",
        _lock_elsewhere,
        (f"{POSTGRES}test_without_the_lock_nothing_is_written",),
    ),
    "term-not-looked-at": PlantedBug(
        "a leader that finds the lock free goes on, though another one led meanwhile",
        _term_not_looked_at,
        (f"{POSTGRES}test_who_led_before_another_does_not_go_on",),
    ),
    "lock-not-taken-again": PlantedBug(
        "a leader that was cut off writes on without the lock",
        _lock_not_taken_again,
        (
            f"{POSTGRES}test_who_was_cut_off_and_nobody_led_goes_on",
            f"{POSTGRES}test_without_the_lock_nothing_is_written",
            f"{POSTGRES}test_a_remainder_of_our_own_is_waited_out",
        ),
    ),
    "lost-commit-is-kept": PlantedBug(
        "a COMMIT whose answer was lost is taken for done",
        _lost_commit_is(kept=True),
        (
            f"{POSTGRES}test_a_commit_that_never_arrived_is_known_to_be_undone",
            f"{POSTGRES}test_an_unknown_outcome_is_safe_because_writes_are_keyed",
        ),
    ),
    "lost-commit-is-undone": PlantedBug(
        "a COMMIT whose answer was lost is taken for undone",
        _lost_commit_is(kept=False),
        (f"{POSTGRES}test_a_commit_whose_answer_is_lost_is_asked_about",),
    ),
    "lost-write-is-done-again": PlantedBug(
        "a write whose COMMIT was not answered is done again without a question",
        _lost_write_is_done_again,
        (f"{POSTGRES}test_a_commit_whose_answer_is_lost_is_asked_about",),
    ),
    "unknown-is-told-as-no": PlantedBug(
        "a member is told that nothing was kept where nobody knows",
        lambda: put(giving_up, "OutcomeUnknown", DatabaseBusy),
        (f"{POSTGRES}test_an_unknown_outcome_is_safe_because_writes_are_keyed",),
    ),
    "silence-is-allowed": PlantedBug(
        "the server lets a leader that was stopped keep its lock for ever",
        _silence_is_allowed,
        (f"{POSTGRES}test_a_leader_that_says_nothing_is_ended",),
    ),
    "stopping-in-a-write-is-allowed": PlantedBug(
        "whoever was stopped in the middle of a write keeps all others from writing",
        _stopping_in_a_write_is_allowed,
        (f"{FAULTS}test_who_stops_in_the_middle_of_a_write_is_ended",),
    ),
    "failed-statement-is-forgotten": PlantedBug(
        "a write whose failed statement was kept quiet is told as kept, though the server undid it",
        _failed_statement_is_forgotten,
        (f"{FAULTS}test_a_failure_kept_quiet_is_not_told_as_kept",),
    ),
    "not-durable": PlantedBug(
        "what was acknowledged is lost with the server's power, where its default says so",
        lambda: put(postgres_session, "_DURABLE", "SELECT 1"),
        (f"{FAULTS}test_what_is_acknowledged_is_durable",),
    ),
    "numbers-from-a-sequence": PlantedBug(
        "entries are numbered by a sequence, whose gaps look like losses",
        _numbers_from_a_sequence,
        (f"{LEDGER}test_numbers_have_no_gaps",),
    ),
    "no-guards": PlantedBug(
        "the triggers that keep the ledger are missing",
        lambda: after_opening("DROP TRIGGER IF EXISTS postings_lose_nothing ON postings"),
        (f"{LEDGER}test_append_only",),
    ),
    "guards-that-let-through": PlantedBug(
        "the triggers are there, and refuse nothing", _guards_that_let_through, (f"{LEDGER}test_append_only",)
    ),
    "fractions-are-rounded": PlantedBug(
        "an amount with a fraction is rounded without a word",
        _fractions_are_rounded,
        (f"{LEDGER}test_money_is_whole",),
    ),
    "shards-let-go": PlantedBug(
        "the lock of a shard is not held", _shards_let_go, (f"{FRONTS}test_a_shard_is_one_processs",)
    ),
    "shards-lost-unnoticed": PlantedBug(
        "a front does not notice that another one has its shard",
        _shards_lost_unnoticed,
        (f"{FRONTS}test_who_loses_a_shard_finds_out",),
    ),
    "words-are-the-truth": PlantedBug(
        "what was said while nobody listened is not looked for",
        _words_are_the_truth,
        (f"{FRONTS}test_what_is_said_is_heard",),
    ),
    "no-sweep": PlantedBug("the leader believes that it hears every word", _no_sweep, (f"{SWEEP}test_looks_go_on",)),
    "any-leader-counts": PlantedBug(
        "a leader on another database of the same server counts as ours",
        _any_leader_counts,
        (f"{FAULTS}test_another_databases_leader_is_not_ours",),
    ),
    "moved-without-a-look": PlantedBug(
        "books are moved without looking at what arrived",
        _moved_without_a_look,
        (
            f"{MOVE}test_what_arrives_otherwise_is_not_kept",
            f"{MOVE}test_refuses_accounts_that_do_not_add_up",
        ),
    ),
}
"""Caught with a real server."""
