"""Opens the database that DATABASE_URL names, with the engine that it takes; PostgreSQL's is loaded only then."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from bot.db.database import Database, UnusableDatabase
from bot.db.moved import see_not_moved
from bot.db.sqlite import SqliteDatabase
from bot.db.url import sqlite_path

if TYPE_CHECKING:
    from bot.db.postgres_shards import ShardLocks
    from bot.db.postgres_workers import Workers


NEEDS = "psycopg[binary]>=3.2.10,<4"
"""What the extra `postgres` installs."""


async def open_database(url: str, *, may_migrate: bool = True, alone: bool = False) -> Database:
    """Open a database, making or migrating its tables where needed.

    `alone` keeps other bots from it for as long as it is open, wherever they run. A SQLite file does not need that: it
    has a lock beside it (`bot.instance`), which is taken before anything else is loaded.

    Raises:
        UnusableDatabase: not ours, of another version, damaged, moved, out of reach, or its library is not installed.
        DatabaseInUse: `alone` was asked, and another bot runs on it.
        DiskFull: there is no room to make or migrate it.
    """
    path = sqlite_path(url)
    if path is not None:
        await asyncio.to_thread(see_not_moved, path)
        return await SqliteDatabase.open(path, may_migrate=may_migrate)
    postgres = with_psycopg("bot.db.postgres")
    return cast("Database", await postgres.PostgresDatabase.open(url, may_migrate=may_migrate, alone=alone))


@asynccontextmanager
async def standing_by(url: str) -> AsyncGenerator[Callable[[], Coroutine[Any, Any, None]]]:
    """Look for the block whether another worker leads; what it gives is awaited until nobody does.

    Raises:
        UnusableDatabase: the library is not installed.
    """
    standby = with_psycopg("bot.db.postgres_lead").Standby(url)
    try:
        yield standby.wait
    finally:
        await standby.close()


@asynccontextmanager
async def speaking(url: str) -> AsyncGenerator[Callable[[str], None]]:
    """Say lines for the block to whoever listens on a PostgreSQL database; what it gives waits for nothing."""
    speaker = with_psycopg("bot.db.postgres_notify").Speaker(url)
    try:
        yield speaker.say
    finally:
        await speaker.close()


@asynccontextmanager
async def shard_locks(url: str, shard_ids: Sequence[int]) -> AsyncGenerator[ShardLocks]:
    """For the block, these shards may be this process's: `take` waits until they are."""
    locks: ShardLocks = with_psycopg("bot.db.postgres_shards").ShardLocks(url, shard_ids)
    try:
        yield locks
    finally:
        await locks.close()


@asynccontextmanager
async def workers_of(url: str, shard_count: int) -> AsyncGenerator[Workers]:
    """The workers of a PostgreSQL database, as one sees them that would share it like this; 0 has no SHARD_IDS."""
    workers: Workers = with_psycopg("bot.db.postgres_workers").Workers(url, shard_count)
    try:
        yield workers
    finally:
        await workers.close()


async def listen(url: str, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
    """Hand over lines that others say until cancelled; `missed` is called when some may have been lost."""
    await with_psycopg("bot.db.postgres_notify").Listener(url, heard, missed).listen()


def with_psycopg(module: str) -> ModuleType:
    """A module of ours that needs PostgreSQL's library.

    Raises:
        UnusableDatabase: the library is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"psycopg", "psycopg_binary", ""}:
            raise
        raise UnusableDatabase(
            f'PostgreSQL needs one more package: uv sync --no-dev --extra postgres, or pip install "{NEEDS}".'
        ) from error
