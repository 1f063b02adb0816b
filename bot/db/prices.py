"""What each model costs, what the operator has confirmed of it, and which models cannot be had."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.db.facts import READ, WRITE
from bot.domain.clock import Instant
from bot.domain.drift import UNCONFIRMED, Confirmed, ListedSchema, drifted_inputs, reasons_to_pause
from bot.domain.image_models import ImageModel
from bot.domain.money import Micros

READ_ALL = "SELECT model_id, price_micros FROM prices"

# The newest quote of a model.
WRITE_PRICE = """
INSERT INTO prices (model_id, price_micros, quoted_at) VALUES (:model_id, :price, :at)
ON CONFLICT (model_id) DO UPDATE SET price_micros = excluded.price_micros, quoted_at = excluded.quoted_at
"""


CONFIRMED_FACT = "confirmed_models"
PAUSED_FACT = "paused_models"
WITHDRAWN_FACT = "withdrawn_models"

Paused: TypeAlias = Mapping[str, Sequence[str]]
"""Why each paused model is, by its id."""
Withdrawn: TypeAlias = Mapping[str, Instant]
"""Until when no quote brings back each model that the provider does not sell, by its id."""


@dataclass(frozen=True, slots=True)
class Sale:
    """What is known of all models at one moment: quoted prices, and which of them cannot be had."""

    quoted: Mapping[str, Micros]
    paused: Paused
    withdrawn: Withdrawn

    def has(self, model: ImageModel) -> bool:
        """Whether members can use it."""
        return model.id not in self.paused and model.id not in self.withdrawn

    def price_of(self, model: ImageModel) -> Micros:
        """The price of one picture: the last quote, else the list price."""
        return self.quoted.get(model.id, model.price_micros)


class PriceStore(Store):
    """What each model costs, what the operator has confirmed of it, and which models cannot be had.

    Every process of a bot reads it here: only the one that leads asks the provider.
    """

    @reads
    def sale(self, connection: Connection) -> Sale:
        """What can be had now, and for how much."""
        return Sale(_quoted(connection), _fact(connection, PAUSED_FACT), _fact(connection, WITHDRAWN_FACT))

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
        """Pause what differs from what is known and confirmed, unpause what does not; returns before and after."""
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
        """Take these models as they are quoted and listed now, and unpause them; returns what is confirmed."""
        quoted = _quoted(connection)
        seen = {model.id: _as_it_is(model, listed.get(model.id), quoted.get(model.id)) for model in models}
        known = {model_id: asdict(each) for model_id, each in (_confirmed(connection) | seen).items()}
        _keep(connection, CONFIRMED_FACT, known, at)
        paused = {model_id: why for model_id, why in _fact(connection, PAUSED_FACT).items() if model_id not in seen}
        _keep(connection, PAUSED_FACT, paused, at)
        return seen

    @writes
    def set_price(self, connection: Connection, model_id: str, price_micros: Micros, at: Instant) -> bool:
        """Remember a quote; returns whether it brings back a model that was withdrawn until then at most."""
        connection.execute(WRITE_PRICE, {"model_id": model_id, "price": price_micros, "at": at})
        withdrawn = dict(_fact(connection, WITHDRAWN_FACT))
        if model_id not in withdrawn or withdrawn[model_id] > at:
            return False
        del withdrawn[model_id]
        _keep(connection, WITHDRAWN_FACT, withdrawn, at)
        return True

    @writes
    def withdraw(self, connection: Connection, model_id: str, until: Instant, at: Instant) -> bool:
        """Have a model not sold until a quote from `until` on; the later end holds. Whether it was sold before."""
        withdrawn = dict(_fact(connection, WITHDRAWN_FACT))
        was_sold = model_id not in withdrawn
        withdrawn[model_id] = max(until, withdrawn.get(model_id, until))
        _keep(connection, WITHDRAWN_FACT, withdrawn, at)
        return was_sold


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
