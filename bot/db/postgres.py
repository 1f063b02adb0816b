"""PostgreSQL as the engine: writes one after the other over one connection, reads beside them over others.

A write begins with one advisory lock, as SQLite's begins with BEGIN IMMEDIATE, so that no two run at once whichever
process they are of. All of a process's writes go over the same connection (`PostgresDatabase.open(alone=True)` has it
hold `Lock.RUN` as well): who loses the connection loses the lock, and cannot write without it. So one worker leads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import ParamSpec, TypeVar

import psycopg

from bot.db.connection import Connection
from bot.db.database import (
    BadBackup,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseReadOnly,
    DiskFull,
    OutcomeUnknown,
    UnusableDatabase,
    Work,
)
from bot.db.giving_up import Wanted, in_time
from bot.db.migrate import APPLICATION_ID
from bot.db.postgres_errors import is_damage, outage_of, reason
from bot.db.postgres_lanes import Lane
from bot.db.postgres_lead import Lead
from bot.db.postgres_migrate import POSTGRESQL_MIGRATIONS, migrate
from bot.db.postgres_session import LEADING, PATIENT, Lock, Session, SessionTimeouts
from bot.db.postgres_witness import FORGET_OLD, KEPT, UNDONE, Witness
from bot.db.url import shown

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
_ASK_AGAIN_SECONDS = 0.5

_LOCK = f"SELECT pg_advisory_xact_lock({APPLICATION_ID}, {Lock.WRITE.value})"
_WRITE = f"BEGIN; {_LOCK}"
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresDatabase:
    """One database on a server: a connection that writes and some that read, each used by one thread at a time."""

    def __init__(self, url: str, writer: Session, after_commit: Callable[[Connection], None] | None) -> None:
        self.name = shown(url)
        self._url = url
        self._after_commit = after_commit
        self._closing = Event()
        self._writer = Lane([writer])
        self._witness = Witness()
        self._readers = Lane([Session(url, SessionTimeouts()) for _ in range(READERS)])
        self._lead: Lead | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        migrations: Path = POSTGRESQL_MIGRATIONS,
        may_migrate: bool = True,
        alone: bool = False,
        after_commit: Callable[[Connection], None] | None = None,
    ) -> PostgresDatabase:
        """Open a database, making or migrating its tables where needed.

        `alone` has the writing connection hold the lock of the one bot that leads. `after_commit` runs on the writer's
        thread after every commit; tests check the invariants there.

        Raises:
            UnusableDatabase: not ours, newer than this program, out of reach, or (without `may_migrate`) older.
            DatabaseInUse: `alone` was asked, and another bot runs on it.
            DiskFull: there is no room to make or migrate it.
        """
        writer = Session(url, LEADING, Lock.RUN) if alone else Session(url, SessionTimeouts())
        database = cls(url, writer, after_commit)
        prepare = partial(migrate, name=database.name, begin=_WRITE, folder=migrations, may_migrate=may_migrate)
        try:
            await database._writer.run(prepare)
            if alone:
                await database._writer.run(_begin_term)
                database._lead = Lead(partial(database._writer.run, Session.ping))
        except BaseException as error:
            await database.close()
            if isinstance(error, psycopg.Error):
                if isinstance(outage := outage_of(error), DiskFull):
                    raise outage from error
                raise UnusableDatabase(f"The database {database.name} cannot be used: {reason(error)}.") from error
            raise
        return database

    async def close(self) -> None:
        """Finish what is queued and close every connection."""
        self._closing.set()
        if self._lead is not None:
            await self._lead.close()
        await self._readers.close()
        await self._writer.close()

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one transaction that may write; either the server keeps all of it when this returns, or none of it.

        Raises:
            DiskFull: the server has no room; nothing of it was kept.
            DatabaseReadOnly: the server takes no writes; nothing of it was kept.
            DatabaseBusy: somebody else writes, it is out of reach, or who asked cannot wait; nothing was kept.
            OutcomeUnknown: it went out of reach during COMMIT, and nobody can tell.
            BaseException: whatever `work` raised, after a rollback.
        """
        bound = _bound(work, *args, **kwargs)
        return await in_time(lambda wanted: self._writer.run(partial(self._transaction, wanted, bound)))

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run queries that all see the same committed state, without waiting for writers.

        Raises:
            DatabaseBusy: it is out of reach, or whoever asked cannot wait.
        """
        bound = _bound(work, *args, **kwargs)
        return await in_time(lambda wanted: self._readers.run(partial(_snapshot, partial(_if_wanted, wanted, bound))))

    async def aside(self, work: Callable[[Connection], T]) -> T:
        """Run long work that only reads on a connection of its own: neither writers nor readers wait for it.

        Raises:
            DatabaseBusy: it is out of reach.
            DatabaseDamaged: what is kept cannot be read.
        """
        lane = Lane([Session(self._url, PATIENT)])
        try:
            return await lane.run(partial(_snapshot, work))
        except psycopg.Error as error:
            if is_damage(error):
                raise DatabaseDamaged(reason(error)) from error
            raise
        finally:
            await lane.close()

    async def lead_lost(self) -> None:
        """Return once another worker leads, or may because the server has not been heard for two minutes."""
        await (asyncio.Event() if self._lead is None else self._lead.is_lost).wait()

    async def checkpoint(self) -> None:
        """Do nothing: how long the server keeps what was deleted, in pages, logs and copies, is its operator's."""

    async def backup(self, target: Path) -> None:
        """Refuse, and say which program copies a PostgreSQL database.

        Raises:
            BadBackup: always.
        """
        raise BadBackup(
            f"A PostgreSQL database is copied by the server's own program: pg_dump --format=custom --file={target} "
            "with your DATABASE_URL as its last word.",
            advice="Copy the folder of images after it, and restore with pg_restore.",
        )

    def _transaction(self, wanted: Wanted, work: Callable[[Connection], T], session: Session) -> T:
        try:
            return self._kept(wanted, work, session)
        except DatabaseReadOnly:
            # Perhaps a copy of the books: the next connection may lead to the server that took this one's place.
            session.close()
            raise

    def _kept(self, wanted: Wanted, work: Callable[[Connection], T], session: Session) -> T:
        with _outages():
            wanted.check()
            session.begin(f"{_WRITE}; {self._witness.next_note()}")
            try:
                result = wanted.around(work)(session.statements)
            except BaseException:
                session.roll_back()
                raise
            self._commit(session)
            if self._after_commit is not None:
                self._after_commit(session.statements)
        return result

    def _commit(self, session: Session) -> None:
        try:
            session.commit()
        except psycopg.Error as error:
            is_lost = session.is_lost
            session.roll_back()
            if not is_lost:
                raise
            if not self._was_kept():
                raise DatabaseBusy from error

    def _was_kept(self) -> bool:
        """Ask about a COMMIT whose answer was lost until a server says what became of it.

        Nothing could be written meanwhile. The lock is asked for first: the lost connection's transaction has ended, in
        whichever way, once it is free.

        Raises:
            OutcomeUnknown: nobody could be asked before we are closing, or it is a server for others by now.
        """
        session = Session(self._url, SessionTimeouts())
        try:
            while not self._closing.wait(_ASK_AGAIN_SECONDS):
                try:
                    answer = session.begin(f"{_WRITE}; {self._witness.question}")
                except (psycopg.OperationalError, DatabaseBusy):
                    session.roll_back()
                    continue
                except psycopg.Error as error:
                    raise OutcomeUnknown from error
                session.roll_back()
                if answer in {KEPT, UNDONE}:
                    return answer == KEPT
            raise OutcomeUnknown
        finally:
            session.close()


def _begin_term(session: Session) -> None:
    session.begin(f"{_WRITE}; {FORGET_OLD}")
    try:
        session.begin_term()
        session.commit()
    finally:
        session.roll_back()


def _bound(work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[Connection], T]:
    return lambda connection: work(connection, *args, **kwargs)


def _if_wanted(wanted: Wanted, work: Callable[[Connection], T], connection: Connection) -> T:
    wanted.check()
    return work(connection)


def _snapshot(work: Callable[[Connection], T], session: Session) -> T:
    with _outages(reads=True):
        session.begin(_READ)
        try:
            return work(session.statements)
        finally:
            session.roll_back()


@contextmanager
def _outages(*, reads: bool = False) -> Generator[None]:
    try:
        yield
    except psycopg.Error as error:
        outage = outage_of(error)
        # Who reads and is refused a write has made a mistake.
        if outage is None or (reads and isinstance(outage, DatabaseReadOnly)):
            raise
        raise outage from error
