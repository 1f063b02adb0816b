"""The SQLite database of a bot that stopped with jobs in each state, moved as the verb moves it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from functools import partial
from hashlib import sha256
from pathlib import Path

import psycopg

from bot.db.postgres import PostgresDatabase
from bot.db.postgres_move import Moved, move_into
from bot.db.sqlite import SqliteDatabase
from bot.db.stores import BotLimit, open_stores
from bot.domain.budget import LimitKind
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from tests.db.world import KEY, NO_LIMITS, NOON, DatabaseWorld, check_invariants

ROWS = """
INSERT INTO drafts (draft_id, guild_id, channel_id, account_id, command, prompt, uses_tray, price_micros, created_at)
VALUES ('d1', 10, 20, 1, 'edit', 'naïve 🐈 \\ ''x''', 1, 80000, 5);
INSERT INTO tray (guild_id, channel_id, account_id, place, role, filename, sha256, note)
VALUES (10, 20, 1, 1, NULL, 'a	b
c.png', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '\\N');
INSERT INTO interactions (interaction_id, token, guild_id, channel_id, member_id, received_at)
VALUES (9007199254740993, 'token', 10, 20, 30, 7);
INSERT INTO deletions (kind, channel_id, message_id, due_at) VALUES ('message', 20, 9223372036854775807, 1);
INSERT INTO prices (model_id, price_micros, quoted_at) VALUES ('m', 1, 2);
INSERT INTO words VALUES (10, 'word');
"""


@asynccontextmanager
async def _on_sqlite(folder: Path) -> AsyncGenerator[DatabaseWorld]:
    database = await SqliteDatabase.open(folder / "easel.db", after_commit=check_invariants)
    try:
        yield await world_on(database)
    finally:
        await database.close()


async def world_on(database: SqliteDatabase | PostgresDatabase) -> DatabaseWorld:
    """What tests do and ask on an open database."""
    limit = BotLimit(None, Period.MONTH)
    stores = await open_stores(database, defaults=NO_LIMITS, bot_limit=limit, at=NOON, fresh_key=lambda: KEY)
    return DatabaseWorld(database, stores)


async def stopped_bot(folder: Path) -> Path:
    """The database of a bot that stopped with jobs in each state: what it queued, sent, lost, made and gave back."""
    async with _on_sqlite(folder) as world:
        jobs = world.stores.jobs
        await world.limit(LimitKind.SERVER, 0, Period.MONTH, 5_000_000)
        made, failed, sent, cut_off, _ = [await world.admit(pictures=2) for _ in range(5)]
        await world.complete(made.predictions[0].prediction_id)
        await world.process(failed.predictions[0].prediction_id)
        await jobs.fail(failed.predictions[0].prediction_id, FailureReason.MODERATED, NOON)
        await world.process(sent.predictions[0].prediction_id)
        await jobs.begin_attempt(cut_off.predictions[0].prediction_id, "a boot", NOON)
    with closing(sqlite3.connect(folder / "easel.db")) as connection:
        connection.executescript(ROWS)
    return folder / "easel.db"


async def move(file: Path, url: str) -> Moved:
    """Move it."""
    database = await SqliteDatabase.open(file, may_migrate=False)
    try:
        return await database.write(partial(move_into, url))
    finally:
        await database.close()


def digest(file: Path) -> str:
    """Its bytes, briefly."""
    return sha256(file.read_bytes()).hexdigest()


def tables(url: str) -> list[str]:
    """What the other side has by now."""
    with psycopg.connect(url) as server:
        rows = server.execute("SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return [name for (name,) in rows]


def hook(url: str, table: str, body: str) -> None:
    """Have the other side do something of its own to each row of a table that arrives."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            f"""
            CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$;
            CREATE FUNCTION hook() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                IF to_regclass('{table}') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'meddling')
                THEN CREATE TRIGGER meddling BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION meddle(); END IF;
            END $$;
            CREATE EVENT TRIGGER hooked ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION hook()
            """.encode()
        )
