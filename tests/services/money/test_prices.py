"""Prices: never too small a hold, current while there is somebody to ask."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from bot.demo.provider import Behaviour, Site
from bot.domain.clock import HOUR
from bot.domain.drift import ListedSchema
from bot.domain.errors import NotSold, PriceRose
from bot.domain.models import CATALOGUE, MAX, MAX_MULTI, PRO
from bot.domain.predictions import FailureReason, NotSent, Refused, TryLater
from bot.services.money.prices import UNREACHABLE_SECONDS, WITHDRAWN_SECONDS, Prices
from tests.services.parts import Parts
from tests.services.world import Running, ServiceWorld, request


@pytest.mark.parametrize(("quoted", "price"), [(None, 80_000), (70_000, 70_000), (80_000, 80_000), (95_000, 95_000)])
async def test_the_last_quote_is_the_price(parts: Parts, quoted: int | None, price: int) -> None:
    """A price is what the provider quoted last, lower or higher than the list price; that only where it quoted none."""
    if quoted is not None:
        await parts.stores.prices.set_price(MAX.id, quoted, parts.clock.now())

    assert await Prices(parts.provider, parts.stores.prices, parts.clock).price_of(MAX) == price


async def test_a_price_that_fell_since_the_last_quote(world: ServiceWorld) -> None:
    """What is held, paid and billed is what the provider asks for these inputs now, not an hour ago."""
    async with world.start() as bot:
        await world.until(lambda: quoted(bot))
        world.provider.set_price(MAX.id, 40_000)
        job = await world.closed(await world.command(request()))

    assert (job.price_micros, job.spent_micros, world.provider.billed_micros) == (40_000, 40_000, 40_000)


async def test_a_price_that_rose_since_it_was_shown(world: ServiceWorld) -> None:
    """Nobody is held to more than they read: the higher price is said, and nothing is sent."""
    async with world.start() as bot:
        await world.until(lambda: quoted(bot))
        await rises(world, bot)
        with pytest.raises(PriceRose, match=r"0\.095"):
            await bot.accept(request(shown_micros=80_000))
        unasked = await world.closed(await world.command(request()))

    assert (unasked.price_micros, world.posts) == (95_000, 1)


async def test_a_price_that_rose_past_what_needs_no_asking(world: ServiceWorld) -> None:
    """Where the server wants to be asked above an amount, a price that passes it meanwhile is not run unasked."""
    async with world.start() as bot:
        await world.until(lambda: quoted(bot))
        await bot.services.moderation.server_settings.set_confirmation(world.actor(can_manage=True), "0.08")
        await rises(world, bot)
        asked = request()
        await bot.services.creative.intake.look(asked)
        with pytest.raises(PriceRose):
            await bot.accept(asked)

    assert world.posts == 0


async def test_a_provider_that_does_not_quote_holds_nobody_up(parts: Parts) -> None:
    """The last price known holds, and the next commands do not wait for the same silence again."""
    parts.provider.quotes = [TryLater("planted"), 40_000]
    prices = Prices(parts.provider, parts.stores.prices, parts.clock)

    silent = [await prices.now(MAX, "blue", 1, {}) for _ in range(3)]
    asked = len(parts.provider.looks)
    await parts.clock.advance(31)

    assert (silent, asked) == ([MAX.price_micros] * 3, 1)
    assert await prices.now(MAX, "blue", 1, {}) == 40_000


async def test_commands_at_once_share_a_quote(parts: Parts) -> None:
    """The same inputs are quoted once in a few seconds; others, and a later command, are asked about anew."""
    parts.provider.quotes = [40_000]
    prices = Prices(parts.provider, parts.stores.prices, parts.clock)
    for _ in range(3):
        await prices.now(MAX_MULTI, "blue", 2, {"aspect_ratio": "1:1"})
    at_once = len(parts.provider.looks)
    await prices.now(MAX_MULTI, "blue", 3, {"aspect_ratio": "1:1"})
    await parts.clock.advance(6)
    await prices.now(MAX_MULTI, "blue", 3, {"aspect_ratio": "1:1"})

    assert (at_once, len(parts.provider.looks)) == (1, 3)


async def test_no_way_to_the_provider(parts: Parts) -> None:
    """Where it cannot be reached one warning says so, not one for each model; a minute later it is asked again."""
    parts.provider.quotes = [NotSent("the host cannot be reached: planted")]
    prices = Prices(parts.provider, parts.stores.prices, parts.clock)
    with capture_logs() as logs:
        keeping = asyncio.create_task(prices.keep_current())
        await parts.clock.advance(UNREACHABLE_SECONDS + 1)
        in_vain = len(parts.provider.looks)
        parts.provider.quotes = [95_000]
        await parts.clock.advance(UNREACHABLE_SECONDS)
        keeping.cancel()

    assert in_vain == 2
    assert [line["sentence"] for line in logs if "sentence" in line] == [
        "the host cannot be reached: planted. I go on trying; prices are the last ones known.",
        "The provider is reached again.",
    ]
    assert await prices.price_of(MAX) == 95_000


async def test_quotes_are_asked_for_every_hour(parts: Parts) -> None:
    """Each model at once, and again each hour; a quote that cannot be had leaves the last one."""
    parts.provider.quotes = [95_000, TryLater("planted")]
    prices = Prices(parts.provider, parts.stores.prices, parts.clock)
    keeping = asyncio.create_task(prices.keep_current())
    await parts.clock.advance(2 * HOUR / 1_000 + 1)
    keeping.cancel()

    assert len(parts.provider.looks) == 3 * len(CATALOGUE)
    assert await prices.price_of(CATALOGUE[0]) == 95_000
    assert await prices.price_of(CATALOGUE[1]) == CATALOGUE[1].price_micros


async def test_a_new_price_is_held_and_paid(world: ServiceWorld) -> None:
    """What the provider charges today is what is told, held and captured."""
    async with world.start() as bot:
        await rises(world, bot)
        await world.until(lambda: quoted(bot))
        await bot.services.money.prices.now(MAX, "blue", 1, {})
        job = await world.closed(await world.command(request()))

    assert (job.price_micros, job.spent_micros, world.provider.billed_micros) == (95_000, 95_000, 95_000)


async def rises(world: ServiceWorld, bot: Running) -> None:
    """The provider asks more, and the operator has confirmed that."""
    world.provider.set_price(MAX.id, 95_000)
    await bot.stores.prices.confirm([MAX], {MAX.id: ListedSchema(MAX.id, Decimal("0.095"))}, world.clock.now())


async def quoted(bot: Running, count: int = len(CATALOGUE)) -> bool:
    """The last model in order has been asked about."""
    return len((await bot.stores.prices.sale()).quoted) == count


async def test_a_withdrawn_model_is_not_sold(parts: Parts) -> None:
    """A refused quote of a model that the provider's list lacks withdraws it until a quote comes again."""
    parts.provider.quotes = [Refused(FailureReason.PROVIDER, "planted")]
    parts.provider.models = {MAX.id: Decimal("0.08"), MAX_MULTI.id: None}
    prices = Prices(parts.provider, parts.stores.prices, parts.clock)
    keeping = asyncio.create_task(prices.keep_current())
    await parts.clock.advance(1)
    withdrawn = set(CATALOGUE) - set(await prices.on_sale())
    with pytest.raises(NotSold, match=MAX_MULTI.label):
        await prices.ask(MAX_MULTI)
    listed = await prices.ask(MAX)
    parts.provider.quotes = [95_000]
    await parts.clock.advance(HOUR / 1_000)
    keeping.cancel()

    assert withdrawn == set(CATALOGUE) - {MAX}
    assert listed == MAX.price_micros
    assert await prices.on_sale() == dict.fromkeys(CATALOGUE, 95_000)


