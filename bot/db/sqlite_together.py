"""Group commit for SQLite: writes that arrive together share one commit, each in a savepoint of its own."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, Generic, TypeVar

from bot.db.sqlite_errors import outage_of

T = TypeVar("T")

MOST_TOGETHER = 32
LONGEST_SECONDS = 0.005
"""Nobody is added any more who would have the first wait longer than this for the COMMIT."""


class WaitingWrite(Generic[T]):
    """One transaction that waits for its turn, and then what came of it."""

    def __init__(self, work: Callable[[sqlite3.Connection], T]) -> None:
        self.work = work
        self.is_done = False
        self._result: T | None = None
        self._error: BaseException | None = None

    def was_done(self, result: T) -> None:
        """Its work is done; it is kept once the transaction is committed."""
        self.is_done, self._result = True, result

    def failed(self, error: BaseException, path: Path) -> None:
        """Nothing of it is kept."""
        outage = outage_of(error, path) if isinstance(error, sqlite3.Error) else None
        if outage is not None:
            outage.__cause__ = error
        self.is_done, self._error = True, outage or error

    def answer(self) -> T:
        """What its work returned, or raised."""
        if self._error is not None:
            raise self._error
        return self._result  # pyright: ignore[reportReturnType] - set with `is_done`


def keep_together(waiting: deque[WaitingWrite[Any]], connection: sqlite3.Connection, path: Path) -> None:
    """Do what waits, as much as a short while allows, in one transaction with a savepoint around each.

    One that fails is undone by itself. Where the whole transaction fails, nothing is kept, and all are told.
    """
    began, group = perf_counter(), [waiting.popleft()]
    try:
        connection.execute("BEGIN IMMEDIATE")
        _do(group[0], connection, path)
        while waiting and len(group) < MOST_TOGETHER and perf_counter() - began < LONGEST_SECONDS:
            group.append(waiting.popleft())
            _do(group[-1], connection, path)
        connection.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - each is told
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for each in group:
            each.failed(error, path)


def _do(asked: WaitingWrite[Any], connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("SAVEPOINT asked")
    try:
        asked.was_done(asked.work(connection))
    except BaseException as error:
        # SQLite itself rolls everything back when the disk is full: then all fail, and none is kept.
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO asked")
        asked.failed(error, path)
    connection.execute("RELEASE asked")
