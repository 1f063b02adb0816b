"""What PostgreSQL's error codes mean: disk full, no permission, out of reach, damaged."""

from __future__ import annotations

import psycopg
from psycopg import errors

from bot.db.database import DatabaseBusy, DatabaseReadOnly, DiskFull
from bot.domain.errors import Unavailable

# "PostgreSQL Error Codes" (postgresql.org/docs/current/errcodes-appendix.html), by their classes and by name.
_NOT_WRITABLE = (errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege)
_OUT_OF_REACH_CLASSES = frozenset(
    {
        "08",  # connection exception
        "28",  # may not come in
        "40",  # deadlock: somebody else's, as our writes take one lock first
        "53",  # out of memory, of connections
        "57",  # shut down, starting up, cancelled by a timeout
        "58",  # the disk fails
    }
)
_OUT_OF_REACH = (errors.LockNotAvailable, errors.IdleInTransactionSessionTimeout)
_DAMAGED = (errors.DataCorrupted, errors.IndexCorrupted)


def outage_of(error: psycopg.Error) -> Unavailable | None:
    """Say which outage an error is, None where it is a mistake of ours."""
    if isinstance(error, errors.DiskFull):
        return DiskFull()
    if isinstance(error, _NOT_WRITABLE):
        return DatabaseReadOnly()
    if isinstance(error, _OUT_OF_REACH) or (error.sqlstate or "")[:2] in _OUT_OF_REACH_CLASSES:
        return DatabaseBusy()
    # The server said nothing: the connection is gone, or never was.
    is_silence = error.sqlstate is None and isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
    return DatabaseBusy() if is_silence else None


def is_damage(error: psycopg.Error) -> bool:
    """Whether what is kept cannot be read back."""
    return isinstance(error, _DAMAGED)


def reason(error: psycopg.Error) -> str:
    """The first line of what the library says, which names no password."""
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
