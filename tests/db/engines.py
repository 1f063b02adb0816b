"""Which database the tests run on: a SQLite file each, or each a PostgreSQL database of its own on a real server."""

from __future__ import annotations

import os
import re
import sqlite3
import uuid
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.db.connection import Connection
from bot.db.database import Database
from bot.db.invariants import violations
from bot.db.migrate import APPLICATION_ID, MIGRATIONS, migrations_in, statements
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_migrate import POSTGRESQL_MIGRATIONS, migrate
from bot.db.postgres_rows import Statements, adapt
from bot.db.postgres_session import Lock, Session, SessionTimeouts
from bot.db.sqlite import SqliteDatabase
from tests.db.server import SERVER, address

REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.DataError)
"""What either library raises where a constraint, a trigger or a column's type does not take a value."""

READ_ONLY = (sqlite3.OperationalError, psycopg.errors.ReadOnlySqlTransaction)
"""What either library raises where a transaction that reads is told to write."""

_NAME = "database"
_TEMPLATE = "easel_template"
_STRATEGIES_SINCE = 150000
_made: list[str] = []


def on_postgresql() -> bool:
    """Whether `pytest --database postgresql` has started a server."""
    return SERVER in os.environ


def sqlite_by_nature(reason: str) -> pytest.MarkDecorator:
    """Mark a test that has no meaning on PostgreSQL, and say why."""
    return pytest.mark.skipif(on_postgresql(), reason=f"SQLite by nature: {reason}")


def needs_postgresql(reason: str = "needs a server: pytest --database postgresql") -> pytest.MarkDecorator:
    """Mark a test that only PostgreSQL can pass."""
    return pytest.mark.skipif(not on_postgresql(), reason=reason)


async def open_in(folder: Path, after_commit: Callable[[Connection], None] | None = None) -> Database:
    """Open the database of a folder; the same folder again has the same database."""
    if on_postgresql():
        return await PostgresDatabase.open(url_in(folder), after_commit=after_commit)
    return await SqliteDatabase.open(folder / "easel.db", after_commit=after_commit)


def url_in(folder: Path) -> str:
    """The address of the PostgreSQL database of a folder, which is made where there is none."""
    known = folder / _NAME
    if not known.exists():
        folder.mkdir(parents=True, exist_ok=True)
        known.write_text(fresh_database())
    return address(known.read_text())


def fresh_database(template: str | None = None) -> str:
    """Make a database with all tables, or a copy of another one, and return its name."""
    source = _template() if template is None else template
    name = f"easel_{uuid.uuid4().hex}"
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        # Written to the log page by page, as is usual since PostgreSQL 15, a copy takes twice as long.
        by_file = "STRATEGY FILE_COPY" if server.info.server_version >= _STRATEGIES_SINCE else ""
        server.execute(f"CREATE DATABASE {name} TEMPLATE {source} {by_file}".encode())
    _made.append(name)
    return name


def empty_database() -> str:
    """Make a database without any table, and return its address."""
    name = f"easel_{uuid.uuid4().hex}"
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    _made.append(name)
    return address(name)


@contextmanager
def older_database(folder: Path, version: int) -> Generator[Callable[[str], list[Any]]]:
    """A database as an earlier version of the program left it; the block runs scripts on it, and reads its rows."""
    if on_postgresql():
        with psycopg.connect(empty_database(), autocommit=True) as server:

            def run(script: str) -> list[Any]:
                cursor = server.execute(script.encode())
                return cursor.fetchall() if cursor.description else []

            for number in range(1, version + 1):
                run(migration(number))
            yield run
        return
    with closing(sqlite3.connect(folder / "older.db")) as connection:
        for number in range(1, version + 1):
            connection.executescript(migration(number))
        yield lambda script: [row for each in statements(script) for row in connection.execute(each)]


def migration(number: int) -> str:
    """One numbered step of this database's migrations."""
    return migrations_in(POSTGRESQL_MIGRATIONS if on_postgresql() else MIGRATIONS)[number - 1].path.read_text()


def wait_briefly() -> str:
    """The statement with which a connection waits hardly at all for another writer."""
    return "SELECT set_config('lock_timeout', '10', false)" if on_postgresql() else "PRAGMA busy_timeout = 10"


@contextmanager
def another_writer(folder: Path) -> Generator[None]:
    """Another program that is in the middle of a write for as long as the block lasts."""
    if on_postgresql():
        with psycopg.connect(url_in(folder)) as other:
            other.execute(f"SELECT pg_advisory_xact_lock({APPLICATION_ID}, {Lock.WRITE.value})".encode())
            yield
            other.rollback()
        return
    with closing(sqlite3.connect(folder / "easel.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def damaged(folder: Path, statements: str) -> tuple[str, ...]:
    """Do damage to a folder's closed database, behind the program's back, and say which invariants see it."""
    if not on_postgresql():
        with closing(sqlite3.connect(folder / "easel.db")) as connection:
            connection.executescript(f"PRAGMA ignore_check_constraints = 1; {statements}")
            return violations(connection)
    # PostgreSQL has no switch for checks and takes no trigger's name without its table.
    statements = re.sub(r"DROP TRIGGER ((\w+?)_\w+)", r"DROP TRIGGER \1 ON \2", statements)
    switched_off = "ALTER TABLE admission_limits DROP CONSTRAINT admission_limits_check;"
    switched_off += "ALTER TABLE ledger DROP CONSTRAINT ledger_hold_id_fkey;"
    switched_off += "ALTER TABLE postings DROP CONSTRAINT postings_entry_id_fkey;"
    statements = switched_off + statements
    with psycopg.connect(url_in(folder), autocommit=True) as raw:
        adapt(raw.adapters)
        raw.execute(statements.encode())
        return violations(Statements(raw))


def drop_databases() -> None:
    """Drop what was made here since the last time."""
    if not _made:
        return
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        while _made:
            server.execute(f"DROP DATABASE IF EXISTS {_made.pop()} WITH (FORCE)".encode())


@cache
def _template() -> str:
    """A database with all tables; whichever process comes first makes it, the others wait."""
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(1)")
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_TEMPLATE,)).fetchone()
        if found is None:
            server.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0 ENCODING 'UTF8'".encode())
            session = Session(address(_TEMPLATE), SessionTimeouts())
            migrate(session, _TEMPLATE, "BEGIN", POSTGRESQL_MIGRATIONS, may_migrate=True)
            session.close()
    return _TEMPLATE
