"""The database file: whose it is, and that a transaction is whole whatever happens to whoever asked for it."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.db import sqlite_together
from bot.db.connection import Connection
from bot.db.database import Database, DatabaseBusy, DatabaseReadOnly, DiskFull, UnusableDatabase
from bot.db.sqlite import BUSY_TIMEOUT_SECONDS, SqliteDatabase
from bot.db.sqlite_together import LONGEST_SECONDS, MOST_TOGETHER
from bot.domain import patience
from tests.db.engines import READ_ONLY, another_writer, sqlite_by_nature, wait_briefly
from tests.db.world import DatabaseWorld, open_database_world

_ON_DISK = Path("/var/tmp")  # noqa: S108 - only the parent of a folder with a name of its own


class Stop(BaseException):
    """Something that `except Exception` would let through."""


def _add_fact(connection: Connection, name: str) -> None:
    connection.execute("INSERT INTO facts (name, value, set_at) VALUES (?, 'x', 0)", (name,))


async def _facts(database: Database) -> set[str]:
    return await database.read(lambda c: {row["name"] for row in c.execute("SELECT name FROM facts")})


@sqlite_by_nature("PRAGMAs")
async def test_pragmas(world: DatabaseWorld) -> None:
    """What is acknowledged survives a power failure, references hold, and a schema cannot run code."""
    names = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
    found = await world.database.write(lambda c: [c.execute(f"PRAGMA {name}").fetchone()[0] for name in names])

    assert found == ["wal", 2, 1, 0, 5000]


async def test_reader_cannot_write(world: DatabaseWorld) -> None:
    """A read that writes is refused by the database itself."""
    with pytest.raises(READ_ONLY, match=r"read-?only"):
        await world.database.read(_add_fact, "no")


async def test_failed_write_leaves_nothing(world: DatabaseWorld) -> None:
    """A write that raises is undone as a whole, even for exceptions that are no `Exception`."""

    def work(connection: Connection) -> None:
        _add_fact(connection, "half")
        raise Stop

    with pytest.raises(Stop):
        await world.database.write(work)
    await world.database.write(_add_fact, "whole")

    assert await _facts(world.database) == {"account_key", "whole"}


async def test_cancelled_write_is_finished(world: DatabaseWorld) -> None:
    """A caller that is cancelled in the middle of a write leaves no transaction open: the write goes on to its end."""
    inside, go_on = threading.Event(), threading.Event()

    def work(connection: Connection) -> None:
        _add_fact(connection, "first")
        inside.set()
        assert go_on.wait(5)
        _add_fact(connection, "second")

    task = asyncio.create_task(world.database.write(work))
    await asyncio.to_thread(inside.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await world.database.write(_add_fact, "third")

    assert await _facts(world.database) == {"account_key", "first", "second", "third"}


async def test_writes_cancelled_while_queued_are_whole(world: DatabaseWorld) -> None:
    """Of many writes cancelled at random moments each is there whole or not at all, and later ones go through."""

    def work(connection: Connection, number: int) -> None:
        _add_fact(connection, f"{number} a")
        _add_fact(connection, f"{number} b")

    tasks = [asyncio.create_task(world.database.write(work, number)) for number in range(60)]
    for number, task in enumerate(tasks):
        if number % 3 == 0:
            await asyncio.sleep(0)
        if number % 2:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await world.database.write(work, 99)
    facts = await _facts(world.database)

    assert {"99 a", "99 b"} <= facts
    assert all((f"{number} a" in facts) == (f"{number} b" in facts) for number in range(60))


async def test_a_read_sees_one_state(world: DatabaseWorld) -> None:
    """Two queries of one read see the same state although a write is committed between them."""
    between, go_on = threading.Event(), threading.Event()

    def look(connection: Connection) -> tuple[int, int]:
        before = connection.execute("SELECT COUNT(*) FROM facts").fetchone()[0]
        between.set()
        assert go_on.wait(5)
        return before, connection.execute("SELECT COUNT(*) FROM facts").fetchone()[0]

    reading = asyncio.create_task(world.database.read(look))
    await asyncio.to_thread(between.wait, 5)
    await world.database.write(_add_fact, "meanwhile")
    go_on.set()

    assert await reading == (1, 1)


@sqlite_by_nature("its file has a largest size; test_postgres_outages.py fills a disk")
async def test_full_disk(world: DatabaseWorld) -> None:
    """A full disk is told in one sentence, leaves no half write, and what fits later goes through."""

    def fill(connection: Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        for number in range(2000):
            _add_fact(connection, f"{number:0500d}")

    with pytest.raises(DiskFull, match="disk is full"):
        await world.database.write(fill)
    after = await _facts(world.database)
    await world.database.write(lambda c: c.execute("PRAGMA max_page_count = 1000000").fetchone())
    await world.database.write(_add_fact, "again")

    assert after == {"account_key"}
    assert await _facts(world.database) == {"account_key", "again"}


@sqlite_by_nature("a file; test_postgres_outages.py makes the server a replica")
async def test_a_file_that_became_read_only() -> None:
    """A file that may not be written is not told as a full disk, and is written again once it may be."""
    # On a disk: memory keeps nobody from writing to a file that is open.
    with TemporaryDirectory(dir=_ON_DISK) as folder:
        path = Path(folder, "easel.db")
        files = (str(path), f"{path}-wal")
        async with open_database_world(Path(folder)) as world:
            sealed = await asyncio.to_thread(subprocess.run, ("chattr", "+i", *files), capture_output=True, check=False)
            if sealed.returncode != 0:
                pytest.skip("no file can be made immutable here")
            try:
                with pytest.raises(DatabaseReadOnly, match="read-only"):
                    await world.database.write(_add_fact, "meanwhile")
            finally:
                await asyncio.to_thread(subprocess.run, ("chattr", "-i", *files), check=True)
            await world.database.write(_add_fact, "after")

            assert await _facts(world.database) == {"account_key", "after"}


@sqlite_by_nature("a PRAGMA; test_postgres_faults.py has sessions that may not write")
async def test_a_connection_that_may_not_write(world: DatabaseWorld) -> None:
    """SQLite's own word for it is told in the same sentence."""
    await world.database.write(lambda connection: connection.execute("PRAGMA query_only = 1").fetchone())

    with pytest.raises(DatabaseReadOnly, match="read-only"):
        await world.database.write(_add_fact, "meanwhile")


