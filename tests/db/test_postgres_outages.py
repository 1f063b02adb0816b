"""PostgreSQL servers that crash, fall silent, stop, fill up or become a copy: told as that, and found again."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from bot.db import postgres, postgres_session
from bot.db.connection import Connection
from bot.db.database import DatabaseBusy, DatabaseInUse, DatabaseReadOnly, DiskFull
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_session import REFUSE_SECONDS, SessionTimeouts
from bot.domain import patience
from tests.db.engines import fresh_database, needs_postgresql
from tests.db.kept_names import add, names
from tests.db.server import Server, address
from tests.db.wire import Wire

pytestmark = needs_postgresql()


@pytest.fixture
def server() -> Generator[Server]:
    """A server of this test's own, to do with as it likes."""
    made = Server()
    try:
        yield made
    finally:
        made.remove()


def easel_on(server: Server, folder: Path | None = None) -> str:
    """The address of Easel's database on a test's own server, made where there is none, by way of another socket."""
    with psycopg.connect(address("postgres", server.folder), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'easel'").fetchone() is None:
            connection.execute("CREATE DATABASE easel TEMPLATE template0 ENCODING 'UTF8'")
    return address("easel", folder or server.folder)


async def test_a_commit_that_a_crash_swallowed(server: Server, socket_folder: Path) -> None:
    """A crashed server gives a lost transaction's number to somebody else; theirs is not taken for ours."""
    wire = Wire(server.folder)
    other = await PostgresDatabase.open(easel_on(server))
    async with await asyncio.start_unix_server(wire.serve, socket_folder / ".s.PGSQL.5432"):
        database = await PostgresDatabase.open(easel_on(server, socket_folder))
        await database.write(add, "before")
        with psycopg.connect(easel_on(server), autocommit=True) as operator:
            operator.execute("CHECKPOINT")
        wire.is_open, wire.cuts_before = False, True
        lost = asyncio.create_task(database.write(add, "lost"))
        while wire.cuts_before:  # noqa: ASYNC110 - it comes over a socket
            await asyncio.sleep(0.001)
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        await other.write(add, "theirs")
        wire.is_open = True
        with pytest.raises(DatabaseBusy):
            await lost
        assert await names(other) == ["before", "theirs"]
        await database.close()
        await other.close()
        await wire.settle()


@pytest.fixture
async def dumb_line(
    socket_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[tuple[Wire, PostgresDatabase]]:
    """A database over a line that can fall silent; whoever waits for the server does so for a second."""
    monkeypatch.setattr(postgres, "SessionTimeouts", partial(SessionTimeouts, statement=500))
    monkeypatch.setattr(postgres_session, "SLACK", 500)
    wire, name = Wire(), fresh_database()
    async with await asyncio.start_unix_server(wire.serve, socket_folder / ".s.PGSQL.5432"):
        database = await PostgresDatabase.open(address(name, socket_folder))
        await database.write(add, "before")
        assert await names(database) == ["before"]
        yield wire, database
        await database.close()
        await wire.settle()


async def _added(database: PostgresDatabase, name: str) -> None:
    """Write until that is answered: whoever has just failed to connect, also to ask who leads, is refused for 1 s."""
    async with asyncio.timeout(10):
        while True:
            with suppress(DatabaseBusy):
                await database.write(add, name)
                return
            await asyncio.sleep(0.1)


async def test_a_server_that_says_nothing(dumb_line: tuple[Wire, PostgresDatabase]) -> None:
    """What hears no answer is told as an outage, and new connections serve once there are some to be had.

    The old ones stay dumb for ever, as behind a proxy that forgot them.
    """
    wire, database = dumb_line
    wire.swallows = True
    async with asyncio.timeout(10):
        for asked in (database.write(add, "lost"), names(database)):
            with pytest.raises(DatabaseBusy):
                await asked
    wire.swallows = False

    await _added(database, "after")
    assert await names(database) == ["after", "before"]


async def test_first_answers_while_the_server_says_nothing(
    dumb_line: tuple[Wire, PostgresDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They do not wait for it, whether it is asked to write or to read, and however many stand in line before."""
    monkeypatch.setattr(patience, "FIRST_ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(patience, "_AT_LEAST_SECONDS", 0.05)
    wire, database = dumb_line
    wire.swallows = True

    async def handle() -> float:
        began = time.monotonic()
        patience.answer_soon(lambda: False)
        for asked in (names(database), database.write(add, "too late")):
            with pytest.raises(DatabaseBusy, match="at the moment"):
                await asked
        return time.monotonic() - began

    waited = await asyncio.gather(*(asyncio.create_task(handle()) for _ in range(10)))
    wire.swallows = False
    await _added(database, "after")

    assert max(waited) < 1.0, "longer than the server is waited for"
    assert await names(database) == ["after", "before"]


async def test_a_copy_of_the_books(server: Server) -> None:
    """A leader whose server became a replica says that nothing can be written, still reads, and goes on afterwards."""
    url = easel_on(server)
    database = await PostgresDatabase.open(url, alone=True)
    await database.write(add, "before")
    await asyncio.to_thread(server.become_a_copy)
    for _ in range(2):
        with pytest.raises(DatabaseReadOnly, match="read-only"):
            await _added(database, "meanwhile")
    meanwhile = await names(database)
    await asyncio.to_thread(server.be_promoted)
    await _added(database, "after")
    found = await names(database)
    with pytest.raises(DatabaseInUse):
        await PostgresDatabase.open(url, alone=True)
    await database.close()

    assert meanwhile == ["before"]
    assert found == ["after", "before"]


async def test_a_server_without_room_for_more_connections(server: Server) -> None:
    """Whoever gets no connection is told of an outage; what has one goes on, and all do once there is room."""
    url = easel_on(server)
    with psycopg.connect(url, autocommit=True) as operator:
        operator.execute("CREATE ROLE easel LOGIN CONNECTION LIMIT 1; ALTER DATABASE easel OWNER TO easel")
        operator.execute("GRANT CREATE ON SCHEMA public TO easel")
        database = await PostgresDatabase.open(url.replace("postgres@", "easel@"))
        with pytest.raises(DatabaseBusy):
            await names(database)
        await database.write(add, "meanwhile")
        operator.execute("ALTER ROLE easel CONNECTION LIMIT -1")
    await asyncio.sleep(REFUSE_SECONDS)  # of real time: the session's own pause before it tries again
    found = await names(database)
    await database.close()

    assert found == ["meanwhile"]


async def test_a_server_that_shuts_down_in_peace(server: Server) -> None:
    """While it lets nobody new in, what is connected goes on; stopped and started again, it is found again."""
    database = await PostgresDatabase.open(easel_on(server))
    await asyncio.to_thread(server.refuse_newcomers)
    with pytest.raises(DatabaseBusy):
        await names(database)
    await database.write(add, "meanwhile")
    await asyncio.to_thread(server.stop, "fast")
    with pytest.raises(DatabaseBusy):
        await database.write(add, "lost")
    await asyncio.to_thread(server.start)
    await _added(database, "after")
    found = await names(database)
    await database.close()

    assert found == ["after", "meanwhile"]


def _mount(folder: Path, options: str) -> bool:
    """Lay a disk of its own under a folder, in memory; False where this user may not."""
    command = ("mount", "-t", "tmpfs", "-o", options, "easel", str(folder))
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603


@pytest.fixture
def small_disk() -> Generator[Path]:
    """A folder of two megabytes."""
    with TemporaryDirectory(prefix="easel-disk-") as name:
        if not _mount(Path(name), "size=2m"):
            pytest.skip("only root may make a small disk, and not everywhere")
        try:
            yield Path(name)
        finally:
            subprocess.run(("umount", "--lazy", name), check=True)  # noqa: S603, S607


async def test_a_full_disk(server: Server, small_disk: Path) -> None:
    """A server without room is told as that, nothing of the write is kept, and what fits later goes through."""
    database = await PostgresDatabase.open(easel_on(server))
    server.hand_over(small_disk)
    with psycopg.connect(easel_on(server), autocommit=True) as operator:
        operator.execute(f"CREATE TABLESPACE small LOCATION '{small_disk}'".encode())
        operator.execute("ALTER TABLE facts SET TABLESPACE small")

    def fill(connection: Connection) -> None:
        add(connection, "half")
        rows = "SELECT n::text, repeat('y', 200), 0 FROM generate_series(1, 20000) AS n"
        connection.execute(f"INSERT INTO facts (name, value, set_at) {rows}")

    with pytest.raises(DiskFull, match="disk is full"):
        await database.write(fill)
    after = await names(database)
    await asyncio.to_thread(_mount, small_disk, "remount,size=20m")
    await database.write(add, "again")
    found = await names(database)
    await database.close()

    assert (after, found) == ([], ["again"])
