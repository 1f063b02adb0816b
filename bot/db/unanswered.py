"""Attempts whose answer is missing, as a webhook finds them."""

from __future__ import annotations

from dataclasses import asdict

from bot.db.connection import Connection
from bot.db.database import Store, reads
from bot.domain.webhooks import SentAttempt, UnansweredAttempt

# What can still be said to be the task of an attempt: its answer is missing, or was taken for lost.
UNANSWERED = """
SELECT job_id, model_id FROM attempts JOIN predictions USING (prediction_id)
WHERE attempt_id = :attempt_id AND prediction_id = :prediction_id AND sent_at = :sent_at
  AND (outcome IS NULL OR outcome = 'lost')
"""


class UnansweredAttempts(Store):
    """The part of the job store that knows which attempts still have no answer."""

    @reads
    def unanswered(self, connection: Connection, attempt: SentAttempt) -> UnansweredAttempt | None:
        """What is known of an attempt whose answer is still missing; None: it has one, or there is no such attempt."""
        row = connection.execute(UNANSWERED, asdict(attempt)).fetchone()
        return None if row is None else UnansweredAttempt(row["job_id"], row["model_id"])
