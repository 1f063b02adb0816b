"""Looks for paid tasks on the key that no job asked for: another user of the key, or a bug."""

from __future__ import annotations

import structlog

from bot.db.jobs import JobStore
from bot.domain.clock import HOUR, MINUTE, SECOND, Clock
from bot.domain.models import CATALOGUE
from bot.domain.predictions import ProviderError
from bot.services.ports.meter import Meter
from bot.services.ports.provider import Provider

log = structlog.get_logger(__name__)

EVERY_SECONDS = 900.0
LOOKED_BACK = HOUR
SETTLED = 5 * MINUTE
"""What is younger may be on its way into our books, or wait for the looks that lost answers get."""


class Orphans:
    """Raises the alarm, once for each task; what to do about it is the operator's."""

    def __init__(self, jobs: JobStore, provider: Provider, clock: Clock, meter: Meter, *, grace_seconds: float) -> None:
        self._jobs = jobs
        self._provider = provider
        self._clock = clock
        self._meter = meter
        self._settled = SETTLED + 3 * round(grace_seconds * SECOND)
        self._told: dict[str, frozenset[str]] = {}

    async def run(self) -> None:
        """Look now and then; runs until cancelled."""
        while True:
            await self._clock.sleep(EVERY_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Look once at what was created on this key lately, model by model."""
        for model in CATALOGUE:
            try:
                await self._look_at(model.id)
            except ProviderError as error:
                log.info("orphans.later", detail=error.detail)

    async def _look_at(self, model_id: str) -> None:
        until = self._provider.remote_clock.now().earliest - self._settled
        listed = [
            each.provider_id for each in await self._provider.recent(model_id, after=until - LOOKED_BACK, before=until)
        ]
        cases = await self._jobs.unknowns()
        if any(case.review_at is None and case.model_id == model_id for case in cases):
            return
        ours = await self._jobs.claimed(listed) | {each for case in cases for each in case.candidates}
        strangers = frozenset(listed) - ours
        for provider_id in strangers.difference(*self._told.values()):
            self._meter.orphan_found()
            log.error("provider.orphan", model=model_id, provider_id=provider_id)
        # What the list no longer shows is too old to come back: nothing is remembered for ever.
        self._told[model_id] = strangers
