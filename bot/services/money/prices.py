"""What a picture costs now: the model data's list price, replaced by a newer quote of the provider."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.domain.clock import Clock, Instant
from bot.domain.errors import NotSold
from bot.domain.models import CATALOGUE, ImageModel
from bot.domain.money import Micros, micros_up
from bot.domain.predictions import FailureReason, ProviderError, Refused
from bot.services.ports.provider import Provider
from bot.services.ports.stores import PriceStore

log = structlog.get_logger(__name__)

QUOTE_EVERY_SECONDS = 3600
_QUOTE_PROMPT = "a picture"
# A quote looks at the number of images only; nothing is fetched from this address.
_QUOTE_IMAGE = "https://example.com/reference.png"


class Prices:
    """Knows the price of each model, and keeps it current while there is a provider to ask."""

    def __init__(self, provider: Provider, store: PriceStore, clock: Clock) -> None:
        self._provider = provider
        self._store = store
        self._clock = clock
        self._withdrawn: set[str] = set()

    async def price_of(self, model: ImageModel) -> Micros:
        """The price of one picture in micro-dollars: the last quote, else the list price; the higher of the two."""
        return (await self.of_all())[model]

    async def of_all(self) -> Mapping[ImageModel, Micros]:
        """The price of one picture of each model, whether it can be had now or not."""
        quotes = await self._store.prices()
        return {model: _price(model, quotes) for model in CATALOGUE}

    async def ask(self, model: ImageModel) -> Micros:
        """The price at which a picture can be had now.

        Raises:
            NotSold: the provider says that it does not sell this model, or not at which price.
        """
        if model.id in self._withdrawn:
            raise NotSold(f"The image provider does not sell {model.label} at the moment.")
        return await self.price_of(model)

    async def on_sale(self) -> Mapping[ImageModel, Micros]:
        """What can be had now, with the price of one picture each."""
        prices = await self.of_all()
        return {model: price for model, price in prices.items() if model.id not in self._withdrawn}

    async def keep_current(self) -> None:
        """Ask for a quote of every model at once and then every hour; runs until cancelled."""
        while True:
            for model in CATALOGUE:
                await self._look(model)
            await self._clock.sleep(QUOTE_EVERY_SECONDS)

    async def _look(self, model: ImageModel) -> None:
        """Ask once; where nothing can be learnt, what was known before stands."""
        try:
            price = await self._quote(model)
        except ProviderError as error:
            if isinstance(error, Refused) and error.reason is FailureReason.NOT_AUTHORISED:
                log.critical("provider.key_refused", setting="WAVESPEED_API_KEY", detail=error.detail)
            log.warning("price.no_quote", model=model.id, detail=error.detail)
            return
        if price is None:
            self._withdrawn.add(model.id)
            log.warning("price.not_sold", model=model.id)
            return
        if price > model.price_micros:
            log.warning("price.higher", model=model.id, quoted_micros=price, listed_micros=model.price_micros)
        self._withdrawn.discard(model.id)
        await self._store.set_price(model.id, price, self._clock.now())

    async def _quote(self, model: ImageModel) -> Micros | None:
        """The quote, else the base price of the provider's own list; None where both are a definite no.

        A refused quote alone says little: the key may not ask. A list that can be read has the last word.

        Raises:
            ProviderError: nothing can be learnt now.
        """
        try:
            return (await self._provider.quote(model, _QUOTE_PROMPT, [_QUOTE_IMAGE], {})).price_micros
        except Refused as error:
            log.info("price.quote_refused", model=model.id, detail=error.detail)
        dollars = (await self._provider.listed_models()).get(model.id)
        return None if dollars is None or dollars <= 0 else micros_up(dollars)


def _price(model: ImageModel, quotes: Mapping[str, tuple[Micros, Instant]]) -> Micros:
    quoted = quotes.get(model.id)
    return model.price_micros if quoted is None else max(model.price_micros, quoted[0])
