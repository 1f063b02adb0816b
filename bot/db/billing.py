"""The ledger as the provider's bill is held against it: prediction by prediction."""

from __future__ import annotations

import json
from collections.abc import Collection

from bot.db.connection import Connection
from bot.db.database import Store
from bot.db.holds import hold_of
from bot.db.ledger import Note, adjust
from bot.domain.clock import Instant
from bot.domain.money import Micros
from bot.services.money.reconciling import Booked

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


class SqliteBillingStore(Store):
    """The billing store in SQLite."""

    async def booked(self, after: Instant) -> tuple[Booked, ...]:
        """See `BillingStore.booked`."""
        return await self.database.read(_booked, after)

    async def known(self, provider_ids: Collection[str]) -> frozenset[str]:
        """See `BillingStore.known`."""
        return await self.database.read(_known, provider_ids)

    async def adjust(self, prediction_id: int, carried_micros: Micros, *, reason: str, at: Instant) -> Micros:
        """See `BillingStore.adjust`."""
        return await self.database.write(_carry, prediction_id, carried_micros, Note(reason, at))


def _carry(connection: Connection, prediction_id: int, carried_micros: Micros, note: Note) -> Micros:
    return adjust(connection, hold_of(connection, prediction_id), carried_micros, note)


def _booked(connection: Connection, after: Instant) -> tuple[Booked, ...]:
    return tuple(Booked(**dict(row)) for row in connection.execute(BOOKED, {"after": after}))


def _known(connection: Connection, provider_ids: Collection[str]) -> frozenset[str]:
    values = {"provider_ids": json.dumps(sorted(provider_ids))}
    return frozenset(row["provider_id"] for row in connection.execute(KNOWN, values))
