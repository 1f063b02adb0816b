"""The Protocol of a database connection that all statements use: named values in, rows by column name out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

Values: TypeAlias = Mapping[str, Any] | Sequence[Any]
"""What stands for `:name` in a statement; a sequence stands for its `?`, which only tests write."""


class Row(Protocol):
    """One row of an answer; `dict(row)` has its columns by name, `tuple(row)` in order."""

    def __getitem__(self, column: str | int, /) -> Any:
        """The value in a column, by its name or place."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """The values, in the order of the columns."""
        ...

    def keys(self) -> Iterable[str]:
        """The names of the columns."""
        ...


class Cursor(Protocol):
    """The answer to a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows a statement without RETURNING changed; of `executemany`, by all of its runs together."""
        ...

    def __iter__(self) -> Iterator[Row]:
        """The rows that were not fetched yet."""
        ...

    def fetchone(self) -> Any:
        """The next row, or None."""
        ...

    def fetchmany(self, size: int, /) -> Sequence[Row]:
        """The next rows, at most `size`."""
        ...

    def fetchall(self) -> Sequence[Row]:
        """All rows that are left. A statement with RETURNING is done once they are fetched."""
        ...


class Connection(Protocol):
    """An open transaction, as far as the statements of `bot.db` need it; `sqlite3.Connection` is one.

    Whoever is handed one neither begins nor commits: that is the engine's. What a statement breaks (a constraint, a
    trigger) is raised by the engine's library, for nobody but tests to look at.
    """

    def execute(self, sql: str, parameters: Values = ..., /) -> Cursor:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Values], /) -> Cursor:
        """Run one statement that returns nothing, once for each set of values."""
        ...
