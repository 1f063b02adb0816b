"""The verb `run`: the bot itself until the first signal, alone on its database or in turn with other workers."""

from __future__ import annotations

import asyncio
import importlib
from functools import partial

from bot.instance import only_bot
from bot.settings import Settings
from bot.shutdown import stop_on_signals


def run(settings: Settings) -> int:
    """Run the bot until it is asked to stop; 0 after an orderly end. On PostgreSQL it waits while another one leads.

    Raises:
        AlreadyRunning: another process has this SQLite database.
    """
    with only_bot(settings.database_path):
        asyncio.run(_until_stopped(settings))
    return 0


async def _until_stopped(settings: Settings) -> None:
    # Imported late: the other verbs do without Discord's gateway, and answer sooner.
    app = importlib.import_module("bot.app")
    with stop_on_signals() as stop:
        standby = importlib.import_module("bot.standby")
        front = importlib.import_module("bot.front")
        await standby.run_in_turn(settings, stop, partial(app.run, settings, stop), partial(front.run, settings, stop))
