"""Prices: the provider's quote, else the catalogue's list price; and which models are on sale."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from bot import texts
from bot.db.prices import PriceStore
from bot.domain.clock import SECOND, Clock
from bot.domain.errors import ModelPaused, NotSold
from bot.domain.image_models import ImageModel
from bot.domain.models import CATALOGUE
from bot.domain.money import Micros, micros_up
from bot.domain.parameters import SEED, ParameterValue
from bot.domain.predictions import FailureReason, NotSent, ProviderError, Refused
from bot.services.money.model_watch import ModelWatch
from bot.services.ports.provider import Provider
from bot.services.wakeup import Wakeup

log = structlog.get_logger(__name__)

QUOTE_EVERY_SECONDS = 3600
WITHDRAWN_SECONDS = 300
"""How long a model that refused a paid request stays off sale: its quote may go on answering as if nothing were."""

UNREACHABLE_SECONDS = 60.0
"""How soon the provider is asked again after it could not be reached at all."""

LONGEST_QUOTE_SECONDS = 3.0
"""A command waits so long for the price of its very inputs; after that the last one known holds."""

_QUOTE_GOOD_SECONDS = 5.0
_NO_QUOTE_PAUSE_SECONDS = 30.0
_QUOTE_PROMPT = "a picture"
# A quote looks at the number of images only; nothing is fetched from this address.
_QUOTE_IMAGE = "https://example.com/reference.png"


class Prices:
    """Knows the price of each model, and keeps it current while there is a provider to ask."""

    def __init__(self, provider: Provider, store: PriceStore, clock: Clock) -> None:
        self._provider = provider
        self._store = store
        self._clock = clock
        self._bell = Wakeup(clock)
        self._watch = ModelWatch(provider, store, clock)
        self._quoted: dict[str, tuple[float, Micros]] = {}
        self._silent_until = 0.0
        self._is_cut_off = False

    async def price_of(self, model: ImageModel) -> Micros:
        """The price of one picture in micro-dollars, as far as it is known: the last quote, else the list price."""
        return (await self._store.sale()).price_of(model)

    async def now(
        self, model: ImageModel, prompt: str, references: int, parameters: Mapping[str, ParameterValue]
    ) -> Micros:
        """What the provider asks now for these very inputs; what was known before where it does not say in 3 s."""
        known = await self.price_of(model)
        priced = {name: value for name, value in parameters.items() if name != SEED.name}
        key = repr((model.id, references, sorted(priced.items())))
        at, quoted = self._quoted.get(key, (None, known))
        if at is not None and self._clock.monotonic() - at < _QUOTE_GOOD_SECONDS:
            return quoted
        if self._clock.monotonic() < self._silent_until:
            return known
        try:
            async with asyncio.timeout(LONGEST_QUOTE_SECONDS):
                quote = await self._provider.quote(model, prompt, [_QUOTE_IMAGE] * references, priced)
        except (ProviderError, TimeoutError) as error:
            self._silent_until = self._clock.monotonic() + _NO_QUOTE_PAUSE_SECONDS
            log.info("price.not_quoted", model=model.id, error=type(error).__name__)
            return known
        self._quoted = {key: (self._clock.monotonic(), quote.price_micros)}
        if quote.price_micros != known:
            self._bell.notify()
        return quote.price_micros

    async def of_all(self) -> Mapping[ImageModel, Micros]:
        """The price of one picture of each model, whether it can be had now or not."""
        sale = await self._store.sale()
        return {model: sale.price_of(model) for model in CATALOGUE}

    async def ask(self, model: ImageModel) -> Micros:
        """The price at which a picture can be had, as far as it is known.

        Raises:
            NotSold: the provider says that it does not sell this model, or not at which price.
            ModelPaused: it changed at the provider, and the operator has not looked since.
        """
        sale = await self._store.sale()
        if model.id in sale.paused:
            raise ModelPaused(model.label)
        if model.id in sale.withdrawn:
            raise NotSold(texts.money.NOT_SOLD, model=model.label)
        return sale.price_of(model)

    async def on_sale(self) -> Mapping[ImageModel, Micros]:
        """What can be had now, with the price of one picture each."""
        sale = await self._store.sale()
        return {model: sale.price_of(model) for model in CATALOGUE if sale.has(model)}

    async def withdraw(self, model: ImageModel) -> None:
        """Take a model off sale: the provider refused a paid request for it as for one that it does not have."""
        now = self._clock.now()
        await self._store.withdraw(model.id, now + WITHDRAWN_SECONDS * SECOND, now)
        log.error("price.model_gone", model=model.id, again_in_seconds=WITHDRAWN_SECONDS)
        self._bell.notify()

    async def keep_current(self) -> None:
        """Ask for a quote of every model at once and then every hour, sooner for one that is gone; until cancelled."""
        while True:
            try:
                for model in CATALOGUE:
                    await self._look(model)
            except NotSent as error:
                await self._wait_for_a_way(error)
                continue
            self._has_a_way()
            await self._watch.look()
            is_any_gone = (await self._store.sale()).withdrawn
            await self._bell.wait(WITHDRAWN_SECONDS if is_any_gone else QUOTE_EVERY_SECONDS)

    async def _wait_for_a_way(self, error: NotSent) -> None:
        """Say once that there is none, and wait a while."""
        if not self._is_cut_off:
            log.warning(
                "provider.unreachable", sentence=f"{error.detail}. I go on trying; prices are the last ones known."
            )
        self._is_cut_off = True
        await self._bell.wait(UNREACHABLE_SECONDS)

    def _has_a_way(self) -> None:
        if self._is_cut_off:
            log.info("provider.reached", sentence="The provider is reached again.")
        self._is_cut_off = False

    async def _look(self, model: ImageModel) -> None:
        """Ask once; where nothing can be learnt, what was known before stands.

        Raises:
            NotSent: the provider cannot be reached from here.
        """
        try:
            price = await self._quote(model)
        except NotSent:
            raise
        except ProviderError as error:
            if isinstance(error, Refused) and error.reason is FailureReason.NOT_AUTHORISED:
                log.critical("provider.key_refused", setting="WAVESPEED_API_KEY", detail=error.detail)
            log.warning("price.no_quote", model=model.id, detail=error.detail)
            return
        if price is None:
            now = self._clock.now()
            if await self._store.withdraw(model.id, now, now):
                log.warning("price.not_sold", model=model.id)
            return
        if price > model.price_micros:
            log.warning("price.higher", model=model.id, quoted_micros=price, listed_micros=model.price_micros)
        if await self._store.set_price(model.id, price, self._clock.now()):
            log.info("price.sold_again", model=model.id)

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
        # A base price is no quote: it holds for the least of inputs.
        return None if dollars is None or dollars <= 0 else max(model.price_micros, micros_up(dollars))
