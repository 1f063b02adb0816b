"""The database as verbs use it beside a running bot: only the stores that they need, nothing prepared or migrated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.db.billing import BillingStore
from bot.db.database import Database, UnusableDatabase
from bot.db.facts import FactStore
from bot.db.opening import open_database
from bot.db.prices import PriceStore
from bot.db.upkeep import UpkeepStore
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Books:
    """What can be read and written without knowing any member."""

    database: Database
    facts: FactStore
    upkeep: UpkeepStore
    billing: BillingStore
    prices: PriceStore


@asynccontextmanager
async def open_books(settings: Settings) -> AsyncGenerator[Books]:
    """Open the database of this version; a bot at work on it goes on.

    Raises:
        EaselError: there is none, or it cannot be used.
    """
    path = settings.database_path
    if path is not None and not await asyncio.to_thread(path.exists):
        raise UnusableDatabase(f"There is no database {path}.")
    database = await open_database(settings.database_url, may_migrate=False)
    try:
        yield Books(database, FactStore(database), UpkeepStore(database), BillingStore(database), PriceStore(database))
    finally:
        await database.close()
