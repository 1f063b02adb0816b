"""Notices that are given once: that 80 % or all of a limit is spent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC

from bot.db.accounts import Accounts
from bot.db.database import Database, Store
from bot.db.limits import zone_of
from bot.domain.budget import ScopeKind
from bot.domain.clock import Instant
from bot.domain.periods import Period, local_day, period_key

CLAIM = """
INSERT INTO notices (scope, guild_id, subject_id, period, period_key, percent, told_at)
VALUES (:scope, :guild_id, :subject_id, :period, :key, :percent, :at)
ON CONFLICT DO NOTHING
"""


class SqliteNoticeStore(Store):
    """The notice store in SQLite."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        super().__init__(database)
        self._accounts = accounts

    async def claim_notice(
        self, guild_id: int, kind: ScopeKind, subject_id: int, period: Period, *, percent: int, at: Instant
    ) -> bool:
        """See `NoticeStore.claim_notice`."""
        notice = _Notice(guild_id, kind, subject_id, period, percent, at)
        return await self._database.write(_claim, self._accounts, notice)


@dataclass(frozen=True, slots=True)
class _Notice:
    guild_id: int
    kind: ScopeKind
    subject_id: int
    period: Period
    percent: int
    at: Instant


def _claim(connection: sqlite3.Connection, accounts: Accounts, notice: _Notice) -> bool:
    is_bot = notice.kind is ScopeKind.BOT
    zone = UTC if is_bot else zone_of(connection, notice.guild_id)
    subject_id = notice.subject_id
    if notice.kind is ScopeKind.MEMBER:
        subject_id = accounts.number(connection, subject_id, notice.at)
    row = {
        "scope": notice.kind,
        "guild_id": 0 if is_bot else notice.guild_id,
        "subject_id": subject_id,
        "period": notice.period,
        "key": period_key(notice.period, local_day(notice.at, zone)),
        "percent": notice.percent,
        "at": notice.at,
    }
    return connection.execute(CLAIM, row).rowcount == 1
