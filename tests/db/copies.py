"""Fresh SQLite databases as copies of one that was migrated: the migrations take twenty times as long as a copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock

import pytest

from bot.db import sqlite
from bot.db.migrate import MIGRATIONS, adopt_file, migrate

_one_at_a_time = Lock()


def copy_instead(patch: pytest.MonkeyPatch, true: Callable[..., None] = migrate) -> None:
    """Let a new database be filled from the copy; one with tables, or with other migrations, is migrated as ever."""

    def fill(
        connection: sqlite3.Connection, path: Path, folder: Path = MIGRATIONS, *, may_migrate: bool = True
    ) -> None:
        is_new = connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()[0] == 0
        if is_new and may_migrate and folder == MIGRATIONS:
            with _one_at_a_time:
                _migrated().backup(connection)
        else:
            true(connection, path, folder, may_migrate=may_migrate)

    patch.setattr(sqlite, "migrate", fill)


@cache
def _migrated() -> sqlite3.Connection:
    """A database in memory that went through all migrations."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    adopt_file(connection, Path(":memory:"))
    migrate(connection, Path(":memory:"))
    return connection
