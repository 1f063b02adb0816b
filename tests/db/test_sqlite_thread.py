"""Closing a file's connections: every thread is waited for, whoever is cancelled meanwhile."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from bot.db import sqlite
from bot.db.sqlite import SqliteDatabase
from bot.db.sqlite_thread import ConnectionThread
from tests.clocks import turns


async def test_a_close_that_is_cancelled_waits_for_its_thread() -> None:
    """However often: the thread's last word would find the loop closed."""
    inside, go_on = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        inside.set()
        assert go_on.wait(20)
        connection.execute("SELECT 1")

    thread = ConnectionThread(lambda: sqlite3.connect(":memory:", check_same_thread=False))
    await thread.start()
    working = asyncio.create_task(thread.run(work))
    await asyncio.to_thread(inside.wait, 20)
    closing = asyncio.create_task(thread.close())
    for _ in range(3):
        await turns()
        closing.cancel()
    await turns()
    is_waiting = not closing.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await working

    assert is_waiting


async def test_a_database_whose_close_is_cancelled_leaves_no_thread(tmp_path: Path) -> None:
    """Both connections are closed, the second as well as the one that was being closed."""
    database = await SqliteDatabase.open(tmp_path / "easel.db")
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    with pytest.raises(ValueError, match="no active connection"):
        await database.write(lambda connection: connection.execute("SELECT 1"))


async def test_a_database_whose_opening_is_cancelled_leaves_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does the connection stay that was open already."""
    opened: list[threading.Thread] = []
    inside, go_on = threading.Event(), threading.Event()

    def open_slowly(path: Path) -> sqlite3.Connection:
        opened.append(threading.current_thread())
        inside.set()
        assert go_on.wait(20)
        return sqlite3.connect(path, check_same_thread=False)

    def migrated(*_: object, **__: object) -> None:
        opened.append(threading.current_thread())

    monkeypatch.setattr(sqlite, "migrate", migrated)
    monkeypatch.setattr(sqlite, "_open_reader", open_slowly)
    opening = asyncio.create_task(SqliteDatabase.open(tmp_path / "easel.db"))
    await asyncio.to_thread(inside.wait, 20)
    opening.cancel()
    await turns()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await opening
    writer, reader = opened
    for thread in (writer, reader):
        await asyncio.to_thread(thread.join, 5)

    assert not writer.is_alive()
    assert not reader.is_alive()