async def test_a_key_that_may_not_ask_withdraws_nothing(parts: Parts) -> None:
    """Where neither quote nor list can be had, the price that was known stands."""
    parts.provider.quotes = [Refused(FailureReason.PROVIDER, "planted")]
    prices = Prices(parts.provider, parts.stores.prices, parts.clock)
    keeping = asyncio.create_task(prices.keep_current())
    await parts.clock.advance(1)
    keeping.cancel()

    assert await prices.on_sale() == {model: model.price_micros for model in CATALOGUE}


async def test_a_higher_price_is_told(parts: Parts) -> None:
    """A quote above the list price is in the log, for the operator."""
    parts.provider.quotes = [95_000, *(model.price_micros for model in CATALOGUE[1:])]
    with capture_logs() as logs:
        keeping = asyncio.create_task(Prices(parts.provider, parts.stores.prices, parts.clock).keep_current())
        await parts.clock.advance(1)
        keeping.cancel()

    assert [(line["model"], line["quoted_micros"]) for line in logs if line["event"] == "price.higher"] == [
        (CATALOGUE[0].id, 95_000)
    ]


async def test_a_command_for_a_withdrawn_model_is_refused(world: ServiceWorld) -> None:
    """The member reads that the model is not sold, at the early look and at the admission; others go on."""
    world.provider.withdraw(MAX.id)
    async with world.start() as bot:
        await world.until(lambda: quoted(bot, len(CATALOGUE) - 1))
        refused = await world.refusal(request())
        done = await world.closed(await world.command(request(model_id=PRO.id)))

    assert isinstance(refused, NotSold)
    assert done.spent_micros == PRO.price_micros


async def test_a_model_that_the_provider_no_longer_has(world: ServiceWorld) -> None:
    """A 404 to a paid request takes the model off sale, tells its member and the operator, until it is back."""
    async with world.start() as bot:
        await world.until(lambda: quoted(bot))
        world.provider.script(Site.SUBMIT, Behaviour.NOT_FOUND)
        with capture_logs() as logs:
            refused = await world.closed(await world.command(request()))
        later = await world.refusal(request())
        on_sale = set(await bot.services.money.prices.on_sale())
        await world.until(lambda: _on_sale_again(bot))
        done = await world.closed(await world.command(request()))

    assert refused.predictions[0].reason is FailureReason.NOT_SOLD
    assert [line["model"] for line in logs if line["event"] == "price.model_gone"] == [MAX.id]
    assert (type(later), on_sale) == (NotSold, set(CATALOGUE) - {MAX})
    assert (refused.spent_micros, refused.held_micros, done.spent_micros) == (0, 0, MAX.price_micros)


async def test_a_model_that_is_gone_is_gone_for_every_process(parts: Parts) -> None:
    """What the process that leads learns from a refused request, the others sell no more; a quote ends it later."""
    await Prices(parts.provider, parts.stores.prices, parts.clock).withdraw(MAX)
    other = Prices(parts.provider, parts.stores.prices, parts.clock)
    with pytest.raises(NotSold, match=MAX.label):
        await other.ask(MAX)

    soon = await parts.stores.prices.set_price(MAX.id, 80_000, parts.clock.now())
    await parts.clock.advance(WITHDRAWN_SECONDS)
    later = await parts.stores.prices.set_price(MAX.id, 80_000, parts.clock.now())

    assert (soon, later) == (False, True)
    assert await other.ask(MAX) == 80_000


async def _on_sale_again(bot: Running) -> bool:
    return MAX in await bot.services.money.prices.on_sale()
