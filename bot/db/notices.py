"""Notices that are given once: that 80 % or all of a limit is spent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC

from bot.db.accounts import Accounts
from bot.db.database import Database, Store
from bot.db.limits import standing, zone_of
from bot.domain.budget import Scope, ScopeKind
from bot.domain.clock import Instant
from bot.domain.periods import Period, ends_at, local_day, period_key
from bot.services.ports.moderation import Notice

PERCENTS = (80, 100)

# The limits that bound an admission; for members their Discord id stands beside the account.
BOUND = """
SELECT admission_limits.scope, admission_limits.guild_id, admission_limits.subject_id, admission_limits.period,
       admission_limits.limit_micros, jobs.created_at, accounts.member_id
FROM admission_limits
JOIN jobs ON jobs.job_id = admission_limits.job_id
LEFT JOIN accounts ON admission_limits.scope = 'member' AND accounts.account_id = admission_limits.subject_id
WHERE admission_limits.job_id = :job_id AND admission_limits.scope <> 'grant' AND admission_limits.limit_micros > 0
ORDER BY admission_limits.scope, admission_limits.period
"""

IS_CLAIMED = """
SELECT 1 FROM notices
WHERE scope = :scope AND guild_id = :guild_id AND subject_id = :subject_id AND period = :period AND period_key = :key
  AND percent = :percent
"""

CLAIM = """
INSERT INTO notices (scope, guild_id, subject_id, period, period_key, percent, told_at)
VALUES (:scope, :guild_id, :subject_id, :period, :key, :percent, :at)
ON CONFLICT DO NOTHING
"""

RELEASE = """
DELETE FROM notices
WHERE scope = :scope AND guild_id = :guild_id AND subject_id = :subject_id AND period = :period AND period_key = :key
  AND percent = :percent
"""


class SqliteNoticeStore(Store):
    """The notice store in SQLite."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        super().__init__(database)
        self._accounts = accounts

    async def due(self, job_id: str) -> tuple[Notice, ...]:
        """See `NoticeStore.due`."""
        return await self._database.read(_due, self._accounts, job_id)

    async def claim_notice(self, notice: Notice) -> bool:
        """See `NoticeStore.claim_notice`."""
        return await self._database.write(_change, self._accounts, CLAIM, notice)

    async def release_notice(self, notice: Notice) -> None:
        """See `NoticeStore.release_notice`."""
        await self._database.write(_change, self._accounts, RELEASE, notice)


def _due(connection: sqlite3.Connection, accounts: Accounts, job_id: str) -> tuple[Notice, ...]:
    return tuple(
        notice
        for notice in _reached(connection, job_id)
        if connection.execute(IS_CLAIMED, _row(connection, accounts, notice)).fetchone() is None
    )


def _reached(connection: sqlite3.Connection, job_id: str) -> Iterator[Notice]:
    for row in connection.execute(BOUND, {"job_id": job_id}).fetchall():
        kind, period, at = ScopeKind(row["scope"]), Period(row["period"]), row["created_at"]
        subject_id = row["member_id"] if kind is ScopeKind.MEMBER else row["subject_id"]
        zone = UTC if kind is ScopeKind.BOT else zone_of(connection, row["guild_id"])
        scope = Scope(kind, row["guild_id"], row["subject_id"])
        _, spent = standing(connection, scope, period, local_day(at, zone))
        if subject_id is None:
            continue
        for percent in PERCENTS:
            if spent * 100 >= row["limit_micros"] * percent:
                end = ends_at(period, at, zone)
                yield Notice(
                    row["guild_id"], kind, subject_id, period, percent, row["limit_micros"], spent, ends_at=end, at=at
                )


def _change(connection: sqlite3.Connection, accounts: Accounts, statement: str, notice: Notice) -> bool:
    return connection.execute(statement, _row(connection, accounts, notice)).rowcount == 1


def _row(connection: sqlite3.Connection, accounts: Accounts, notice: Notice) -> dict[str, str | int | Instant]:
    is_bot = notice.kind is ScopeKind.BOT
    zone = UTC if is_bot else zone_of(connection, notice.guild_id)
    subject_id = notice.subject_id
    if notice.kind is ScopeKind.MEMBER:
        subject_id = accounts.find(connection, subject_id) or 0
    return {
        "scope": notice.kind.value,
        "guild_id": 0 if is_bot else notice.guild_id,
        "subject_id": subject_id,
        "period": notice.period.value,
        "key": period_key(notice.period, local_day(notice.at, zone)),
        "percent": notice.percent,
        "at": notice.at,
    }
