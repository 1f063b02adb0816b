"""The SQLite engine: one file, one thread, one transaction at a time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeAlias, TypeVar

from bot.db.database import DatabaseDamaged, DiskFull, UnusableDatabase
from bot.db.giving_up import in_time
from bot.db.migrate import MIGRATIONS, adopt_file, migrate
from bot.db.sqlite_backup import back_up
from bot.db.sqlite_errors import is_damage, is_no_space, outage_of
from bot.db.sqlite_thread import ConnectionThread
from bot.db.sqlite_together import WaitingWrite, keep_together

P = ParamSpec("P")
T = TypeVar("T")
Work: TypeAlias = Callable[Concatenate[sqlite3.Connection, P], T]
"""What `bot.db.database.Work` is, and besides that whatever needs SQLite's own connection."""

BUSY_TIMEOUT_SECONDS = 5.0
_WAL_KEPT_BYTES = 16 * 1024 * 1024
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # FULL, not NORMAL: a hold or a submit that was acknowledged must survive a power failure as well.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is written over with zeros: a member's words do not live on in free pages.
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}",
)


class SqliteDatabase:
    """One database file: a connection that writes and one that reads, each with a thread of its own.

    All that a write does happens in one call on the writer's thread, from BEGIN to COMMIT. A cancelled caller cannot
    leave a transaction open: the work goes on to its end, only nobody waits for it any more. Those that come while the
    thread is busy are committed together.
    """

    def __init__(
        self,
        path: Path,
        writer: ConnectionThread,
        reader: ConnectionThread,
        after_commit: Callable[[sqlite3.Connection], None] | None,
    ) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._after_commit = after_commit
        self._waiting: deque[WaitingWrite[Any]] = deque()

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        migrations: Path = MIGRATIONS,
        may_migrate: bool = True,
        after_commit: Callable[[sqlite3.Connection], None] | None = None,
    ) -> Self:
        """Open a database, making or migrating it where needed.

        `after_commit` runs on the writer's thread after every commit; tests check the invariants there.

        Raises:
            UnusableDatabase: not ours, newer than this program, damaged, or (without `may_migrate`) older.
            DiskFull: there is no room to make or migrate it.
        """
        writer = ConnectionThread(partial(_open_writer, path, migrations, may_migrate=may_migrate))
        reader = ConnectionThread(partial(_open_reader, path))
        try:
            await writer.start()
            await reader.start()
        except BaseException as error:
            await writer.close()
            if not isinstance(error, sqlite3.Error):
                raise
            if is_no_space(error):
                raise DiskFull from error
            raise UnusableDatabase(f"The database {path} cannot be used: {error}.") from error
        return cls(path, writer, reader, after_commit)

    async def close(self) -> None:
        """Finish what is queued and close both connections, even if the caller is cancelled meanwhile."""
        try:
            await self._reader.close()
        finally:
            await self._writer.close()

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one transaction that may write; either all of it is on the disk when this returns, or none of it.

        Raises:
            DiskFull: there was no room; nothing of it was kept.
            DatabaseReadOnly: the file may not be written; nothing of it was kept.
            DatabaseBusy: somebody else holds the database, its disk fails, or who asked cannot wait; nothing was kept.
            BaseException: whatever `work` raised, after a rollback.
        """
        bound = _bound(work, *args, **kwargs)
        return await in_time(lambda wanted: self._keep(wanted.around(bound)))

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run queries that all see the same committed state, without waiting for writers."""
        return await in_time(lambda _: self._reader.run(_snapshot(_bound(work, *args, **kwargs))))

    async def checkpoint(self) -> None:
        """Bring everything from the write-ahead log into the file and empty the log, as far as no reader needs it."""
        await self._writer.run(_checkpoint)

    async def lead_lost(self) -> None:
        """Never return: the lock beside the file is ours for as long as this process lives."""
        await asyncio.Event().wait()

    async def aside(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run long work that only reads on a connection of its own: neither writers nor readers wait for it.

        Raises:
            DatabaseDamaged: the file cannot be read.
        """
        return await self._aside(_snapshot(work))

    async def backup(self, target: Path) -> None:
        """Copy the database to a new file while it is in use, and check the copy.

        The copy is written beside its name and takes it only when it has passed; it holds every transaction that
        was committed before the call.

        Raises:
            BadBackup: the copy did not pass its checks, or the file exists already.
            DiskFull: there is no room for it.
        """
        await self._aside(partial(back_up, target))

    async def _aside(self, work: Callable[[sqlite3.Connection], T]) -> T:
        source = ConnectionThread(partial(_open_reader, self.path))
        await source.start()
        try:
            return await source.run(work)
        except sqlite3.Error as error:
            if is_no_space(error):
                raise DiskFull from error
            if is_damage(error):
                raise DatabaseDamaged(str(error)) from error
            raise
        finally:
            await source.close()

    async def _keep(self, work: Callable[[sqlite3.Connection], T]) -> T:
        asked = WaitingWrite(work)
        self._waiting.append(asked)
        await self._writer.run(partial(self._keep_asked, asked))
        return asked.answer()

    def _keep_asked(self, asked: WaitingWrite[T], connection: sqlite3.Connection) -> None:
        """Keep it, together with those that wait behind it, unless it was kept with one before it."""
        if asked.is_done:
            return
        if len(self._waiting) > 1:
            keep_together(self._waiting, connection, self.path)
            if self._after_commit is not None:
                self._after_commit(connection)
            return
        self._waiting.popleft()
        asked.was_done(self._transaction(asked.work, connection))

    def _transaction(self, work: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
        try:
            connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException as error:
            # SQLite itself rolls back when the disk is full; a second ROLLBACK would be an error.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error) and (outage := outage_of(error, self.path)) is not None:
                raise outage from error
            raise
        if self._after_commit is not None:
            self._after_commit(connection)
        return result


def _checkpoint(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _bound(work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[sqlite3.Connection], T]:
    return lambda connection: work(connection, *args, **kwargs)


def _snapshot(work: Callable[[sqlite3.Connection], T]) -> Callable[[sqlite3.Connection], T]:
    def reading(connection: sqlite3.Connection) -> T:
        connection.execute("BEGIN")
        try:
            return work(connection)
        finally:
            connection.execute("ROLLBACK")

    return reading


def _open_writer(path: Path, migrations: Path, *, may_migrate: bool) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(path)
    try:
        adopt_file(connection, path)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        migrate(connection, path, migrations, may_migrate=may_migrate)
    except BaseException:
        connection.close()
        raise
    return connection


def _open_reader(path: Path) -> sqlite3.Connection:
    connection = _connect(path)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = 1")
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    """`isolation_level=None`: Python's sqlite3 opens no transactions by itself; each begins where it can be read."""
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection
