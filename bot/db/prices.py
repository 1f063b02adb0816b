"""The last known price of each model."""

from __future__ import annotations

from collections.abc import Mapping

from bot.db.connection import Connection
from bot.db.database import Store
from bot.domain.clock import Instant
from bot.domain.money import Micros

READ_ALL = "SELECT model_id, price_micros, quoted_at FROM prices"

# The newest quote of a model.
WRITE = """
INSERT INTO prices (model_id, price_micros, quoted_at) VALUES (:model_id, :price, :at)
ON CONFLICT (model_id) DO UPDATE SET price_micros = excluded.price_micros, quoted_at = excluded.quoted_at
"""


class SqlitePriceStore(Store):
    """The price store in SQLite."""

    async def prices(self) -> Mapping[str, tuple[Micros, Instant]]:
        """See `PriceStore.prices`."""
        return await self.database.read(_prices)

    async def set_price(self, model_id: str, price_micros: Micros, at: Instant) -> None:
        """See `PriceStore.set_price`."""
        await self.database.write(_set_price, model_id, price_micros, at)


def _prices(connection: Connection) -> dict[str, tuple[Micros, Instant]]:
    return {row["model_id"]: (row["price_micros"], row["quoted_at"]) for row in connection.execute(READ_ALL)}


def _set_price(connection: Connection, model_id: str, price_micros: Micros, at: Instant) -> None:
    connection.execute(WRITE, {"model_id": model_id, "price": price_micros, "at": at})
