"""Pauses a model that changed at the provider, or costs more, until the operator confirms it."""

from __future__ import annotations

import structlog

from bot.db.prices import PriceStore
from bot.domain.clock import Clock
from bot.domain.models import CATALOGUE
from bot.domain.predictions import ProviderError
from bot.services.ports.provider import Provider

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 3600.0


class ModelWatch:
    """Pauses models and lets go of them. What cannot be looked at stays as it is."""

    def __init__(self, provider: Provider, store: PriceStore, clock: Clock) -> None:
        self._provider = provider
        self._store = store
        self._clock = clock
        self._next_look = clock.monotonic()

    async def look(self) -> None:
        """Compare the catalogue with the provider's list, and prices with those confirmed, once an hour at most."""
        if self._clock.monotonic() < self._next_look:
            return
        try:
            listed = await self._provider.listings()
        except ProviderError as error:
            log.info("model.not_compared", detail=error.detail)
            return
        self._next_look = self._clock.monotonic() + LOOK_EVERY_SECONDS
        before, after = await self._store.compare(CATALOGUE, listed, self._clock.now())
        for model_id, reasons in after.items():
            if list(reasons) != list(before.get(model_id, ())):
                log.error(
                    "model.paused",
                    model=model_id,
                    because="; ".join(reasons),
                    sentence=f"Members cannot use it until you have looked and run: easel models --confirm {model_id}",
                )
        for model_id in before.keys() - after.keys():
            log.info("model.resumed", model=model_id)
