"""The simulated provider's webhooks: who asked to be told of an end, the signed calls, and what they were answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.demo.provider.envelope import Json
from bot.domain.clock import SECOND, Clock
from bot.domain.webhooks import signature

RETRIES = 3
"""So many more times it is tried where the call is not answered 2xx, as third parties describe it."""

_FIRST_PAUSE_SECONDS = 1.0
_TIMEOUT = aiohttp.ClientTimeout(total=20)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is said to whom: the bare prediction, without an envelope."""

    address: str
    prediction_id: str
    body: Json


@dataclass(slots=True)
class Webhooks:
    """The calls to be made and those that were.

    Attributes:
        silent: make no calls, as if nothing led to the addresses.
        calls: how many calls each announcement takes; more than one for a provider that repeats itself.
        answered: the status of each answer, 0 where there was none.
        addresses: where calls were made to.
    """

    silent: bool = False
    calls: int = 1
    answered: list[int] = field(default_factory=list[int])
    addresses: list[str] = field(default_factory=list[str])
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Have a call made in its time."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Make no more calls."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def call(self, announcement: Announcement, secret: str, clock: Clock) -> None:
        """Call, and again while it is not answered 2xx."""
        if self.silent:
            return
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            for _ in range(self.calls):
                await self._until_taken(session, announcement, secret, clock)

    async def _until_taken(
        self, session: aiohttp.ClientSession, announcement: Announcement, secret: str, clock: Clock
    ) -> None:
        body = json.dumps(announcement.body).encode()
        self.addresses.append(announcement.address)
        for attempt in range(1 + RETRIES):
            signed_at = str(clock.now() // SECOND)
            headers = {
                "Content-Type": "application/json",
                "webhook-id": announcement.prediction_id,
                "webhook-timestamp": signed_at,
                "webhook-signature": signature(secret, announcement.prediction_id, signed_at, body),
            }
            status = await _post(session, announcement.address, body, headers)
            self.answered.append(status)
            if status in range(200, 300):
                return
            await clock.sleep(_FIRST_PAUSE_SECONDS * 2**attempt)


async def _post(session: aiohttp.ClientSession, address: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        async with session.post(address, data=body, headers=headers, allow_redirects=False) as response:
            return response.status
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return 0
