"""Brings a database file to the tables that this program knows: numbered SQL files, each one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.db.database import UnusableDatabase

MIGRATIONS = Path(__file__).parent / "migrations"
APPLICATION_ID = 0x4561736C
"""`Easl` in ASCII; stands in the file's header, so that no other program's database is ever written to."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step: the file `0007_more_words.sql` brings a database to version 7."""

    version: int
    path: Path


def migrations_in(folder: Path) -> tuple[Migration, ...]:
    """The steps in a folder, in order.

    Raises:
        ValueError: the numbers do not run 1, 2, 3 without a gap.
    """
    steps = tuple(Migration(int(path.name.split("_", 1)[0]), path) for path in sorted(folder.glob("*.sql")))
    if [step.version for step in steps] != list(range(1, len(steps) + 1)):
        message = f"migrations in {folder} are not numbered 1, 2, 3 …"
        raise ValueError(message)
    return steps


def adopt_file(connection: sqlite3.Connection, path: Path) -> None:
    """Make sure that the file is ours, marking an empty one.

    Raises:
        UnusableDatabase: it belongs to another program.
    """
    if _pragma(connection, "application_id") == APPLICATION_ID:
        return
    tables = connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()[0]
    if tables or _pragma(connection, "application_id") or _pragma(connection, "user_version"):
        raise UnusableDatabase(f"The database {path} belongs to another program; give Easel a file of its own.")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def migrate(connection: sqlite3.Connection, path: Path, folder: Path = MIGRATIONS, *, may_migrate: bool = True) -> None:
    """Apply every step that the file has not seen, after a copy of it as `<name>.before-<version>`.

    Raises:
        UnusableDatabase: the file is newer than this program, or older and `may_migrate` is false.
    """
    steps = migrations_in(folder)
    version = _pragma(connection, "user_version")
    if version > len(steps):
        raise UnusableDatabase(
            f"The database {path} is of version {version}, newer than this program, which knows {len(steps)}: "
            "start the newer Easel, or restore the copy from before the upgrade."
        )
    pending = steps[version:]
    if pending and not may_migrate:
        raise UnusableDatabase(
            f"The database {path} is of version {version}, this program needs {len(steps)}: run `easel migrate` first."
        )
    if pending and version:
        _copy(connection, path.with_name(f"{path.name}.before-{len(steps)}"))
    if pending:
        _apply_all(connection, pending)


def statements(script: str) -> Iterator[str]:
    """Split a script into its statements; those of a trigger's body stay together.

    Raises:
        ValueError: the last statement is not finished.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    rest = [line for line in statement.splitlines() if line.strip() and not line.lstrip().startswith("--")]
    if rest:
        message = f"unfinished statement: {rest[0]}"
        raise ValueError(message)


def _apply_all(connection: sqlite3.Connection, pending: Sequence[Migration]) -> None:
    """Apply the steps with foreign keys unguarded: a table that is made anew is missing for a moment."""
    guarded = _pragma(connection, "foreign_keys")
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        for step in pending:
            _apply(connection, step)
    finally:
        connection.execute(f"PRAGMA foreign_keys = {guarded}")


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster between our look and our lock.
        if _pragma(connection, "user_version") < step.version:
            for statement in statements(step.path.read_text(encoding="utf-8")):
                connection.execute(statement)
            _refuse_dangling(connection, step)
            connection.execute(f"PRAGMA user_version = {step.version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _refuse_dangling(connection: sqlite3.Connection, step: Migration) -> None:
    dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    if dangling is not None:
        message = f"{step.path.name} leaves rows of {dangling[0]} that refer to nothing"
        raise ValueError(message)


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished)) as copy:
        connection.backup(copy)
    unfinished.replace(target)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
