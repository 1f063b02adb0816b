"""What a real PostgreSQL server may do to a bot: each is told in its words, keeps all or nothing, and passes."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from threading import Event

import psycopg
import pytest

from bot.db import postgres
from bot.db.connection import Connection
from bot.db.database import Database, DatabaseBusy, DatabaseReadOnly, DiskFull
from bot.db.opening import standing_by
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_session import SessionTimeouts
from tests.db.engines import fresh_database, needs_postgresql, url_in
from tests.db.server import address

pytestmark = needs_postgresql()

NAMES = "SELECT name FROM facts WHERE value = 'x' ORDER BY name"


def add(connection: Connection, name: str) -> None:
    """Keep a name."""
    connection.execute("INSERT INTO facts (name, value, set_at) VALUES (:name, 'x', 0)", {"name": name})


async def names(database: Database) -> list[str]:
    """What was kept."""
    return await database.read(lambda connection: [row["name"] for row in connection.execute(NAMES)])


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
