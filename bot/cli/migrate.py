"""The verb `migrate`: bring the database to this version without starting the bot."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.db.sqlite import SqliteDatabase
from bot.instance import only_instance
from bot.settings import Settings


def migrate(settings: Settings) -> int:
    """Make or migrate the database.

    Raises:
        AlreadyRunning: a bot runs on it.
        EaselError: it cannot be used; the sentence says why.
    """
    with only_instance(settings.database_path):
        asyncio.run(_open_and_close(settings.database_path))
    print(f"{settings.database_path} is up to date.")  # noqa: T201 - what the operator asked for
    return 0


async def _open_and_close(path: Path) -> None:
    database = await SqliteDatabase.open(path)
    await database.close()
