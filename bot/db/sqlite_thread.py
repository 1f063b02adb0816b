"""A connection to SQLite with a thread of its own, which takes whole functions and is waited for at its end."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")

_ROWS_AT_ONCE = 64  # of aiosqlite's own cursors, which we do not use


class ConnectionThread(aiosqlite.Connection):
    """An aiosqlite connection that takes a whole function as one item of its queue.

    What its thread has to say goes to the loop that asked. So nobody goes before its last word: it would find the loop
    closed, and end with an error that nobody can handle.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        """`connector` opens the connection, on the thread."""
        super().__init__(connector, _ROWS_AT_ONCE)

    async def start(self) -> None:
        """Open the connection; if that fails, wait for the thread."""
        try:
            await self
        except BaseException:
            await _to_its_end(asyncio.to_thread(self._thread.join))
            raise

    async def close(self) -> None:
        """Finish what is queued, close the connection and end the thread, even if the caller is cancelled meanwhile."""
        await _to_its_end(super().close())

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` to its end even if the caller is cancelled meanwhile.

        The queue is the library's own. Its `_execute` would do the same, but to shield it from the caller it would have
        to be a task, which costs two more turns of the loop than the future that is all the worker needs.
        """
        connection = self._conn
        if not self._running:
            message = "the database is closed"
            raise ValueError(message)
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        item = (done, partial(work, connection))
        self._tx.put_nowait(item)  # pyright: ignore[reportUnknownMemberType] - half typed in aiosqlite
        return await done


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work to its end; a cancellation that comes meanwhile goes on afterwards."""
    doing = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not doing.done():
        try:
            await asyncio.shield(doing)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
