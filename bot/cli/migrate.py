"""The verb `migrate`: bring the database to this version without starting the bot."""

from __future__ import annotations

import asyncio

from bot.db.opening import open_database
from bot.instance import only_bot
from bot.settings import Settings


def migrate(settings: Settings) -> int:
    """Make or migrate the database.

    Raises:
        AlreadyRunning: a bot runs on it.
        EaselError: it cannot be used; the sentence says why.
    """
    with only_bot(settings.database_path):
        asyncio.run(_open_and_close(settings.database_url))
    print(f"{settings.database_name} is up to date.")  # noqa: T201 - what the operator asked for
    return 0


async def _open_and_close(url: str) -> None:
    database = await open_database(url, alone=True)
    await database.close()
