"""The verb `models`: the catalogue beside the provider's live list, what is paused, and entries for further models."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from bot.cli.books import open_books
from bot.cli.provider import open_session, provider_of
from bot.db.database import DatabaseEmpty, UnusableDatabase
from bot.domain.clock import Clock, SystemClock
from bot.domain.drift import UNCONFIRMED, Confirmed, ListedSchema, drifts, entry_for
from bot.domain.errors import OperatorError
from bot.domain.models import CATALOGUE, find_model
from bot.domain.money import format_usd, micros_up
from bot.domain.predictions import ProviderError
from bot.settings import Settings

_CONFIRMATIONS = Mapping[str, Confirmed]


class NoList(OperatorError):
    """The provider's list could not be read; its sentence is for the operator."""


class NothingNamed(OperatorError):
    """Confirming needs the models that the operator has looked at."""

    def __init__(self) -> None:
        super().__init__("Name the models that you have looked at: easel models --confirm ID.")


def models(settings: Settings, model_ids: Sequence[str]) -> int:
    """Print the whole catalogue, or what is said of these ids; 1 where anything drifted or is not listed.

    Raises:
        EaselError: the list cannot be had.
    """
    listed, confirmed = asyncio.run(_look(settings, SystemClock()))
    lines, is_well = _of_ids(model_ids, listed, confirmed) if model_ids else _catalogue(listed, confirmed)
    for line in lines:
        print(line)  # noqa: T201 - what the operator asked for
    return 0 if is_well else 1


def confirm(settings: Settings, model_ids: Sequence[str]) -> int:
    """Take these models as the provider has them now, and let members use them again.

    Raises:
        EaselError: no id, one that is not in the catalogue, no list, or no database.
    """
    if not model_ids:
        raise NothingNamed
    for line in asyncio.run(_confirm(settings, model_ids, SystemClock())):
        print(line)  # noqa: T201 - what the operator asked for
    return 0


async def _look(settings: Settings, clock: Clock) -> tuple[Mapping[str, ListedSchema], _CONFIRMATIONS]:
    listed = await _listed(settings, clock)
    try:
        async with open_books(settings) as books:
            return listed, await books.prices.confirmed()
    except (UnusableDatabase, DatabaseEmpty):
        return listed, {}  # before the first start nobody has confirmed anything


async def _confirm(settings: Settings, model_ids: Sequence[str], clock: Clock) -> list[str]:
    chosen = [find_model(model_id) for model_id in model_ids]
    listed = await _listed(settings, clock)
    async with open_books(settings) as books:
        confirmed = await books.prices.confirm(chosen, listed, clock.now())
    return [f"{model_id}: confirmed{_as_it_is(each)}. Members can use it." for model_id, each in confirmed.items()]


async def _listed(settings: Settings, clock: Clock) -> Mapping[str, ListedSchema]:
    async with open_session() as session:
        try:
            return await provider_of(settings, session, clock).listings()
        except ProviderError as error:
            raise NoList(f"The provider's list cannot be read: {error.detail}.") from error


def _as_it_is(confirmed: Confirmed) -> str:
    price = f" at {format_usd(confirmed.price_micros)}" if confirmed.price_micros else ""
    return price + (f", although {', '.join(confirmed.drifts)}" if confirmed.drifts else "")


def _catalogue(listed: Mapping[str, ListedSchema], confirmed: _CONFIRMATIONS) -> tuple[list[str], bool]:
    found = {model: drifts(model, listed.get(model.id), confirmed.get(model.id, UNCONFIRMED)) for model in CATALOGUE}
    lines: list[str] = []
    for model, drift in found.items():
        base = (listed[model.id].base_price if model.id in listed else None) or Decimal(0)
        lines.append(
            f"{model.id}: {model.label}, {format_usd(model.price_micros)} (listed {format_usd(micros_up(base))})"
        )
        lines.append(f"  read from {model.source or 'MODELS_FILE'}")
        if model.id in confirmed:
            lines.append(f"  confirmed by you{_as_it_is(confirmed[model.id])}")
        lines += [f"  drift: {each}" for each in drift]
        if drift and model.id in listed:
            lines.append(f"  a running bot pauses it; once you have looked: easel models --confirm {model.id}")
    return lines, not any(found.values())


def _of_ids(
    model_ids: Sequence[str], listed: Mapping[str, ListedSchema], confirmed: _CONFIRMATIONS
) -> tuple[list[str], bool]:
    return list(_said_of(model_ids, listed, confirmed)), all(model_id in listed for model_id in model_ids)


def _said_of(model_ids: Sequence[str], listed: Mapping[str, ListedSchema], confirmed: _CONFIRMATIONS) -> Iterator[str]:
    for model_id in model_ids:
        model = CATALOGUE.find(model_id)
        if model_id not in listed:
            yield f"{model_id}: it is not listed"
        elif model is None:
            yield entry_for(listed[model_id])
        else:
            drifted = drifts(model, listed[model_id], confirmed.get(model_id, UNCONFIRMED))
            yield f"{model_id}: {'; '.join(drifted) or 'as it is in the catalogue'}"
