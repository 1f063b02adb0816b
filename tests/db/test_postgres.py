"""PostgreSQL's own troubles: connections that end, a COMMIT whose answer is lost, a second bot, a missing library."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from bot.db import postgres, postgres_lead
from bot.db.connection import Connection
from bot.db.database import DatabaseBusy, DatabaseEmpty, DatabaseInUse, LostLead, OutcomeUnknown, UnusableDatabase
from bot.db.migrate import APPLICATION_ID
from bot.db.opening import open_database, standing_by
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_session import REFUSE_SECONDS, Lock, SessionTimeouts
from bot.db.stores import BotLimit, open_stores
from bot.domain import patience
from bot.domain.periods import Period
from tests.db.engines import fresh_database, needs_postgresql, url_in
from tests.db.server import address
from tests.db.wire import Wire, end_sessions
from tests.db.world import KEY, NO_LIMITS, NOON, DatabaseWorld

pytestmark = needs_postgresql()

NAMES = "SELECT name FROM facts WHERE value = 'x' ORDER BY name"


def _add(connection: Connection, name: str) -> None:
    connection.execute("INSERT INTO facts (name, value, set_at) VALUES (:name, 'x', 0)", {"name": name})


def _names(connection: Connection) -> list[str]:
    return [row["name"] for row in connection.execute(NAMES)]


@asynccontextmanager
async def _behind_a_wire(folder: Path) -> AsyncGenerator[tuple[Wire, PostgresDatabase, PostgresDatabase]]:
    """A database over a wire that can be cut, and the same one over a sound line."""
    wire, name = Wire(), fresh_database()
    server = await asyncio.start_unix_server(wire.serve, folder / ".s.PGSQL.5432")
    async with server:
        database = await PostgresDatabase.open(address(name, folder))
        straight = await PostgresDatabase.open(address(name))
        try:
            yield wire, database, straight
        finally:
            await database.close()
            await straight.close()
            await wire.settle()


async def test_a_lost_connection_is_opened_again(tmp_path: Path) -> None:
    """After the server ended every session the next read and the next write go through."""
    database = await PostgresDatabase.open(url_in(tmp_path))
    await database.write(_add, "before")
    await asyncio.to_thread(end_sessions, url_in(tmp_path))
    await database.write(_add, "after")
    names = await database.read(_names)
    await asyncio.to_thread(end_sessions, url_in(tmp_path))
    again = await database.read(_names)
    await database.close()

    assert names == again == ["after", "before"]


async def test_a_write_that_loses_its_connection_is_undone(tmp_path: Path) -> None:
    """A session that ends in the middle of a write takes the write along; that is told as an outage."""
    database = await PostgresDatabase.open(url_in(tmp_path))

    def die(connection: Connection) -> None:
        _add(connection, "half")
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(DatabaseBusy):
        await database.write(die)
    await database.write(_add, "whole")
    names = await database.read(_names)
    await database.close()

    assert names == ["whole"]


async def test_a_commit_whose_answer_is_lost_is_asked_about(socket_folder: Path) -> None:
    """What the server kept is known to be kept, though nobody heard it say so."""
    async with _behind_a_wire(socket_folder) as (wire, database, straight):
        wire.cuts_after = True
        await database.write(_add, "kept")

        assert not wire.cuts_after
        assert await straight.read(_names) == ["kept"]


async def test_a_commit_that_never_arrived_is_known_to_be_undone(socket_folder: Path) -> None:
    """What the server never heard of is told as not kept, and is not."""
    async with _behind_a_wire(socket_folder) as (wire, database, straight):
        wire.cuts_before = True
        with pytest.raises(DatabaseBusy):
            await database.write(_add, "lost")

        assert await straight.read(_names) == []


async def test_an_unknown_outcome_is_safe_because_writes_are_keyed(
    socket_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cannot wait is told that nobody knows; the same command again finds its job, and pays once."""
    monkeypatch.setattr(patience, "FIRST_ANSWER_SECONDS", 1.0)
    async with _behind_a_wire(socket_folder) as (wire, database, straight):
        limit = BotLimit(None, Period.MONTH)
        stores = await open_stores(database, defaults=NO_LIMITS, bot_limit=limit, at=NOON, fresh_key=lambda: KEY)
        world = DatabaseWorld(database, stores)
        order = world.order()

        async def command() -> None:
            patience.answer_soon(lambda: False)
            wire.cuts_after = True
            wire.is_open = False
            with pytest.raises(OutcomeUnknown, match="don't know whether it was kept"):
                await stores.jobs.admit(order, NOON)

        await asyncio.create_task(command())
        wire.is_open = True
        again = await stores.jobs.admit(order, NOON)
        holds = await straight.read(lambda c: c.execute("SELECT COUNT(*) AS n FROM ledger").fetchone()["n"])

    assert (again.is_new, holds) == (False, 1)


async def test_only_one_bot_runs(tmp_path: Path) -> None:
    """A second bot is refused wherever it runs, one that only looks is not; when the first ends, the next may."""
    url = url_in(tmp_path)
    first = await open_database(url, alone=True)
    with pytest.raises(DatabaseInUse, match="already runs"):
        await open_database(url, alone=True)
    await (await open_database(url, may_migrate=False)).close()
    await first.close()
    await (await open_database(url, alone=True)).close()


