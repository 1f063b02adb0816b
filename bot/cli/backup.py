"""The verb `backup`: copy the database to a file while the bot may be at work, and check the copy."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.cli.books import open_books
from bot.settings import Settings


def backup(settings: Settings, target: Path) -> int:
    """Write the copy; the bot goes on meanwhile.

    Raises:
        EaselError: there is no database, the file exists, there is no room, or the copy did not pass its checks.
    """
    asyncio.run(_copy(settings, target))
    print(  # noqa: T201 - what the operator asked for
        f"{target} is a copy of {settings.database_name} and passed its checks. "
        f"The pictures are in {settings.images_name}: copy them after this one."
    )
    return 0


async def _copy(settings: Settings, target: Path) -> None:
    async with open_books(settings) as books:
        await books.database.backup(target)
