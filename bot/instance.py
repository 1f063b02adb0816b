"""One running bot per database: a lock that is released however the process ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bot.db.database import DatabaseInUse
from bot.domain.errors import OperatorError

EXIT_ALREADY_RUNNING = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""

_LOCKED_BYTE = 1 << 30
"""Windows locks bytes, and keeps others from reading them: this one lies far behind the number that the file holds."""

# Each takes the lock for as long as the descriptor is open, and raises an OSError where another process has it.
if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class AlreadyRunning(Exception):
    """Another process holds this database; carries the sentence for the operator."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UnusableFolder(OperatorError):
    """The database's folder cannot be made or written to; the sentence is for the operator."""


@contextmanager
def only_bot(database: Path | None) -> Generator[None]:
    """Be the only bot on a database for the block; on PostgreSQL (None) the database itself has the lock.

    Raises:
        AlreadyRunning: another one runs on it.
        UnusableFolder: the lock's file cannot be made there.
    """
    if database is not None:
        with only_instance(database):
            yield
        return
    try:
        yield
    except DatabaseInUse as error:
        raise AlreadyRunning(error.sentence) from error


@contextmanager
def only_instance(database: Path) -> Generator[None]:
    """Hold the lock of this database for the block; makes the folder if it is missing.

    The file stays behind on purpose: removing it would let two processes lock two files of the same name.

    Raises:
        AlreadyRunning: at once, without waiting.
        UnusableFolder: the lock's file cannot be made there.
    """
    path = database.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UnusableFolder(f"The folder {path.parent} cannot hold the database: {error.strerror}.") from error
    try:
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError):  # the latter on Windows
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
            raise AlreadyRunning(
                f"Another Easel (process {holder or 'unknown'}) already runs on {database}; "
                "stop it first, or give this one its own DATABASE_URL."
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
