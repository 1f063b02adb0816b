"""The last known price of each model."""

from __future__ import annotations

from collections.abc import Mapping

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.domain.clock import Instant
from bot.domain.money import Micros

READ_ALL = "SELECT model_id, price_micros, quoted_at FROM prices"

# The newest quote of a model.
WRITE = """
INSERT INTO prices (model_id, price_micros, quoted_at) VALUES (:model_id, :price, :at)
ON CONFLICT (model_id) DO UPDATE SET price_micros = excluded.price_micros, quoted_at = excluded.quoted_at
"""


class PriceStore(Store):
    """The last known price of each model."""

    @reads
    def prices(self, connection: Connection) -> Mapping[str, tuple[Micros, Instant]]:
        """Price of one picture by model id, with when it was quoted."""
        return {row["model_id"]: (row["price_micros"], row["quoted_at"]) for row in connection.execute(READ_ALL)}

    @writes
    def set_price(self, connection: Connection, model_id: str, price_micros: Micros, at: Instant) -> None:
        """Remember a quote."""
        connection.execute(WRITE, {"model_id": model_id, "price": price_micros, "at": at})