async def test_somebody_else_holds_the_database(world: DatabaseWorld, tmp_path: Path) -> None:
    """While another program writes, nothing is lost: it is told in one sentence, and goes through when that is done."""
    await world.database.write(lambda connection: connection.execute(wait_briefly()).fetchone())
    with another_writer(tmp_path), pytest.raises(DatabaseBusy, match="at the moment"):
        await world.database.write(_add_fact, "meanwhile")
    await world.database.write(_add_fact, "after")

    assert await _facts(world.database) == {"account_key", "after"}


@pytest.fixture
def hurried_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of a second instead of two, so that the test is short."""
    monkeypatch.setattr(patience, "FIRST_ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(patience, "_AT_LEAST_SECONDS", 0.05)


@pytest.mark.usefixtures("hurried_answer")
async def test_a_first_answer_waits_for_nobody(world: DatabaseWorld, tmp_path: Path) -> None:
    """While another program holds the file a write before a first answer is given up; nothing of it comes later."""
    answered = False

    async def handle() -> None:
        patience.answer_soon(lambda: answered)
        for number in range(2):
            with pytest.raises(DatabaseBusy, match="at the moment"):
                await world.database.write(_add_fact, f"before {number}")

    with another_writer(tmp_path):
        async with asyncio.timeout(BUSY_TIMEOUT_SECONDS):
            await asyncio.create_task(handle())
    await world.database.write(_add_fact, "after")

    assert await _facts(world.database) == {"account_key", "after"}


@pytest.mark.usefixtures("hurried_answer")
async def test_after_the_first_answer_a_write_waits_as_any_other(world: DatabaseWorld, tmp_path: Path) -> None:
    """Once a command is acknowledged, what it does next may take its time."""

    async def handle() -> None:
        patience.answer_soon(lambda: True)
        await world.database.write(_add_fact, "patient")

    with another_writer(tmp_path):
        handling = asyncio.create_task(handle())
        done, _ = await asyncio.wait((handling,), timeout=0.5)
    await handling

    assert not done
    assert "patient" in await _facts(world.database)


@pytest.mark.usefixtures("hurried_answer")
async def test_what_is_given_up_is_never_kept(world: DatabaseWorld) -> None:
    """A write that was given up while under way is undone, since whoever asked was told that nothing happened."""
    inside, go_on = threading.Event(), threading.Event()

    def work(connection: Connection) -> None:
        _add_fact(connection, "given up")
        inside.set()
        assert go_on.wait(5)

    async def handle() -> None:
        patience.answer_soon(lambda: False)
        await world.database.write(work)

    handling = asyncio.create_task(handle())
    await asyncio.to_thread(inside.wait, 5)
    with pytest.raises(DatabaseBusy):
        await handling
    go_on.set()
    await world.database.write(_add_fact, "after")

    assert await _facts(world.database) == {"account_key", "after"}


async def _at_once(database: Database, *works: Callable[[Connection], object]) -> list[object]:
    """Ask for several writes while the writer is busy with another, and wait for what becomes of each."""
    inside, go_on = threading.Event(), threading.Event()

    def busy(_: Connection) -> None:
        inside.set()
        assert go_on.wait(5)

    first = asyncio.create_task(database.write(busy))
    await asyncio.to_thread(inside.wait, 5)
    asked = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    go_on.set()
    await first
    return await asyncio.gather(*asked, return_exceptions=True)


@sqlite_by_nature("PostgreSQL commits each write by itself: between processes only its lock says whose turn it is")
@pytest.mark.parametrize(
    ("writes", "each_seconds", "commits"),
    [
        pytest.param(20, 0.0, 1, id="for the disk once, not twenty times"),
        pytest.param(MOST_TOGETHER + 1, 0.0, 2, id="but not for as many as come"),
        pytest.param(4, LONGEST_SECONDS * 0.6, 2, id="nor for as long as they take"),
    ],
)
async def test_writes_that_come_at_once_are_committed_together(
    monkeypatch: pytest.MonkeyPatch, world: DatabaseWorld, writes: int, each_seconds: float, commits: int
) -> None:
    """They wait together, by a clock that only they move: how busy this machine is does not decide it."""
    statements: list[str] = []
    taken: list[float] = []
    monkeypatch.setattr(sqlite_together, "perf_counter", lambda: sum(taken))

    def trace(connection: Connection) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.set_trace_callback(statements.append)

    def add(connection: Connection, number: int) -> None:
        _add_fact(connection, f"{number}")
        taken.append(each_seconds)

    await world.database.write(trace)

    await _at_once(world.database, *(partial(add, number=number) for number in range(writes)))

    assert statements.count("COMMIT") == 2 + commits, "the one that turned the trace on, the busy one, and the others"
    assert len(await _facts(world.database)) == 1 + writes


async def test_of_writes_that_come_at_once_each_is_whole_by_itself(world: DatabaseWorld) -> None:
    """What fails halfway is undone and told to whoever asked; those before and after it are kept."""

    def fail(connection: Connection) -> None:
        _add_fact(connection, "half")
        raise Stop

    results = await _at_once(world.database, partial(_add_fact, name="before"), fail, partial(_add_fact, name="after"))

    assert [type(result) for result in results] == [type(None), Stop, type(None)]
    assert await _facts(world.database) == {"account_key", "before", "after"}


@sqlite_by_nature("a PRAGMA makes the COMMIT fail; test_postgres_faults.py has the server refuse one")
async def test_where_the_commit_fails_everybody_is_told(world: DatabaseWorld) -> None:
    """Nobody is told that something was kept which was not."""

    def break_the_commit(connection: Connection) -> None:
        connection.execute("PRAGMA defer_foreign_keys = 1")
        connection.execute("INSERT INTO predictions (prediction_id, job_id, n, state) VALUES (1, 'NONE', 1, 'queued')")

    results = await _at_once(world.database, partial(_add_fact, name="before"), break_the_commit)
    await world.database.write(_add_fact, "after")

    assert [type(result) for result in results] == [sqlite3.IntegrityError, sqlite3.IntegrityError]
    assert await _facts(world.database) == {"account_key", "after"}


@sqlite_by_nature("a file; test_postgres.py has a database of another program")
async def test_another_programs_database(tmp_path: Path) -> None:
    """A file with somebody else's tables is refused and stays byte for byte as it was."""
    path = tmp_path / "easel.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    before = path.read_bytes()

    with pytest.raises(UnusableDatabase, match="belongs to another program"):
        await SqliteDatabase.open(path)
    assert path.read_bytes() == before


@sqlite_by_nature("a file")
async def test_not_a_database(tmp_path: Path) -> None:
    """A file that is no database is refused in one sentence."""
    path = tmp_path / "easel.db"
    path.write_bytes(b"not a database, but long enough to be looked at" * 40)

    with pytest.raises(UnusableDatabase, match="cannot be used"):
        await SqliteDatabase.open(path)


async def test_reopening(tmp_path: Path) -> None:
    """What was committed is there after the next start, in the same file."""
    async with open_database_world(tmp_path) as first:
        await first.database.write(_add_fact, "kept")
    async with open_database_world(tmp_path) as second:
        facts = await _facts(second.database)

    assert "kept" in facts
