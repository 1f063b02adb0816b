"""Retries a write until the database takes it, for what has already happened elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import Unavailable

log = structlog.get_logger(__name__)

RETRY_SECONDS = 2.0

T = TypeVar("T")


async def retry_until_stored(clock: Clock, commit: Callable[[], Awaitable[T]]) -> T:
    """Repeat a commit until the store takes it; only for side effects that are done and must be remembered."""
    while True:
        try:
            return await commit()
        except Unavailable as error:
            log.warning("store.unavailable", sentence=error.sentence)
            await clock.sleep(RETRY_SECONDS)
