"""The verb `run`: the bot itself, alone on its database, until the first signal."""

from __future__ import annotations

import asyncio
import importlib

from bot.instance import only_bot
from bot.settings import Settings
from bot.shutdown import stop_on_signals


def run(settings: Settings) -> int:
    """Run the bot until it is asked to stop; 0 after an orderly end.

    Raises:
        AlreadyRunning: another process has this database.
    """
    with only_bot(settings.database_path):
        asyncio.run(_until_stopped(settings))
    return 0


async def _until_stopped(settings: Settings) -> None:
    # Imported late: the other verbs do without Discord's gateway, and answer sooner.
    app = importlib.import_module("bot.app")
    with stop_on_signals() as stop:
        await app.run(settings, stop)
