"""Small facts about this installation."""

from __future__ import annotations

from bot.db.connection import Connection
from bot.db.database import Store
from bot.domain.clock import Instant

READ = "SELECT value FROM facts WHERE name = :name"

# A fact as it is from now on.
WRITE = """
INSERT INTO facts (name, value, set_at) VALUES (:name, :value, :at)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at
"""


class SqliteFactStore(Store):
    """The fact store in SQLite."""

    async def fact(self, name: str) -> str | None:
        """See `FactStore.fact`."""
        return await self.database.read(_fact, name)

    async def set_fact(self, name: str, value: str, at: Instant) -> None:
        """See `FactStore.set_fact`."""
        await self.database.write(_set_fact, name, value, at)


def _fact(connection: Connection, name: str) -> str | None:
    row = connection.execute(READ, {"name": name}).fetchone()
    return None if row is None else row["value"]


def _set_fact(connection: Connection, name: str, value: str, at: Instant) -> None:
    connection.execute(WRITE, {"name": name, "value": value, "at": at})
