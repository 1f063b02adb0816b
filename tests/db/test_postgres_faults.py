"""What a real PostgreSQL server may do to a bot: each is told in its words, keeps all or nothing, and passes."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from bot.db import postgres, postgres_session
from bot.db.connection import Connection
from bot.db.database import Database, DatabaseBusy, DatabaseInUse, DatabaseReadOnly, DiskFull
from bot.db.opening import standing_by
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_session import REFUSE_SECONDS, SessionTimeouts
from bot.domain import patience
from tests.db.engines import fresh_database, needs_postgresql, url_in
from tests.db.server import Server, address
from tests.db.wire import Wire, end_sessions

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
