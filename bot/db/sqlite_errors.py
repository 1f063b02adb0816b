"""What SQLite's result codes mean: disk full, no permission, busy, damaged."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bot.db.database import DatabaseBusy, DatabaseReadOnly, DiskFull, UnusableDatabase
from bot.domain.errors import Unavailable

# "The result codes of SQLite" (sqlite.org/rescode.html): a full disk shows as FULL, or as a failed write or sync when a
# quota or a file size limit stands in the way.
_NO_SPACE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
# Primary codes of what passes by itself, or when an operator has seen to it.
_OUT_OF_REACH = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR})
_NOT_WRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# The low byte of an extended code is its primary one.
_PRIMARY = 0xFF


def is_no_space(error: sqlite3.Error) -> bool:
    """Whether there was no room to write."""
    return getattr(error, "sqlite_errorcode", None) in _NO_SPACE


def outage_of(error: sqlite3.Error, path: Path) -> Unavailable | None:
    """Say which outage an error is, None where it is a mistake of ours.

    SQLite reports a write that the system refused in the same way whether there was no room or no right to write.
    """
    primary = _primary(error)
    if primary in _NOT_WRITABLE or (primary == sqlite3.SQLITE_IOERR and not _may_write(path)):
        return DatabaseReadOnly()
    if is_no_space(error):
        return DiskFull()
    return DatabaseBusy() if primary in _OUT_OF_REACH else None


def _may_write(path: Path) -> bool:
    """Whether the system lets us write to the database and its log: not on a file system that is mounted read-only."""
    return all(os.access(each, os.W_OK) for each in (path, path.with_name(f"{path.name}-wal")) if each.exists())


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def is_damage(error: sqlite3.Error) -> bool:
    """Whether what is in the file cannot be read back."""
    return _primary(error) in _DAMAGED


@contextmanager
def readable(path: Path) -> Generator[None]:
    """For a block that reads all of a file: what cannot be read back is told in a sentence for the operator.

    Raises:
        UnusableDatabase: it is damaged, or holds text that is none.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise UnusableDatabase(
            f"The database {path} cannot be read to its end ({error}); put a copy in its place first."
        ) from error
