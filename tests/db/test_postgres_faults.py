"""What a PostgreSQL server may do to a write: each is told in its words, keeps all or nothing, and passes."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path
from threading import Event

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from bot.db import postgres
from bot.db.connection import Connection
from bot.db.database import DatabaseBusy, DatabaseReadOnly, DiskFull
from bot.db.opening import standing_by
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_session import SessionTimeouts
from bot.domain import patience
from tests.db.engines import fresh_database, needs_postgresql, url_in
from tests.db.kept_names import add, names
from tests.db.server import address
from tests.db.wire import end_sessions

pytestmark = needs_postgresql()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("53100", DiskFull),  # disk_full
        ("25006", DatabaseReadOnly),  # read_only_sql_transaction
        ("42501", DatabaseReadOnly),  # insufficient_privilege
        ("08006", DatabaseBusy),  # connection_failure
        ("40001", DatabaseBusy),  # serialization_failure
        ("40P01", DatabaseBusy),  # deadlock_detected
        ("53200", DatabaseBusy),  # out_of_memory
        ("53300", DatabaseBusy),  # too_many_connections
        ("55P03", DatabaseBusy),  # lock_not_available
        ("57014", DatabaseBusy),  # query_canceled, by a timeout
        ("57P01", DatabaseBusy),  # admin_shutdown
        ("57P02", DatabaseBusy),  # crash_shutdown
        ("57P03", DatabaseBusy),  # cannot_connect_now
        ("58030", DatabaseBusy),  # io_error
    ],
)
async def test_what_the_server_raises(tmp_path: Path, code: str, told: type[Exception]) -> None:
    """Each of its troubles is told as an outage, nothing of the write is kept, and the next one goes through."""
    database = await PostgresDatabase.open(url_in(tmp_path))

    def fail(connection: Connection) -> None:
        add(connection, "half")
        connection.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")

    with pytest.raises(told):
        await database.write(fail)
    await database.write(add, "whole")
    found = await names(database)
    await database.close()

    assert found == ["whole"]


async def test_a_failure_kept_quiet_is_not_told_as_kept(tmp_path: Path) -> None:
    """After an error the server undoes a whole write; whoever caught the error is still told that nothing was kept."""
    database = await PostgresDatabase.open(url_in(tmp_path))
    await database.write(add, "once")

    def carry_on(connection: Connection) -> None:
        add(connection, "half")
        with pytest.raises(psycopg.errors.UniqueViolation):
            add(connection, "once")

    with pytest.raises(psycopg.InternalError, match="failed statement"):
        await database.write(carry_on)
    found = await names(database)
    await database.close()

    assert found == ["once"]


async def test_what_is_acknowledged_is_durable(tmp_path: Path) -> None:
    """A server whose default is to answer before the disk has it is told otherwise; one that waits for more is not."""
    url = url_in(tmp_path)
    query, found = "SELECT current_setting('synchronous_commit') AS is_set", list[str]()
    for default in ("off", "remote_apply"):
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"ALTER DATABASE {server.info.dbname} SET synchronous_commit = {default}".encode())
        database = await PostgresDatabase.open(url)
        found.append(await database.write(lambda connection: connection.execute(query).fetchone()["is_set"]))
        await database.close()

    assert found == ["on", "remote_apply"]


async def test_who_stops_in_the_middle_of_a_write_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was stopped while it writes keeps the others waiting for a moment only, and nothing of its own."""
    monkeypatch.setattr(postgres, "SessionTimeouts", partial(SessionTimeouts, idle_in_transaction=300))
    url, inside, wakes = url_in(tmp_path), Event(), Event()
    stopped = await PostgresDatabase.open(url)
    monkeypatch.undo()
    other = await PostgresDatabase.open(url)

    def stop(connection: Connection) -> None:
        add(connection, "half")
        inside.set()
        assert wakes.wait(20)

    stopping = asyncio.create_task(stopped.write(stop))
    await asyncio.to_thread(inside.wait, 20)
    try:
        await other.write(add, "whole")
    finally:
        wakes.set()
    with pytest.raises(DatabaseBusy):
        await stopping
    found = await names(other)
    await stopped.close()
    await other.close()

    assert found == ["whole"]


async def test_another_databases_leader_is_not_ours(tmp_path: Path) -> None:
    """Two communities' bots on one server, each on a database of its own, do not wait for one another."""
    theirs = await PostgresDatabase.open(address(fresh_database()), alone=True)
    async with asyncio.timeout(5), standing_by(url_in(tmp_path)) as turn:
        await turn()
    await theirs.close()


async def test_a_connection_that_may_not_write_is_not_kept(tmp_path: Path) -> None:
    """What a session was told at its beginning is asked again: nobody has to restart a bot for it."""
    url = url_in(tmp_path)
    with psycopg.connect(address("postgres"), autocommit=True) as operator:
        switch = f"ALTER DATABASE {conninfo_to_dict(url)['dbname']} SET default_transaction_read_only ="
        database = await PostgresDatabase.open(url)
        operator.execute(f"{switch} on".encode())
        await asyncio.to_thread(end_sessions, url)
        with pytest.raises(DatabaseReadOnly):
            await database.write(add, "meanwhile")
        operator.execute(f"{switch} off".encode())
    await database.write(add, "after")
    found = await names(database)
    await database.close()

    assert found == ["after"]


async def test_a_slow_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first answer does not wait for a statement that takes long, and nothing of it is kept afterwards."""
    monkeypatch.setattr(patience, "FIRST_ANSWER_SECONDS", 0.2)
    database = await PostgresDatabase.open(url_in(tmp_path))

    def slow(connection: Connection) -> None:
        add(connection, "slow")
        connection.execute("SELECT pg_sleep(1)").fetchall()

    async def handle() -> float:
        began = time.monotonic()
        patience.answer_soon(lambda: False)
        with pytest.raises(DatabaseBusy):
            await database.write(slow)
        return time.monotonic() - began

    waited = await asyncio.create_task(handle())
    await database.write(add, "after")
    found = await names(database)
    await database.close()

    assert waited < 0.9
    assert found == ["after"]


async def test_where_the_commit_fails_it_is_told(tmp_path: Path) -> None:
    """A COMMIT that the server refuses keeps nothing, and is not told as an outage."""
    url = url_in(tmp_path)
    with psycopg.connect(url, autocommit=True) as operator:
        operator.execute(
            "CREATE CONSTRAINT TRIGGER never AFTER INSERT ON facts DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW WHEN (NEW.name = 'never') EXECUTE FUNCTION refuse_change('never')"
        )
    database = await PostgresDatabase.open(url)
    with pytest.raises(psycopg.IntegrityError, match="never"):
        await database.write(add, "never")
    await database.write(add, "after")
    found = await names(database)
    await database.close()

    assert found == ["after"]
