"""Key-value facts about this installation, such as its account key."""

from __future__ import annotations

from collections.abc import Callable

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.domain.clock import Instant

PAUSED_FACT = "paused"
"""While this fact is not empty the operator lets nobody spend; its value is the reason that members read."""
BROKEN_LEDGER_FACT = "doubt"
"""While this fact is not empty the accounts do not add up and nobody spends; its value says what was found."""

READ = "SELECT value FROM facts WHERE name = :name"

# A fact as it is from now on.
WRITE = """
INSERT INTO facts (name, value, set_at) VALUES (:name, :value, :at)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at
"""


class FactStore(Store):
    """Small facts about this installation."""

    @reads
    def fact(self, connection: Connection, name: str) -> str | None:
        """Read one."""
        row = connection.execute(READ, {"name": name}).fetchone()
        return None if row is None else row["value"]

    @writes
    def set_fact(self, connection: Connection, name: str, value: str, at: Instant) -> None:
        """Write one."""
        connection.execute(WRITE, {"name": name, "value": value, "at": at})

    @writes
    def change_fact(
        self, connection: Connection, name: str, change: Callable[[str | None], str | None], at: Instant
    ) -> str | None:
        """Make of one what `change` makes of it, with nobody in between; None leaves it as it is. What was made."""
        row = connection.execute(READ, {"name": name}).fetchone()
        value = change(None if row is None else row["value"])
        if value is not None:
            connection.execute(WRITE, {"name": name, "value": value, "at": at})
        return value
