"""Notices that are given once: that one of `bot.domain.notices.PERCENTS` of a limit is spent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date

from bot.db.accounts import Accounts, MemberStore
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.limits import standing, zone_of
from bot.domain.budget import Scope, ScopeKind
from bot.domain.clock import Instant
from bot.domain.notices import Notice, reached
from bot.domain.periods import Period, ends_at, period_key

# The limits that bound an admission, with the day on which it was counted, which every hold has in both of its pools.
# For members their Discord id stands beside the account.
BOUND = """
SELECT admission_limits.scope, admission_limits.guild_id, admission_limits.subject_id, admission_limits.period,
       admission_limits.limit_micros, jobs.created_at, accounts.member_id, pool.day
FROM admission_limits
JOIN jobs ON jobs.job_id = admission_limits.job_id
JOIN predictions ON predictions.job_id = jobs.job_id AND predictions.n = 1
JOIN ledger AS hold ON hold.prediction_id = predictions.prediction_id AND hold.kind = 'hold'
JOIN postings AS pool ON pool.entry_id = hold.entry_id
    AND pool.scope = CASE admission_limits.scope WHEN 'bot' THEN 'bot' ELSE 'server' END
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


class NoticeStore(MemberStore):
    """Notices that are given once per scope and period."""

    @reads
    def due(self, connection: Connection, job_id: str) -> tuple[Notice, ...]:
        """Of what a threshold is spent, among the limits that bound a job's admission, and nobody claimed yet.

        In order of scope and period. Measured is what is spent by now in the period of the admission; a member who had
        their data deleted is left out.
        """
        return tuple(
            notice
            for notice in _reached(connection, job_id)
            if connection.execute(IS_CLAIMED, _row(connection, self._accounts, notice)).fetchone() is None
        )

    @writes
    def claim_notice(self, connection: Connection, notice: Notice) -> bool:
        """Claim the right to give a notice; False if it was claimed before."""
        return _change(connection, self._accounts, CLAIM, notice)

    @writes
    def release_notice(self, connection: Connection, notice: Notice) -> None:
        """Give a claim back: nobody could be told."""
        _change(connection, self._accounts, RELEASE, notice)


def _reached(connection: Connection, job_id: str) -> Iterator[Notice]:
    for row in connection.execute(BOUND, {"job_id": job_id}).fetchall():
        kind, period, at = ScopeKind(row["scope"]), Period(row["period"]), row["created_at"]
        subject_id = row["member_id"] if kind is ScopeKind.MEMBER else row["subject_id"]
        zone = UTC if kind is ScopeKind.BOT else zone_of(connection, row["guild_id"])
        scope = Scope(kind, row["guild_id"], row["subject_id"])
        day = date.fromisoformat(row["day"])
        _, spent = standing(connection, scope, period, day)
        if subject_id is None:
            continue
        for percent in reached(spent, row["limit_micros"]):
            end = ends_at(period, at, zone)
            yield Notice(
                guild_id=row["guild_id"],
                kind=kind,
                subject_id=subject_id,
                period=period,
                percent=percent,
                limit_micros=row["limit_micros"],
                spent_micros=spent,
                ends_at=end,
                at=at,
                day=day,
            )


def _change(connection: Connection, accounts: Accounts, statement: str, notice: Notice) -> bool:
    return connection.execute(statement, _row(connection, accounts, notice)).rowcount == 1


def _row(connection: Connection, accounts: Accounts, notice: Notice) -> dict[str, str | int | Instant]:
    subject_id = notice.subject_id
    if notice.kind is ScopeKind.MEMBER:
        subject_id = accounts.find(connection, subject_id) or 0
    return {
        "scope": notice.kind.value,
        "guild_id": notice.guild_id,
        "subject_id": subject_id,
        "period": notice.period.value,
        "key": period_key(notice.period, notice.day),
        "percent": notice.percent,
        "at": notice.at,
    }
