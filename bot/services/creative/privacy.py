"""Exports and erases a member's data on request, and erases old data by retention."""

from __future__ import annotations

import json
from collections.abc import Sequence

import structlog

from bot.db.privacy import PrivacyStore
from bot.domain.backoff import Backoff
from bot.domain.clock import DAY, HOUR, SECOND, Clock, Instant
from bot.domain.jobs import MessageAt
from bot.domain.predictions import ProviderError
from bot.domain.privacy import Deletion, ErasureAsked
from bot.services.ports.images import ImageVault
from bot.services.ports.messages import Messenger, NotNow, Unreachable
from bot.services.ports.provider import Provider

log = structlog.get_logger(__name__)

TICK_SECONDS = 10.0
GRACE_SECONDS = 30
"""An image that was kept less than this ago may belong to a request that is just being taken in."""

_AT_ONCE = 50
_MOST_TRIES = 12
_BACKOFF = Backoff(30.0, 30.0 * 2**_MOST_TRIES)


class Privacy:
    """What a member can ask for."""

    def __init__(self, store: PrivacyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def export(self, member_id: int) -> bytes:
        """All that is kept about a member, as indented JSON in UTF-8."""
        return json.dumps(await self._store.export(member_id), indent=2, ensure_ascii=False).encode()

    async def ask_erasure(self, member_id: int, *, with_messages: bool) -> ErasureAsked:
        """Have everything about a member erased as soon as their jobs have ended."""
        asked = await self._store.ask_erasure(member_id, with_messages=with_messages, at=self._clock.now())
        log.info("privacy.erasure_asked", open_jobs=asked.open_jobs, with_messages=with_messages)
        return asked


class Erasing:
    """Erases what was asked for and what is old, here and elsewhere."""

    def __init__(
        self,
        *,
        store: PrivacyStore,
        vault: ImageVault,
        provider: Provider,
        messenger: Messenger,
        clock: Clock,
        retention_days: int,
    ) -> None:
        self._store = store
        self._vault = vault
        self._provider = provider
        self._messenger = messenger
        self._clock = clock
        self._retention = retention_days * DAY
        self._tidy_at: Instant = 0

    async def run(self) -> None:
        """Look every ten seconds; runs until cancelled."""
        while True:
            await self.round()
            await self._clock.sleep(TICK_SECONDS)

    async def round(self) -> None:
        """Do what is due now."""
        now = self._clock.now()
        erased = await self._store.erase_due(now) if await self._store.is_erasure_due() else 0
        if erased:
            log.info("privacy.erased", people=erased)
        if now >= self._tidy_at or erased:
            await self._tidy(now)
            self._tidy_at = now + (GRACE_SECONDS * SECOND if erased else HOUR)
        await self._delete_elsewhere(now)

    async def _tidy(self, now: Instant) -> None:
        """Erase what is past retention, and delete the images that nothing refers to any more."""
        while await self._store.erase_older(now - self._retention, _AT_ONCE, now) == _AT_ONCE:
            continue
        await self._store.forget_images(now - GRACE_SECONDS * SECOND)
        await self._store.settle_disk()
        await self._let_go()

    async def _let_go(self) -> None:
        """Remove the images that nothing refers to. One that is kept again while we look is about to be referred to."""
        hashes = {name: name.partition(".")[0] for name in await self._vault.older_than(GRACE_SECONDS)}
        unwanted = await self._store.unwanted(tuple(hashes.values()))
        names = [name for name, digest in hashes.items() if digest in unwanted]
        await self._vault.let_go(names, unless_kept_within=GRACE_SECONDS)

    async def _delete_elsewhere(self, now: Instant) -> None:
        due = await self._store.deletions(now, _AT_ONCE)
        await self._delete_at_provider([each for each in due if each.provider_id is not None], now)
        for each in due:
            if each.message is not None:
                await self._delete_message(each, each.message, now)

    async def _delete_at_provider(self, due: Sequence[Deletion], now: Instant) -> None:
        if not due:
            return
        try:
            await self._provider.delete([each.provider_id for each in due if each.provider_id is not None])
        except ProviderError as error:
            log.warning("privacy.provider_kept", detail=error.detail, count=len(due))
            await self._later(due, now)
        else:
            await self._store.deleted([each.deletion_id for each in due])

    async def _delete_message(self, deletion: Deletion, message: MessageAt, now: Instant) -> None:
        try:
            await self._messenger.remove(message)
        except Unreachable:
            log.info("privacy.message_out_of_reach")
        except NotNow:
            await self._later([deletion], now)
            return
        await self._store.deleted([deletion.deletion_id])

    async def _later(self, due: Sequence[Deletion], now: Instant) -> None:
        hopeless = [each.deletion_id for each in due if each.tries >= _MOST_TRIES]
        if hopeless:
            log.error("privacy.given_up", count=len(hopeless))
            await self._store.deleted(hopeless)
        for each in due:
            if each.tries < _MOST_TRIES:
                await self._store.try_later([each.deletion_id], now + round(_BACKOFF.after(each.tries) * SECOND))
