"""The verb `move`: copy the SQLite database of a stopped bot to PostgreSQL, and prove that both hold the same."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from bot.cli.books import open_books
from bot.db.moved import mark_moved
from bot.db.opening import with_psycopg
from bot.db.sqlite_errors import readable
from bot.db.url import is_database_url, shown, sqlite_path
from bot.instance import only_instance
from bot.setting_faults import SettingsError
from bot.settings import Settings


def move(settings: Settings, url: str) -> int:
    """Copy everything in one transaction; the SQLite file stays as it is, with a note beside it.

    Raises:
        SettingsError: `url` is not one of PostgreSQL, or DATABASE_URL is not one of SQLite.
        AlreadyRunning: a bot runs on either.
        EaselError: there is nothing to move, or it failed and nothing was kept on the other side.
    """
    if not is_database_url(url) or sqlite_path(url) is not None:
        raise SettingsError("easel move takes the address of a PostgreSQL database: postgresql://user@host/database.")
    if (path := settings.database_path) is None:
        raise SettingsError("DATABASE_URL names PostgreSQL already; easel move copies a SQLite file there.")
    with only_instance(path), readable(path):
        moved = asyncio.run(_move(settings, url))
        mark_moved(path, shown(url))
    print(  # noqa: T201 - what the operator asked for
        f"{shown(url)} holds what {path} holds: {moved.rows} rows in {moved.tables} tables, every one compared, and the"
        " accounts add up.\nNow put that address, with its password, into DATABASE_URL and start. Keep"
        f" {path} as a copy: no bot starts on it again, since it would send the same jobs a second time."
    )
    return 0


async def _move(settings: Settings, url: str) -> Any:
    move_into = with_psycopg("bot.db.postgres_move").move_into
    async with open_books(settings) as books:
        # As a write, which changes nothing here: no other verb can write meanwhile what would be left behind.
        return await books.database.write(partial(move_into, url))
