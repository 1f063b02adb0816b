"""Results that could not be delivered, with the time of the next attempt."""

from __future__ import annotations

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.domain.clock import Instant

KEEP = """
INSERT INTO kept_results (job_id, kept_at, tries, next_try_at) VALUES (:job_id, :at, 0, :next_try_at)
ON CONFLICT (job_id) DO NOTHING
"""

DUE = """
SELECT job_id, tries FROM kept_results WHERE next_try_at <= :at ORDER BY next_try_at, job_id LIMIT :limit
"""

# The newest, so that a host which has kept thousands for years costs no more than one that keeps a few.
WAKE = """
UPDATE kept_results SET next_try_at = :at
WHERE next_try_at > :at AND job_id IN (SELECT job_id FROM kept_results ORDER BY kept_at DESC, job_id LIMIT :limit)
"""

LATER = "UPDATE kept_results SET tries = tries + 1, next_try_at = :next_try_at WHERE job_id = :job_id"

LET_GO = "DELETE FROM kept_results WHERE job_id = :job_id"


class KeptStore(Store):
    """What is kept for members until Discord takes it."""

    @writes
    def keep(self, connection: Connection, job_id: str, next_try_at: Instant, at: Instant) -> None:
        """Remember a result that could not be brought; repeating it changes nothing."""
        connection.execute(KEEP, {"job_id": job_id, "next_try_at": next_try_at, "at": at})

    @reads
    def due(self, connection: Connection, limit: int, at: Instant) -> tuple[tuple[str, int], ...]:
        """The jobs whose results are to be tried now, with how often each was tried, longest due first."""
        rows = connection.execute(DUE, {"limit": limit, "at": at})
        return tuple((row["job_id"], row["tries"]) for row in rows)

    @writes
    def wake(self, connection: Connection, limit: int, at: Instant) -> None:
        """Have the newest so many be due now, whenever they would have been."""
        connection.execute(WAKE, {"limit": limit, "at": at})

    @writes
    def try_later(self, connection: Connection, job_id: str, next_try_at: Instant) -> None:
        """Count a try that brought nothing."""
        connection.execute(LATER, {"job_id": job_id, "next_try_at": next_try_at})

    @writes
    def let_go(self, connection: Connection, job_id: str) -> None:
        """It was brought, or there is nothing to bring any more."""
        connection.execute(LET_GO, {"job_id": job_id})
