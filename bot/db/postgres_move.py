"""Copies a SQLite database into an empty PostgreSQL database in one transaction, and compares every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from hashlib import sha256
from typing import Any, NoReturn

import psycopg
from psycopg import sql

from bot.db.connection import Connection
from bot.db.invariants import violations
from bot.db.migrate import APPLICATION_ID
from bot.db.postgres_errors import reason
from bot.db.postgres_migrate import make_tables
from bot.db.postgres_rows import Raw
from bot.db.postgres_session import PATIENT, Lock, Session
from bot.db.url import shown
from bot.domain.errors import OperatorError

_BEGIN = f"BEGIN; SELECT pg_advisory_xact_lock({APPLICATION_ID}, {Lock.WRITE.value})::text"
_AT_ONCE = 2_000

TABLES = """
SELECT name FROM pragma_table_list
WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name
"""
"""The tables of the SQLite file, by name."""

_PARENTS = 'SELECT DISTINCT "table" AS parent FROM pragma_foreign_key_list(:table)'
_COLUMNS = "SELECT name FROM pragma_table_info(:table) ORDER BY cid"
_NUMBERED = """
SELECT table_name::text, column_name::text FROM information_schema.columns
WHERE table_schema = current_schema() AND is_identity = 'YES'
"""


class NotMoved(OperatorError):
    """Nothing was kept on the other side; the sentence is for the operator."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What stands on both sides now."""

    tables: int
    rows: int


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]

    @property
    def place(self) -> sql.Composed:
        """Its name and its columns, as a statement names them."""
        return sql.SQL("{} ({})").format(sql.Identifier(self.name), self.listed)

    @property
    def listed(self) -> sql.Composed:
        """Its columns, as a statement lists them."""
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))


@dataclass(slots=True)
class _Contents:
    """How many rows, and the sum of their hashes: the same rows in any order give the same, and no others do."""

    rows: int = 0
    digest: int = 0

    def add(self, row: Sequence[Any]) -> None:
        """Count one row in."""
        self.rows += 1
        self.digest = (self.digest + int.from_bytes(sha256(repr(tuple(row)).encode()).digest(), "big")) % (1 << 256)


def move_into(url: str, source: Connection) -> Moved:
    """Copy all that an open SQLite transaction sees, in one transaction on the other side, and compare every row.

    Blocks. No bot can start on the other side meanwhile.

    Raises:
        NotMoved: either side's accounts do not add up, the other side has rows already, or it failed.
        UnusableDatabase: the other side is another program's, in use, newer, or out of reach.
    """
    if broken := violations(source):
        raise NotMoved(f"The accounts do not add up, and are not moved like this: {broken[0]}.")
    session, name = Session(url, PATIENT, Lock.RUN), shown(url)
    try:
        session.begin(_BEGIN)
        make_tables(session, name)
        moved = _move(source, session, name)
        _commit(session, name)
    except psycopg.DataError as error:
        raise NotMoved(f"Something in these books cannot be kept by PostgreSQL: {reason(error)}.") from error
    except psycopg.Error as error:
        raise NotMoved(f"{name} cannot take the books: {reason(error)}. Nothing was kept there.") from error
    finally:
        session.roll_back()
        session.close()
    return moved


def _move(source: Connection, session: Session, name: str) -> Moved:
    raw, tables = session.raw, _tables(source)
    for table in tables:
        query = sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(table.name))
        if _one(raw, query):
            return _moved_before(source, raw, tables) or _refuse(name, table)
    sent = {table.name: _copy(source, raw, table) for table in tables}
    _number_on(raw)
    raw.execute("ANALYZE")
    for table in tables:
        _compare(sent[table.name], _read(raw, table), table)
    if broken := violations(session.statements):
        raise NotMoved(f"On {name} the accounts would not add up: {broken[0]}. Nothing was kept there.")
    return Moved(len(tables), sum(contents.rows for contents in sent.values()))


def _moved_before(source: Connection, raw: Raw, tables: list[_Table]) -> Moved | None:
    """What stands on both sides already: whoever moved it may have ended at its very last word."""
    rows = 0
    for table in tables:
        here = _Contents()
        for row in _rows(source, table):
            here.add(row)
        if here != _read(raw, table):
            return None
        rows += here.rows
    return Moved(len(tables), rows)


def _refuse(name: str, table: _Table) -> NoReturn:
    raise NotMoved(f"{name} has rows already (in {table.name}); give the books an empty database.")


def _commit(session: Session, name: str) -> None:
    try:
        session.commit()
    except psycopg.OperationalError as error:
        if not session.is_lost:
            raise
        raise NotMoved(
            f"The connection to {name} broke at the very last word, so it holds all of the books or nothing.",
            advice="Run the same command again: it finds them there, or moves them.",
        ) from error


def _tables(source: Connection) -> list[_Table]:
    """Every table, after those that its rows refer to."""
    names = [str(row["name"]) for row in source.execute(TABLES).fetchall()]
    parents = {name: {row["parent"] for row in source.execute(_PARENTS, {"table": name})} - {name} for name in names}
    return [
        _Table(name, tuple(row["name"] for row in source.execute(_COLUMNS, {"table": name})))
        for name in TopologicalSorter(parents).static_order()
    ]


def _copy(source: Connection, raw: Raw, table: _Table) -> _Contents:
    sent = _Contents()
    with raw.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table.place)) as copy:
        for values in _rows(source, table):
            sent.add(values)
            try:
                copy.write_row(values)
            except psycopg.DataError as error:
                raise NotMoved(f"A row of {table.name} cannot be kept by PostgreSQL: {reason(error)}.") from error
    return sent


def _rows(source: Connection, table: _Table) -> Iterator[tuple[Any, ...]]:
    rows = source.execute(f"SELECT {', '.join(map(_quoted, table.columns))} FROM {_quoted(table.name)}")
    while batch := rows.fetchmany(_AT_ONCE):
        yield from map(tuple, batch)


def _read(raw: Raw, table: _Table) -> _Contents:
    there = _Contents()
    with raw.cursor(name="moved") as rows:
        rows.itersize = _AT_ONCE
        rows.execute(sql.SQL("SELECT {} FROM {}").format(table.listed, sql.Identifier(table.name)))
        for row in rows:
            there.add(row)
    return there


def _compare(sent: _Contents, there: _Contents, table: _Table) -> None:
    if sent.rows != there.rows:
        raise NotMoved(f"{sent.rows} rows of {table.name} were sent and {there.rows} arrived. Nothing was kept there.")
    if sent.digest != there.digest:
        raise NotMoved(f"The rows of {table.name} did not arrive as they were sent. Nothing was kept there.")


def _number_on(raw: Raw) -> None:
    """Have the other side number new rows from where these end."""
    for table, column in raw.execute(_NUMBERED).fetchall():
        last = _one(raw, sql.SQL("SELECT MAX({}) FROM {}").format(sql.Identifier(column), sql.Identifier(table)))
        if last is not None:
            raw.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", (table, column, last))


def _one(raw: Raw, query: sql.Composed) -> Any:
    row = raw.execute(query).fetchone()
    return None if row is None else row[0]


def _quoted(name: str) -> str:
    return f'"{name}"'
