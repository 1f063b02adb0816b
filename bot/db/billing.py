"""The ledger as the provider's bill is held against it: prediction by prediction."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.db.holds import hold_of
from bot.db.ledger import Note, adjust
from bot.domain.clock import Instant
from bot.domain.money import Micros

# What each prediction that the provider had, and that has ended, came to.
BOOKED = """
SELECT predictions.prediction_id, predictions.job_id, predictions.provider_id, predictions.submitted_at,
       SUM(CASE ledger.kind WHEN 'hold' THEN ledger.amount_micros ELSE 0 END) AS held_micros,
       SUM(CASE ledger.kind WHEN 'capture' THEN ledger.amount_micros ELSE 0 END) AS captured_micros,
       SUM(CASE ledger.kind WHEN 'refund' THEN ledger.amount_micros ELSE 0 END) AS refunded_micros,
       SUM(CASE ledger.kind WHEN 'adjust' THEN ledger.amount_micros ELSE 0 END) AS carried_micros
FROM predictions JOIN ledger ON ledger.prediction_id = predictions.prediction_id
WHERE predictions.provider_id IS NOT NULL AND predictions.ended_at IS NOT NULL AND predictions.submitted_at >= :after
GROUP BY predictions.prediction_id, predictions.job_id, predictions.provider_id, predictions.submitted_at
ORDER BY predictions.prediction_id
"""

KNOWN = "SELECT provider_id FROM predictions WHERE provider_id IN (SELECT value FROM json_each(:provider_ids))"


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger says of a prediction that the provider had and that has ended.

    `captured_micros` is what its member paid of `held_micros`, `refunded_micros` what a moderator gave back of it, and
    `carried_micros` what the server's own account carries.
    """

    prediction_id: int
    job_id: str
    provider_id: str
    submitted_at: Instant
    held_micros: Micros
    captured_micros: Micros
    refunded_micros: Micros
    carried_micros: Micros

    @property
    def ours_micros(self) -> Micros:
        """All that we hold to be the provider's, whoever carries it; a moderator's refund is among ourselves."""
        return self.captured_micros + self.carried_micros


class BillingStore(Store):
    """The ledger, prediction by prediction."""

    @reads
    def booked(self, connection: Connection, after: Instant) -> tuple[Booked, ...]:
        """All predictions that the provider has had since, and that have ended, oldest first."""
        return tuple(Booked(**dict(row)) for row in connection.execute(BOOKED, {"after": after}))

    @reads
    def known(self, connection: Connection, provider_ids: Collection[str]) -> frozenset[str]:
        """Which of these belong to a prediction of ours, ended or not."""
        values = {"provider_ids": json.dumps(sorted(provider_ids))}
        return frozenset(row["provider_id"] for row in connection.execute(KNOWN, values))

    @writes
    def adjust(
        self, connection: Connection, prediction_id: int, carried_micros: Micros, *, reason: str, at: Instant
    ) -> Micros:
        """Let the server's own account carry exactly so much; returns the change. Repeating it changes nothing."""
        return adjust(connection, hold_of(connection, prediction_id), carried_micros, Note(reason, at))
