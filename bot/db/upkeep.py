"""The operator's desk: checks of the accounts, and copies of the database made while it is in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.db.database import Store, snapshot
from bot.db.invariants import violations
from bot.domain.errors import EaselError

# "The result codes of SQLite" (sqlite.org/rescode.html): the low byte of an extended code is its primary one.
_PRIMARY_CODE = 0xFF
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class BadBackup(EaselError):
    """A copy that must not be relied on; its sentence is for the operator."""

    title = "I can't vouch for that backup"
    money = ""


class SqliteUpkeepStore(Store):
    """The upkeep store in SQLite."""

    async def violations(self) -> tuple[str, ...]:
        """See `UpkeepStore.violations`; they read every entry there is, on a connection of their own."""
        try:
            return await self._database.aside(snapshot(violations))
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE not in _DAMAGED:
                raise
            return (f"the file can be read: {error}",)

    async def backup(self, target: Path) -> None:
        """See `UpkeepStore.backup`.

        The copy is written beside its name and takes it only when it has passed; it holds every transaction that
        was committed before the call.
        """
        await self._database.aside(_copier(target))


def _copier(target: Path) -> Callable[[sqlite3.Connection], None]:
    def copy(connection: sqlite3.Connection) -> None:
        if target.exists():
            raise BadBackup(f"There is a file {target} already.", advice="Choose another name.")
        unfinished = target.with_name(f"{target.name}.part")
        unfinished.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(unfinished)) as made:
                connection.backup(made)
                _check(made)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)

    return copy


def _check(made: sqlite3.Connection) -> None:
    integrity: str = made.execute("PRAGMA integrity_check").fetchone()[0]
    broken = [*violations(made)] if integrity == "ok" else [integrity]
    if broken:
        raise BadBackup(f"The copy is not sound: {broken[0]}.")
