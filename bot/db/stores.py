"""Creates all stores over one open database."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.db.accounts import Accounts, ensure_key
from bot.db.approvals import ApprovalStore
from bot.db.audit_feed import AuditFeedStore
from bot.db.budgets import BudgetStore
from bot.db.collected import CollectedStore
from bot.db.connection import Connection
from bot.db.database import Database
from bot.db.drafts import DraftStore, PickStore
from bot.db.facts import FactStore
from bot.db.gallery import GalleryStore
from bot.db.images import ImageStore
from bot.db.interactions import InteractionStore
from bot.db.jobs import JobStore
from bot.db.kept import KeptStore
from bot.db.moderation import ModerationStore
from bot.db.notices import NoticeStore
from bot.db.overview import OverviewStore
from bot.db.prices import PriceStore
from bot.db.privacy import PrivacyStore
from bot.db.reports import ReportStore
from bot.db.reviews import ReviewStore
from bot.db.rules import RuleStore
from bot.db.shares import ShareStore
from bot.db.spending import SpendingStore
from bot.db.styles import StyleStore
from bot.db.trays import TrayStore
from bot.db.upkeep import UpkeepStore
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

    jobs: JobStore
    interactions: InteractionStore
    images: ImageStore
    budgets: BudgetStore
    moderation: ModerationStore
    rules: RuleStore
    spending: SpendingStore
    overview: OverviewStore
    privacy: PrivacyStore
    notices: NoticeStore
    kept: KeptStore
    facts: FactStore
    prices: PriceStore
    upkeep: UpkeepStore
    trays: TrayStore
    collected: CollectedStore
    drafts: DraftStore
    approvals: ApprovalStore
    picks: PickStore
    reports: ReportStore
    reviews: ReviewStore
    gallery: GalleryStore
    shares: ShareStore
    styles: StyleStore
    audit_feed: AuditFeedStore


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
        jobs=JobStore(database, accounts, defaults),
        interactions=InteractionStore(database),
        images=ImageStore(database),
        budgets=BudgetStore(database, accounts, defaults),
        moderation=ModerationStore(database, accounts, defaults),
        rules=RuleStore(database, accounts, defaults),
        spending=SpendingStore(database),
        overview=OverviewStore(database),
        privacy=PrivacyStore(database, accounts),
        notices=NoticeStore(database, accounts),
        kept=KeptStore(database),
        facts=FactStore(database),
        prices=PriceStore(database),
        upkeep=UpkeepStore(database),
        trays=TrayStore(database, accounts),
        collected=CollectedStore(database, accounts, defaults),
        drafts=DraftStore(database, accounts),
        approvals=ApprovalStore(database, accounts),
        picks=PickStore(database, accounts),
        reports=ReportStore(database, accounts),
        reviews=ReviewStore(database, accounts),
        gallery=GalleryStore(database, accounts),
        shares=ShareStore(database, accounts),
        styles=StyleStore(database, accounts, defaults),
        audit_feed=AuditFeedStore(database),
    )


def _prepare(connection: Connection, bot_limit: BotLimit, fresh_key: str, at: Instant) -> str:
    connection.execute(DROP_BOT_LIMIT)
    if bot_limit.amount_micros is not None:
        values = {"period": bot_limit.period, "amount": bot_limit.amount_micros, "at": at}
        connection.execute(SET_BOT_LIMIT, values)
    return ensure_key(connection, fresh_key, at)