async def test_without_the_lock_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot whose session ended while another took its place writes nothing any more."""
    monkeypatch.setattr(postgres_lead, "PING_SECONDS", 3_600.0)
    url = url_in(tmp_path)
    first = await PostgresDatabase.open(url, alone=True)
    await first.write(_add, "in time")  # the first ping is over by then
    await asyncio.to_thread(end_sessions, url)
    second = await PostgresDatabase.open(url, alone=True)
    with pytest.raises(LostLead):
        await first.write(_add, "too late")
    names = await second.read(_names)
    await first.close()
    await second.close()

    assert names == ["in time"]


async def test_who_leads_no_more_finds_out_by_itself(tmp_path: Path) -> None:
    """With nothing to write it hears of it from its own pings."""
    url = url_in(tmp_path)
    first = await PostgresDatabase.open(url, alone=True)
    second: PostgresDatabase | None = None
    async with asyncio.timeout(30):
        while second is None:
            await asyncio.to_thread(end_sessions, url)
            with suppress(DatabaseInUse):  # a ping was faster, and leads on
                second = await PostgresDatabase.open(url, alone=True)
        await first.lead_lost()
    await first.close()
    await second.close()


async def test_who_led_before_another_does_not_go_on(tmp_path: Path) -> None:
    """Though the lock is free again: what it knows of the jobs is of before somebody else led."""
    url = url_in(tmp_path)
    first = await PostgresDatabase.open(url, alone=True)
    await asyncio.to_thread(end_sessions, url)
    await (await PostgresDatabase.open(url, alone=True)).close()

    for _ in range(2):
        with pytest.raises(LostLead):
            await first.write(_add, "of long ago")
    names = await first.read(_names)
    await first.close()

    assert names == []


async def test_who_was_cut_off_and_nobody_led_goes_on(tmp_path: Path) -> None:
    """A server that ends all sessions, as a restart does, makes no new leader by itself."""
    url = url_in(tmp_path)
    database = await PostgresDatabase.open(url, alone=True)
    await asyncio.to_thread(end_sessions, url)
    await database.write(_add, "after")
    names = await database.read(_names)
    with pytest.raises(DatabaseInUse):
        await PostgresDatabase.open(url, alone=True)
    await database.close()

    assert names == ["after"]


async def test_a_remainder_of_our_own_is_waited_out(tmp_path: Path) -> None:
    """While the server still takes the old connection for alive, writes wait for it; nobody else leads."""
    url = url_in(tmp_path)
    database = await PostgresDatabase.open(url, alone=True)
    await asyncio.to_thread(end_sessions, url)
    with psycopg.connect(url, autocommit=True) as remainder:
        remainder.execute(f"SELECT pg_advisory_lock({APPLICATION_ID}, {Lock.RUN.value})".encode())
        with pytest.raises(DatabaseBusy):
            await database.write(_add, "too soon")
    await asyncio.sleep(REFUSE_SECONDS)  # of real time: the session's own pause before it tries again
    await database.write(_add, "later")
    names = await database.read(_names)
    await database.close()

    assert names == ["later"]


async def test_a_leader_that_says_nothing_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was stopped keeps its connection; the server ends it, and whoever stands by gets its turn."""
    monkeypatch.setattr(postgres_lead, "PING_SECONDS", 3_600.0)
    monkeypatch.setattr(postgres, "LEADING", SessionTimeouts(idle=300))
    monkeypatch.setattr(postgres_lead, "LOOK_SECONDS", 0.05)
    url = url_in(tmp_path)
    first = await PostgresDatabase.open(url, alone=True)
    async with asyncio.timeout(20), standing_by(url) as turn:
        await turn()
        second = await PostgresDatabase.open(url, alone=True)
    with pytest.raises(LostLead):
        await first.write(_add, "woken too late")
    await first.close()
    await second.close()


async def test_a_leader_that_pings_is_not_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing to write it stays the leader, far beyond what the server lets anybody be silent for."""
    monkeypatch.setattr(postgres_lead, "PING_SECONDS", 0.1)
    monkeypatch.setattr(postgres, "LEADING", SessionTimeouts(idle=1_500))
    url = url_in(tmp_path)
    database = await PostgresDatabase.open(url, alone=True)
    await asyncio.sleep(3.0)  # of real time: the server's own clock
    with pytest.raises(DatabaseInUse):
        await PostgresDatabase.open(url, alone=True)
    await database.close()


async def test_a_server_that_is_not_heard_ends_a_term(socket_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is cut off from the database for minutes stands back: another one surely leads."""
    monkeypatch.setattr(postgres_lead, "PING_SECONDS", 0.05)
    monkeypatch.setattr(postgres_lead, "SILENCE_SECONDS", 0.5)
    wire, name = Wire(), fresh_database()
    async with await asyncio.start_unix_server(wire.serve, socket_folder / ".s.PGSQL.5432"):
        database = await PostgresDatabase.open(address(name, socket_folder), alone=True)
        wire.is_open = False
        await asyncio.to_thread(end_sessions, address(name))
        async with asyncio.timeout(20):
            await database.lead_lost()
        await database.close()
        await wire.settle()


async def test_an_empty_database_and_another_programs() -> None:
    """Whoever only looks makes no tables; a database with somebody else's is refused and left alone."""
    empty = address(fresh_database("template0"))
    with pytest.raises(DatabaseEmpty, match="no tables yet"):
        await open_database(empty, may_migrate=False)
    with psycopg.connect(empty, autocommit=True) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(UnusableDatabase, match="another program"):
        await open_database(empty)


async def test_the_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra one sentence says what to install."""
    for name in [name for name in sys.modules if name.startswith("bot.db.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(UnusableDatabase, match=r"needs one more package: .* pip install"):
        await open_database("postgresql:///books")
