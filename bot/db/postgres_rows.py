"""Runs the stores' statements on PostgreSQL: translates named values, and reads rows by name or index."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Dumper, Loader

from bot.db.connection import Values

Raw: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

_A_BATCH = 500
# A text, a comment, or a place for a value. A `::` would be a cast, which no statement for both engines has.
_TOKEN = re.compile(r"(?P<kept>'(?:[^']|'')*'|--[^\n]*)|(?<![:\w]):(?P<name>[a-z_]\w*)|(?P<mark>\?)")


@lru_cache(maxsize=1024)
def translated(sql: str) -> str:
    """A statement with `:name` and `?` as psycopg writes them."""

    def place(match: re.Match[str]) -> str:
        if match["kept"] is not None:
            return match["kept"]
        return "%s" if match["name"] is None else f"%({match['name']})s"

    return _TOKEN.sub(place, sql.replace("%", "%%"))


class Row:
    """One row of an answer, with the manners of `sqlite3.Row`."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: Sequence[Any]) -> None:
        self._places = places
        self._values = values

    def __getitem__(self, column: str | int, /) -> Any:
        return self._values[self._places[column] if isinstance(column, str) else column]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> Iterable[str]:
        """The names of the columns."""
        return self._places.keys()


def _rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Row]:
    places = {column.name: place for place, column in enumerate(cursor.description or ())}
    return lambda values: Row(places, values)


class Cursor:
    """The answer to a statement."""

    def __init__(self, answer: psycopg.Cursor[Row], rowcount: int) -> None:
        self._answer = answer
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self.fetchall())

    def fetchone(self) -> Any:
        """The next row, or None."""
        return self._answer.fetchone() if self._answer.description else None

    def fetchmany(self, size: int, /) -> Sequence[Row]:
        """The next rows, at most `size`."""
        return self._answer.fetchmany(size) if self._answer.description else []

    def fetchall(self) -> Sequence[Row]:
        """All rows that are left."""
        return self._answer.fetchall() if self._answer.description else []


class Statements:
    """An open transaction as the stores know it (`bot.db.connection.Connection`).

    Values are put in on our side of the wire, as in SQLite: then the server knows of each NULL and number where it
    stands, and a statement needs no casts.
    """

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def execute(self, sql: str, parameters: Values = (), /) -> Cursor:
        """Run one statement."""
        cursor = psycopg.ClientCursor(self._raw, row_factory=_rows)
        cursor.execute(translated(sql).encode(), parameters)
        return Cursor(cursor, cursor.rowcount)

    def executemany(self, sql: str, parameters: Iterable[Values], /) -> Cursor:
        """Run one statement for each set of values, many in one message: the way to the server is what takes time."""
        cursor = psycopg.ClientCursor(self._raw, row_factory=_rows)
        text, rest, changed = translated(sql).encode(), iter(parameters), 0
        while batch := [cursor.mogrify(text, values) for values in islice(rest, _A_BATCH)]:
            cursor.execute(";\n".join(batch).encode())
            changed += cursor.rowcount
            while cursor.nextset():
                changed += cursor.rowcount
        return Cursor(cursor, changed)


class _WholeLoader(Loader):
    """A sum of whole numbers is whole; psycopg would make it a Decimal."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


class _FlagDumper(Dumper):
    """The schema keeps flags as 0 and 1."""

    def dump(self, obj: bool) -> bytes:  # noqa: FBT001 - psycopg's signature
        return b"1" if obj else b"0"


class _FractionDumper(Dumper):
    """Quoted, so that a column of whole numbers refuses it: a bare 0.08 would be rounded to 0 without a word."""

    def dump(self, obj: float) -> bytes:
        return repr(obj).encode()


def adapt(adapters: AdaptersMap) -> None:
    """Have a connection read and write values as SQLite does."""
    adapters.register_loader("numeric", _WholeLoader)
    adapters.register_dumper(bool, _FlagDumper)
    adapters.register_dumper(float, _FractionDumper)
