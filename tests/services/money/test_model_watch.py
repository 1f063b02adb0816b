"""Models that changed at the provider: paused until the operator has looked, and told in the words that let go."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.drift import ListedSchema
from bot.domain.errors import ModelPaused
from bot.domain.models import MAX, MAX_MULTI, find_model
from bot.domain.predictions import TryLater
from bot.services.money.model_watch import LOOK_EVERY_SECONDS, ModelWatch
from bot.services.money.prices import Prices
from tests.services.parts import Parts
from tests.services.world import Running, ServiceWorld, request

NANO = find_model("google/nano-banana-2/edit")
PROPERTIES: Mapping[str, Mapping[str, Any]] = {
    "prompt": {"type": "string"},
    "images": {"type": "array", "items": {"type": "string", "maxItems": 14}},
    **{parameter.name: {} for parameter in NANO.parameters},
}
AS_KNOWN = ListedSchema(NANO.id, Decimal("0.08"), {"properties": PROPERTIES})


def without(*names: str) -> Mapping[str, ListedSchema]:
    """The list, in which the model has lost these inputs."""
    kept = {name: each for name, each in PROPERTIES.items() if name not in names}
    return {NANO.id: replace(AS_KNOWN, schema={"properties": kept})}


async def look(parts: Parts) -> list[dict[str, Any]]:
    """What the operator reads of a look at the list as it is now."""
    with capture_logs() as logs:
        await ModelWatch(parts.provider, parts.stores.prices, parts.clock).look()
    return [dict(line) for line in logs]


async def test_a_model_that_lost_an_input_is_paused(parts: Parts) -> None:
    """Nobody can choose it or run it, the others go on, and one error names the command that lets go of it."""
    parts.provider.listed = without("resolution")
    lines = await look(parts)
    prices = Prices(parts.provider, parts.stores.prices, parts.clock)

    assert [(line["event"], line["model"], line["because"]) for line in lines] == [
        ("model.paused", NANO.id, "resolution is not declared")
    ]
    assert lines[0]["sentence"].endswith(f"easel models --confirm {NANO.id}")
    assert lines[0]["log_level"] == "error"
    with pytest.raises(ModelPaused, match=f"{NANO.label} has changed"):
        await prices.ask(NANO)
    assert NANO not in await prices.on_sale()
    assert {MAX, MAX_MULTI} <= (await prices.on_sale()).keys()
    assert await look(parts) == [], "it was told already"


async def test_what_was_confirmed_pauses_nothing_and_what_comes_then_does(parts: Parts) -> None:
    """The operator has looked at one difference; the next one is for them again."""
    parts.provider.listed = without("resolution")
    await look(parts)
    await parts.stores.prices.confirm([NANO], parts.provider.listed, parts.clock.now())
    prices = Prices(parts.provider, parts.stores.prices, parts.clock)
    assert await prices.ask(NANO) == NANO.price_micros
    assert await look(parts) == []

    parts.provider.listed = without("resolution", "output_format")
    assert [line["because"] for line in await look(parts)] == ["output_format is not declared"]


async def test_a_pause_ends_with_its_reason(parts: Parts) -> None:
    """A list that is again as it was needs nobody; one that cannot be read, or says nothing, proves nothing."""
    parts.provider.listed = without("resolution")
    await look(parts)
    parts.provider.listed = None
    assert [line["event"] for line in await look(parts)] == ["model.not_compared"]
    assert NANO.id in await parts.stores.prices.paused()

    parts.provider.listed = {NANO.id: AS_KNOWN}
    assert [line["event"] for line in await look(parts)] == ["model.resumed"]
    parts.provider.listed = {NANO.id: ListedSchema(NANO.id)}
    assert (await look(parts), await parts.stores.prices.paused()) == ([], {})


@pytest.mark.parametrize(
    ("quoted", "listed", "confirmed", "because"),
    [
        (80_000, "0.09", None, None),
        (95_000, "0.08", None, "it costs $0.095, and not $0.08"),
        (None, "0.095", None, "it costs $0.095, and not $0.08"),
        (95_000, "0.08", "0.095", None),
        (96_000, "0.08", "0.095", "it costs $0.096, and not $0.095"),
        (70_000, "0.07", None, None),
    ],
)
async def test_a_price_above_the_confirmed_one_pauses(
    parts: Parts, quoted: int | None, listed: str, confirmed: str | None, because: str | None
) -> None:
    """What the provider asks counts, and what it lists where it was not asked; a lower price is simply paid."""
    at, prices = parts.clock.now(), parts.stores.prices
    if confirmed is not None:
        await prices.confirm([NANO], {NANO.id: replace(AS_KNOWN, base_price=Decimal(confirmed))}, at)
    if quoted is not None:
        await prices.set_price(NANO.id, quoted, at)
    parts.provider.listed = {NANO.id: replace(AS_KNOWN, base_price=Decimal(listed))}
    await look(parts)

    assert await prices.paused() == ({} if because is None else {NANO.id: [because]})


async def test_the_list_is_read_once_an_hour(parts: Parts) -> None:
    """However often prices are asked for in between."""
    parts.provider.quotes = [TryLater("planted")]
    parts.provider.listed = {}
    prices = Prices(parts.provider, parts.stores.prices, parts.clock)
    keeping = asyncio.create_task(prices.keep_current())
    await parts.clock.advance(1)
    parts.provider.listed = without("resolution")
    await prices.withdraw(MAX)
    await parts.clock.advance(LOOK_EVERY_SECONDS / 2)
    early = await parts.stores.prices.paused()
    await parts.clock.advance(LOOK_EVERY_SECONDS / 2)
    keeping.cancel()

    assert (early, list(await parts.stores.prices.paused())) == ({}, [NANO.id])


async def test_a_pause_outlives_the_program(world: ServiceWorld) -> None:
    """A command for a dearer model is refused before and after a restart; once confirmed, the new price is paid."""
    world.provider.set_price(MAX.id, 95_000)
    async with world.start() as bot:
        await world.until(lambda: paused(bot))
        refused = await world.refusal(request())
    async with world.start() as bot:
        again = await world.refusal(request())
        await bot.stores.prices.confirm([MAX], {}, world.clock.now())
        job = await world.closed(await world.command(request()))

    assert (type(refused), type(again)) == (ModelPaused, ModelPaused)
    assert (job.price_micros, job.spent_micros, world.posts) == (95_000, 95_000, 1)


async def paused(bot: Running) -> bool:
    return MAX.id in await bot.stores.prices.paused()
