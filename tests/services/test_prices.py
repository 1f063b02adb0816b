"""Prices: never too small a hold, current while there is somebody to ask."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.clock import HOUR
from bot.domain.models import CATALOGUE, MAX
from bot.domain.predictions import TryLater
from bot.services.prices import Prices
from tests.services.desk import Desk
from tests.services.world import Running, World, request


@pytest.mark.parametrize(("quoted", "price"), [(None, 80_000), (70_000, 80_000), (80_000, 80_000), (95_000, 95_000)])
async def test_the_higher_of_list_and_quote(desk: Desk, quoted: int | None, price: int) -> None:
    """A price is the list price unless the provider quoted more."""
    if quoted is not None:
        await desk.stores.prices.set_price(MAX.id, quoted, desk.clock.now())

    assert await Prices(desk.provider, desk.stores.prices, desk.clock).price_of(MAX) == price


async def test_quotes_are_asked_for_every_hour(desk: Desk) -> None:
    """Each model at once, and again each hour; a quote that cannot be had leaves the last one."""
    desk.provider.quotes = [95_000, TryLater("planted")]
    prices = Prices(desk.provider, desk.stores.prices, desk.clock)
    keeping = asyncio.create_task(prices.keep_current())
    await desk.clock.advance(2 * HOUR / 1_000 + 1)
    keeping.cancel()

    assert len(desk.provider.looks) == 3 * len(CATALOGUE)
    assert await prices.price_of(CATALOGUE[0]) == max(95_000, CATALOGUE[0].price_micros)
    assert await prices.price_of(CATALOGUE[1]) == CATALOGUE[1].price_micros


async def test_a_new_price_is_held_and_paid(world: World) -> None:
    """What the provider charges today is what is told, held and captured."""
    world.provider.set_price(MAX.id, 95_000)
    async with world.start() as bot:
        await world.until(lambda: quoted(bot))
        job = await world.closed(await world.command(request()))

    assert (job.price_micros, job.spent_micros, world.provider.billed_micros) == (95_000, 95_000, 95_000)


async def quoted(bot: Running) -> bool:
    return len(await bot.stores.prices.prices()) == len(CATALOGUE)
