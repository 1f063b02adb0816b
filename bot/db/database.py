"""The Protocol of a database engine, and `@reads` and `@writes`, which make a store's method a transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import CoroutineType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar

from bot import texts
from bot.db.connection import Connection
from bot.domain.errors import OperatorError, Unavailable

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound="Store")
Work: TypeAlias = Callable[Concatenate[Connection, P], T]
"""One transaction: a synchronous function of the connection. It never commits, and nothing else runs meanwhile."""


class UnusableDatabase(OperatorError):
    """A database that this program must not or cannot use; its sentence is for the operator."""


class DatabaseEmpty(UnusableDatabase):
    """It has no tables yet, and whoever asked may not make them."""


class DatabaseInUse(UnusableDatabase):
    """Another bot runs on it."""


class BadBackup(OperatorError):
    """A copy that was not made, or must not be relied on; its sentence is for the operator."""


class DiskFull(Unavailable):
    """Nothing can be written at the moment; whatever was being written is undone as a whole."""

    def __init__(self) -> None:
        super().__init__(texts.errors.DISK_FULL)


class DatabaseReadOnly(Unavailable):
    """The file, or the file system that it lies on, lets nobody write any more; whatever was written is undone."""

    def __init__(self) -> None:
        super().__init__(texts.errors.READ_ONLY)


class DatabaseBusy(Unavailable):
    """Another program keeps the database to itself, or it cannot be reached; whatever was written is undone."""

    def __init__(self) -> None:
        super().__init__(texts.errors.BUSY)


class OutcomeUnknown(Unavailable):
    """The database did not answer whether it kept a transaction: all of it is there, or nothing."""

    def __init__(self) -> None:
        super().__init__(texts.errors.OUTCOME_UNKNOWN)


class LostLead(Unavailable):
    """Another worker leads now, or may: this one writes nothing any more, and has to begin anew."""

    def __init__(self) -> None:
        super().__init__(texts.errors.LOST_LEAD)


class DatabaseDamaged(Exception):
    """What is kept cannot be read back; the sentence is the engine's own."""


class Database(Protocol):
    """An open database. Each engine implements this; everything else in `bot.db` is the same for all."""

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one transaction that may write; it is stored whole and durably when this returns, or not at all.

        A cancelled caller cannot tear it: the work goes on to its end, only nobody waits for it any more. No two writes
        run at the same time.

        Raises:
            DiskFull: there was no room; nothing of it was kept.
            DatabaseReadOnly: it may not be written; nothing of it was kept.
            DatabaseBusy: somebody else holds it, it is out of reach, or whoever asked cannot wait; nothing was kept.
            OutcomeUnknown: it went out of reach while it was asked to keep it, and may have done so.
            BaseException: whatever `work` raised, after a rollback.
        """
        ...

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run queries that all see the same committed state, without waiting for writers.

        Raises:
            DatabaseBusy: it is out of reach, or whoever asked cannot wait.
        """
        ...

    async def aside(self, work: Callable[[Connection], T]) -> T:
        """Run long work that only reads as `read` does, on a connection of its own: nobody waits for it.

        Raises:
            DatabaseDamaged: what is kept cannot be read.
        """
        ...

    async def checkpoint(self) -> None:
        """Have nothing that was erased left where the engine keeps what it wrote last."""
        ...

    async def backup(self, target: Path) -> None:
        """Copy everything to a new file while the database is in use, and check the copy.

        It holds every transaction that was committed before the call, and takes its name only when it has passed.

        Raises:
            BadBackup: the copy did not pass its checks, or the file exists already.
            DiskFull: there is no room for it.
        """
        ...

    async def lead_lost(self) -> None:
        """Return once this process may write nothing any more; never where nobody else can take its place.

        A database that was opened for whoever leads (`alone`) is another's from then on.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close every connection."""
        ...


class Store:
    """What every store is made of: the database that it keeps its rows in."""

    def __init__(self, database: Database) -> None:
        self.database = database


def reads(work: Callable[Concatenate[S, Connection, P], T]) -> Callable[Concatenate[S, P], CoroutineType[Any, Any, T]]:
    """Make a store's method one transaction that only reads: it is awaited, and called without the connection."""

    @wraps(work)
    async def transaction(store: S, *args: P.args, **kwargs: P.kwargs) -> T:
        return await store.database.read(lambda connection: work(store, connection, *args, **kwargs))

    return transaction


def writes(work: Callable[Concatenate[S, Connection, P], T]) -> Callable[Concatenate[S, P], CoroutineType[Any, Any, T]]:
    """Make a store's method one transaction that may write: all of it is kept, or nothing."""

    @wraps(work)
    async def transaction(store: S, *args: P.args, **kwargs: P.kwargs) -> T:
        return await store.database.write(lambda connection: work(store, connection, *args, **kwargs))

    return transaction
