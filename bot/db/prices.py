"""The last known price of each model, what the operator has confirmed of it, and which models are paused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.db.facts import READ, WRITE
from bot.domain.clock import Instant
from bot.domain.drift import UNCONFIRMED, Confirmed, ListedSchema, drifted_inputs, reasons_to_pause
from bot.domain.image_models import ImageModel
from bot.domain.money import Micros

READ_ALL = "SELECT model_id, price_micros, quoted_at FROM prices"

# The newest quote of a model.
WRITE_PRICE = """
INSERT INTO prices (model_id, price_micros, quoted_at) VALUES (:model_id, :price, :at)
ON CONFLICT (model_id) DO UPDATE SET price_micros = excluded.price_micros, quoted_at = excluded.quoted_at
"""


CONFIRMED_FACT = "confirmed_models"
PAUSED_FACT = "paused_models"

Paused: TypeAlias = Mapping[str, Sequence[str]]
"""Why each paused model is, by its id."""


class PriceStore(Store):
    """The last known price of each model, what the operator has confirmed of it, and which models are paused."""

    @reads
    def prices(self, connection: Connection) -> Mapping[str, tuple[Micros, Instant]]:
        """Price of one picture by model id, with when it was quoted."""
        return {row["model_id"]: (row["price_micros"], row["quoted_at"]) for row in connection.execute(READ_ALL)}

    @reads
    def paused(self, connection: Connection) -> Paused:
        """Why each model that members cannot use is paused, by its id."""
        return _fact(connection, PAUSED_FACT)

    @reads
    def confirmed(self, connection: Connection) -> Mapping[str, Confirmed]:
        """What the operator has confirmed, by model id."""
        return _confirmed(connection)

    @writes
    def compare(
        self, connection: Connection, models: Sequence[ImageModel], listed: Mapping[str, ListedSchema], at: Instant
    ) -> tuple[Paused, Paused]:
        """Pause what differs from what is known and confirmed, let go of what does not; returns before and after."""
        before, quoted, confirmed = _fact(connection, PAUSED_FACT), _quoted(connection), _confirmed(connection)
        after = {
            model.id: reasons
            for model in models
            if (
                reasons := reasons_to_pause(
                    model, listed.get(model.id), quoted.get(model.id), confirmed.get(model.id, UNCONFIRMED)
                )
            )
        }
        _keep(connection, PAUSED_FACT, after, at)
        return before, after

    @writes
    def confirm(
        self, connection: Connection, models: Sequence[ImageModel], listed: Mapping[str, ListedSchema], at: Instant
    ) -> Mapping[str, Confirmed]:
        """Take these models as they are quoted and listed now, and let go of them; returns what is confirmed."""
        quoted = _quoted(connection)
        seen = {model.id: _as_it_is(model, listed.get(model.id), quoted.get(model.id)) for model in models}
        known = {model_id: asdict(each) for model_id, each in (_confirmed(connection) | seen).items()}
        _keep(connection, CONFIRMED_FACT, known, at)
        paused = {model_id: why for model_id, why in _fact(connection, PAUSED_FACT).items() if model_id not in seen}
        _keep(connection, PAUSED_FACT, paused, at)
        return seen

    @writes
    def set_price(self, connection: Connection, model_id: str, price_micros: Micros, at: Instant) -> None:
        """Remember a quote."""
        connection.execute(WRITE_PRICE, {"model_id": model_id, "price": price_micros, "at": at})


def _fact(connection: Connection, name: str) -> Mapping[str, Any]:
    row = connection.execute(READ, {"name": name}).fetchone()
    return {} if row is None else json.loads(row["value"])


def _keep(connection: Connection, name: str, value: Mapping[str, object], at: Instant) -> None:
    connection.execute(WRITE, {"name": name, "value": json.dumps(value), "at": at})


def _quoted(connection: Connection) -> Mapping[str, Micros]:
    return {row["model_id"]: row["price_micros"] for row in connection.execute(READ_ALL)}


def _confirmed(connection: Connection) -> dict[str, Confirmed]:
    found = _fact(connection, CONFIRMED_FACT).items()
    return {model_id: Confirmed(each["price_micros"], tuple(each["drifts"])) for model_id, each in found}


def _as_it_is(model: ImageModel, listing: ListedSchema | None, quoted: Micros | None) -> Confirmed:
    listed = None if listing is None else listing.price_micros
    return Confirmed(max(quoted or 0, listed or 0), drifted_inputs(model, listing))
