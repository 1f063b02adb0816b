"""Sums of a server's ledger for `/manage overview`."""

from __future__ import annotations

from datetime import date

from bot.db.connection import Connection
from bot.db.database import Store, reads
from bot.domain.clock import Instant
from bot.domain.predictions import FailureReason
from bot.domain.spending import Standings

# What the server's pool spent and holds, counted on these days.
MONEY = """
SELECT COALESCE(SUM(spent_micros), 0) AS spent_micros, COALESCE(SUM(held_micros), 0) AS held_micros
FROM postings WHERE scope = 'server' AND guild_id = :guild_id AND subject_id = :guild_id AND day >= :first
"""

# What came of the pictures that were admitted on these days, and for how many people.
PICTURES = """
SELECT COUNT(*) FILTER (WHERE predictions.state = 'completed') AS pictures,
       COUNT(*) FILTER (WHERE predictions.state IN ('failed', 'withheld')) AS failed,
       COUNT(DISTINCT jobs.account_id) AS members
FROM postings
JOIN ledger ON ledger.entry_id = postings.entry_id AND ledger.kind = 'hold'
JOIN predictions ON predictions.prediction_id = ledger.prediction_id
JOIN jobs ON jobs.job_id = predictions.job_id
WHERE postings.scope = 'server' AND postings.guild_id = :guild_id AND postings.subject_id = :guild_id
  AND postings.day >= :first
"""

# What is open now: holds, jobs past the deadline, cases that wait for a moderator.
OPEN = """
SELECT COUNT(*) AS open_holds, COUNT(DISTINCT CASE WHEN jobs.late_told_at IS NOT NULL THEN jobs.job_id END) AS late,
       COUNT(predictions.review_at) AS undecided
FROM predictions JOIN jobs ON jobs.job_id = predictions.job_id
WHERE predictions.ended_at IS NULL AND jobs.guild_id = :guild_id
"""

FAILURES = """
SELECT predictions.reason, COUNT(*) AS count
FROM predictions JOIN jobs ON jobs.job_id = predictions.job_id
WHERE jobs.guild_id = :guild_id AND predictions.state = 'failed' AND predictions.ended_at >= :since
  AND predictions.reason IS NOT NULL
GROUP BY predictions.reason ORDER BY count DESC, predictions.reason
"""


class OverviewStore(Store):
    """The books of a server, added up."""

    @reads
    def standings(self, connection: Connection, guild_id: int, first_day: date, failed_since: Instant) -> Standings:
        """All figures in one read."""
        values = {"guild_id": guild_id, "first": first_day.isoformat(), "since": failed_since}
        money = connection.execute(MONEY, values).fetchone()
        pictures = connection.execute(PICTURES, values).fetchone()
        still_open = connection.execute(OPEN, values).fetchone()
        failures = tuple((FailureReason(row["reason"]), row["count"]) for row in connection.execute(FAILURES, values))
        return Standings(**dict(money), **dict(pictures), **dict(still_open), failures=failures)
