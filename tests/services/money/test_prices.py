"""Prices: never too small a hold, current while there is somebody to ask."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from bot.domain.clock import HOUR
from bot.domain.errors import NotSold
from bot.domain.models import CATALOGUE, MAX, MAX_MULTI, PRO
from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.services.money.prices import Prices
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


async def quoted(bot: Running, count: int = len(CATALOGUE)) -> bool:
    """The last model in order has been asked about."""
    return len(await bot.stores.prices.prices()) == count


async def test_a_withdrawn_model_is_not_sold(desk: Desk) -> None:
    """A refused quote of a model that the provider's list lacks withdraws it until a quote comes again."""
    desk.provider.quotes = [Refused(FailureReason.PROVIDER, "planted")]
    desk.provider.models = {MAX.id: Decimal("0.08"), MAX_MULTI.id: None}
    prices = Prices(desk.provider, desk.stores.prices, desk.clock)
    keeping = asyncio.create_task(prices.keep_current())
    await desk.clock.advance(1)
    withdrawn = set(CATALOGUE) - set(await prices.on_sale())
    with pytest.raises(NotSold, match=MAX_MULTI.label):
        await prices.ask(MAX_MULTI)
    listed = await prices.ask(MAX)
    desk.provider.quotes = [95_000]
    await desk.clock.advance(HOUR / 1_000)
    keeping.cancel()

    assert withdrawn == set(CATALOGUE) - {MAX}
    assert listed == MAX.price_micros
    assert await prices.on_sale() == dict.fromkeys(CATALOGUE, 95_000)


async def test_a_key_that_may_not_ask_withdraws_nothing(desk: Desk) -> None:
    """Where neither quote nor list can be had, the price that was known stands."""
    desk.provider.quotes = [Refused(FailureReason.PROVIDER, "planted")]
    prices = Prices(desk.provider, desk.stores.prices, desk.clock)
    keeping = asyncio.create_task(prices.keep_current())
    await desk.clock.advance(1)
    keeping.cancel()

    assert await prices.on_sale() == {model: model.price_micros for model in CATALOGUE}


async def test_a_higher_price_is_told(desk: Desk) -> None:
    """A quote above the list price is in the log, for the operator."""
    desk.provider.quotes = [95_000, *(model.price_micros for model in CATALOGUE[1:])]
    with capture_logs() as logs:
        keeping = asyncio.create_task(Prices(desk.provider, desk.stores.prices, desk.clock).keep_current())
        await desk.clock.advance(1)
        keeping.cancel()

    assert [(line["event"], line["model"], line["quoted_micros"]) for line in logs] == [
        ("price.higher", CATALOGUE[0].id, 95_000)
    ]


async def test_a_command_for_a_withdrawn_model_is_refused(world: World) -> None:
    """The member reads that the model is not sold, at the early look and at the admission; others go on."""
    world.provider.withdraw(MAX.id)
    async with world.start() as bot:
        await world.until(lambda: quoted(bot, len(CATALOGUE) - 1))
        refused = await world.refusal(request())
        done = await world.closed(await world.command(request(model_id=PRO.id)))

    assert isinstance(refused, NotSold)
    assert done.spent_micros == PRO.price_micros
