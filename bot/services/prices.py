"""What a picture costs now: the model data's list price, replaced by a newer quote of the provider."""

from __future__ import annotations

import structlog

from bot.domain.clock import Clock
from bot.domain.models import CATALOGUE, ImageModel
from bot.domain.money import Micros
from bot.domain.predictions import ProviderError
from bot.services.ports import Provider
from bot.services.stores import PriceStore

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

    async def price_of(self, model: ImageModel) -> Micros:
        """The price of one picture in micro-dollars: the last quote, else the list price; the higher of the two."""
        quoted = (await self._store.prices()).get(model.id)
        return model.price_micros if quoted is None else max(model.price_micros, quoted[0])

    async def keep_current(self) -> None:
        """Ask for a quote of every model at once and then every hour; runs until cancelled."""
        while True:
            for model in CATALOGUE:
                await self._quote(model)
            await self._clock.sleep(QUOTE_EVERY_SECONDS)

    async def _quote(self, model: ImageModel) -> None:
        try:
            quote = await self._provider.quote(model, _QUOTE_PROMPT, [_QUOTE_IMAGE], {})
        except ProviderError as error:
            log.warning("price.no_quote", model=model.id, detail=error.detail)
            return
        if quote.price_micros > model.price_micros:
            log.warning("price.higher", model=model.id, quoted_micros=quote.price_micros)
        await self._store.set_price(model.id, quote.price_micros, self._clock.now())
