"""Puts the stores together over one open database."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.db.accounts import Accounts, ensure_key
from bot.db.acts import SqliteActStore
from bot.db.approvals import SqliteApprovalStore
from bot.db.budgets import SqliteBudgetStore
from bot.db.connection import Connection
from bot.db.database import Database
from bot.db.drafts import SqliteDraftStore, SqlitePickStore
from bot.db.facts import SqliteFactStore
from bot.db.gallery import SqliteGalleryStore
from bot.db.images import SqliteImageStore
from bot.db.interactions import SqliteInteractionStore
from bot.db.jobs import SqliteJobStore
from bot.db.moderation import SqliteModerationStore
from bot.db.notices import SqliteNoticeStore
from bot.db.overview import SqliteOverviewStore
from bot.db.prices import SqlitePriceStore
from bot.db.privacy import SqlitePrivacyStore
from bot.db.reports import SqliteReportStore
from bot.db.rules import SqliteRuleStore
from bot.db.spending import SqliteSpendingStore
from bot.db.trays import SqliteTrayStore
from bot.db.upkeep import SqliteUpkeepStore
from bot.domain.clock import Instant
from bot.domain.money import Micros
from bot.domain.orders import Defaults
from bot.domain.periods import Period

# The operator's own limit is a setting: the one of this start replaces the one of the last.
DROP_BOT_LIMIT = "DELETE FROM limits WHERE guild_id = 0 AND kind = 'bot'"
SET_BOT_LIMIT = """
INSERT INTO limits (guild_id, kind, subject_id, period, amount_micros, set_at)
VALUES (0, 'bot', 0, :period, :amount, :at)
"""


@dataclass(frozen=True, slots=True)
class BotLimit:
    """What the operator lets this process spend per period; None is no limit."""

    amount_micros: Micros | None
    period: Period


@dataclass(frozen=True, slots=True)
class Stores:
    """Every store over one database."""

    jobs: SqliteJobStore
    interactions: SqliteInteractionStore
    images: SqliteImageStore
    budgets: SqliteBudgetStore
    moderation: SqliteModerationStore
    rules: SqliteRuleStore
    spending: SqliteSpendingStore
    overview: SqliteOverviewStore
    privacy: SqlitePrivacyStore
    notices: SqliteNoticeStore
    facts: SqliteFactStore
    prices: SqlitePriceStore
    upkeep: SqliteUpkeepStore
    trays: SqliteTrayStore
    drafts: SqliteDraftStore
    approvals: SqliteApprovalStore
    picks: SqlitePickStore
    reports: SqliteReportStore
    gallery: SqliteGalleryStore
    acts: SqliteActStore


async def open_stores(
    database: Database,
    *,
    defaults: Defaults,
    bot_limit: BotLimit,
    at: Instant,
    fresh_key: Callable[[], str] = lambda: secrets.token_hex(32),
) -> Stores:
    """Make the stores; on the first start `fresh_key` (hex digits) becomes the key of the account hashes."""
    key = await database.write(_prepare, bot_limit, fresh_key(), at)
    accounts = Accounts(bytes.fromhex(key))
    return Stores(
        jobs=SqliteJobStore(database, accounts, defaults),
        interactions=SqliteInteractionStore(database),
        images=SqliteImageStore(database),
        budgets=SqliteBudgetStore(database, accounts, defaults),
        moderation=SqliteModerationStore(database, accounts, defaults),
        rules=SqliteRuleStore(database, accounts, defaults),
        spending=SqliteSpendingStore(database),
        overview=SqliteOverviewStore(database),
        privacy=SqlitePrivacyStore(database, accounts),
        notices=SqliteNoticeStore(database, accounts),
        facts=SqliteFactStore(database),
        prices=SqlitePriceStore(database),
        upkeep=SqliteUpkeepStore(database),
        trays=SqliteTrayStore(database, accounts),
        drafts=SqliteDraftStore(database, accounts),
        approvals=SqliteApprovalStore(database, accounts),
        picks=SqlitePickStore(database, accounts),
        reports=SqliteReportStore(database, accounts),
        gallery=SqliteGalleryStore(database, accounts),
        acts=SqliteActStore(database),
    )


def _prepare(connection: Connection, bot_limit: BotLimit, fresh_key: str, at: Instant) -> str:
    connection.execute(DROP_BOT_LIMIT)
    if bot_limit.amount_micros is not None:
        values = {"period": bot_limit.period, "amount": bot_limit.amount_micros, "at": at}
        connection.execute(SET_BOT_LIMIT, values)
    return ensure_key(connection, fresh_key, at)
