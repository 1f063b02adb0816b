"""Sums over the ledger's postings: what a server spent, by day, member, role, channel, model or style."""

from __future__ import annotations

from datetime import date

from bot.db.connection import Connection, Row
from bot.db.database import Store, reads
from bot.domain.spending import By, ReportRow

# Every entry of a server's pool on some days. What the server's own account carries has no account.
SPENDING = """
SELECT {key} AS key, {nameless} AS account_id,
       SUM(postings.spent_micros) AS spent_micros, SUM(postings.held_micros) AS held_micros,
       SUM(CASE WHEN ledger.kind = 'capture' AND ledger.amount_micros > 0 THEN 1 ELSE 0 END) AS pictures
FROM postings
JOIN ledger ON ledger.entry_id = postings.entry_id
{joins}
WHERE postings.scope = 'server' AND postings.guild_id = :guild_id AND postings.subject_id = :guild_id
  AND postings.day BETWEEN :first AND :last
GROUP BY 1, 2
"""
_JOBS = """
JOIN predictions ON predictions.prediction_id = ledger.prediction_id
JOIN jobs ON jobs.job_id = predictions.job_id
"""
_STYLES = "LEFT JOIN styles ON styles.style_id = jobs.style_id"
_MEMBERS = "LEFT JOIN accounts ON accounts.account_id = ledger.account_id"
# The account of somebody whose Discord id was erased.
_NAMELESS = "CASE WHEN accounts.member_id IS NULL THEN ledger.account_id END"
_NOBODY = "CAST(NULL AS BIGINT)"
BY = {
    By.DAY: SPENDING.format(key="postings.day", nameless=_NOBODY, joins=""),
    By.MEMBER: SPENDING.format(key="accounts.member_id", nameless=_NAMELESS, joins=_MEMBERS),
    By.ROLE: SPENDING.format(key="jobs.role_id", nameless=_NOBODY, joins=_JOBS),
    By.CHANNEL: SPENDING.format(key="jobs.purse_channel_id", nameless=_NOBODY, joins=_JOBS),
    By.MODEL: SPENDING.format(key="jobs.model_id", nameless=_NOBODY, joins=_JOBS),
    By.STYLE: SPENDING.format(key="styles.name", nameless=_NOBODY, joins=_JOBS + _STYLES),
}


class SpendingStore(Store):
    """Sums over the ledger."""

    @reads
    def spending(
        self, connection: Connection, guild_id: int, by: By, first_day: date, last_day: date
    ) -> tuple[ReportRow, ...]:
        """What a server spent on these days of its zone, both included; rows in no particular order."""
        return spending(connection, guild_id, by, first_day, last_day)


def spending(connection: Connection, guild_id: int, by: By, first_day: date, last_day: date) -> tuple[ReportRow, ...]:
    """What a server spent on these days, both included."""
    days = {"guild_id": guild_id, "first": first_day.isoformat(), "last": last_day.isoformat()}
    rows = connection.execute(BY[by], days)
    return tuple(ReportRow(_key(row), row["spent_micros"], row["held_micros"], row["pictures"]) for row in rows)


def _key(row: Row) -> str | int | None:
    return row["key"] if row["account_id"] is None else f"account {row['account_id']}"
