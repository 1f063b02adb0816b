"""The verb `models`: the catalogue beside the provider's live list, and an entry for a model that is not in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from bot.cli.provider import open_session, provider_of
from bot.domain.clock import Clock, SystemClock
from bot.domain.drift import ListedSchema, drifts, entry_for
from bot.domain.errors import EaselError
from bot.domain.models import CATALOGUE
from bot.domain.money import format_usd, micros_up
from bot.domain.predictions import ProviderError
from bot.settings import Settings


class NoList(EaselError):
    """The provider's list could not be read; its sentence is for the operator."""

    title = "I can't compare the models"


def models(settings: Settings, model_ids: Sequence[str]) -> int:
    """Print the whole catalogue, or what is said of these ids; 1 where anything drifted or is not listed.

    Raises:
        EaselError: the list cannot be had.
    """
    listed = asyncio.run(_listed(settings, SystemClock()))
    lines, is_well = _of_ids(model_ids, listed) if model_ids else _catalogue(listed)
    for line in lines:
        print(line)  # noqa: T201 - what the operator asked for
    return 0 if is_well else 1


async def _listed(settings: Settings, clock: Clock) -> Mapping[str, ListedSchema]:
    async with open_session() as session:
        try:
            return await provider_of(settings, session, clock).listings()
        except ProviderError as error:
            raise NoList(f"The provider's list cannot be read: {error.detail}.") from error


def _catalogue(listed: Mapping[str, ListedSchema]) -> tuple[list[str], bool]:
    found = {model: drifts(model, listed.get(model.id)) for model in CATALOGUE}
    lines: list[str] = []
    for model, drift in found.items():
        base = (listed[model.id].base_price if model.id in listed else None) or Decimal(0)
        lines.append(
            f"{model.id}: {model.label}, {format_usd(model.price_micros)} (listed {format_usd(micros_up(base))})"
        )
        lines.append(f"  read from {model.source or 'MODELS_FILE'}")
        lines += [f"  drift: {each}" for each in drift]
    return lines, not any(found.values())


def _of_ids(model_ids: Sequence[str], listed: Mapping[str, ListedSchema]) -> tuple[list[str], bool]:
    return list(_said_of(model_ids, listed)), all(model_id in listed for model_id in model_ids)


def _said_of(model_ids: Sequence[str], listed: Mapping[str, ListedSchema]) -> Iterator[str]:
    for model_id in model_ids:
        model = CATALOGUE.find(model_id)
        if model_id not in listed:
            yield f"{model_id}: it is not listed"
        elif model is None:
            yield entry_for(listed[model_id])
        else:
            yield f"{model_id}: {'; '.join(drifts(model, listed[model_id])) or 'as it is in the catalogue'}"
