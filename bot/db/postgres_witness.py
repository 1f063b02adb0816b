"""A note in each write by which it is known whether it was kept, where nobody heard the answer to its COMMIT.

`pg_xact_status` cannot say: a server that crashes before the number of a transaction has reached its disk gives the
same number to another one afterwards, and calls that one committed.
"""

from __future__ import annotations

from uuid import uuid4

FORGET_OLD = "DELETE FROM last_writes WHERE kept_at < now() - INTERVAL '7 days'"
"""Of processes that are gone. Nobody asks so long after a COMMIT what became of it."""

KEPT, UNDONE = "kept", "undone"


class Witness:
    """The notes of one connection that writes: a row of its own, and in it the number of the last write kept."""

    def __init__(self) -> None:
        self._writer = uuid4().hex
        self._number = 0

    def next_note(self) -> str:
        """The statement that notes the next write, within it."""
        self._number += 1
        return (
            f"INSERT INTO last_writes (writer, number, kept_at) VALUES ('{self._writer}', {self._number}, now())"
            " ON CONFLICT (writer) DO UPDATE SET number = excluded.number, kept_at = excluded.kept_at"
        )

    @property
    def question(self) -> str:
        """The query that says whether the last noted write was `KEPT` or `UNDONE`; a copy of the books cannot say."""
        note = f"SELECT 1 FROM last_writes WHERE writer = '{self._writer}' AND number = {self._number}"
        return f"SELECT CASE WHEN pg_is_in_recovery() THEN '' WHEN EXISTS ({note}) THEN '{KEPT}' ELSE '{UNDONE}' END"
