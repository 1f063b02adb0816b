"""Names that a test keeps in a database, by which it sees what of its writes is there."""

from __future__ import annotations

from bot.db.connection import Connection
from bot.db.database import Database

NAMES = "SELECT name FROM facts WHERE value = 'x' ORDER BY name"


def add(connection: Connection, name: str) -> None:
    """Keep a name."""
    connection.execute("INSERT INTO facts (name, value, set_at) VALUES (:name, 'x', 0)", {"name": name})


async def names(database: Database) -> list[str]:
    """What was kept."""
    return await database.read(lambda connection: [row["name"] for row in connection.execute(NAMES)])
