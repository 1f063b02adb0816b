"""Rate of the whole bot: below Discord's 50 requests a second, results and answers before progress."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import discord
from discord.http import Route

from bot.domain.clock import Clock

PER_SECOND = 40
"""Discord takes 50 in a second with a bot's token, over all channels; some are left to what discord.py repeats."""

WINDOW_SECONDS = 1.0

_FREE = ("/webhooks/", "/interactions/")
"""Answers to interactions have limits of their own and do not count."""

can_wait: ContextVar[bool] = ContextVar("can_wait", default=False)
"""Whether what is asked now goes after what somebody waits for."""


@contextmanager
def letting_others_go_first() -> Generator[None]:
    """Mark what is asked of Discord in this block as progress, or as what tidies up: nobody waits for it."""
    token = can_wait.set(True)
    try:
        yield
    finally:
        can_wait.reset(token)


@dataclass(order=True, slots=True)
class _Ticket:
    """One request that waits for its start."""

    can_wait: bool
    number: int
    granted: asyncio.Future[None] = field(compare=False)


class BotPace:
    """Has a client start at most 40 requests in a second, the urgent ones first, in the order in which they came."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count()
        self._tickets: list[_Ticket] = []
        self._started: deque[float] = deque()
        self._server: asyncio.Task[None] | None = None

    def govern(self, client: discord.Client) -> None:
        """Have every request of this client wait for its turn."""
        ask = client.http.request

        async def request(route: Route, **given: Any) -> Any:
            if not route.path.startswith(_FREE):
                await self._turn()
            return await ask(route, **given)

        client.http.request = request

    async def _turn(self) -> None:
        if not self._tickets and self._has_room():
            self._started.append(self._clock.monotonic())
            return
        ticket = _Ticket(can_wait.get(), next(self._numbers), asyncio.get_running_loop().create_future())
        heapq.heappush(self._tickets, ticket)
        if self._server is None:
            self._server = asyncio.create_task(self._serve(), name="bot's pace")
        await ticket.granted

    async def _serve(self) -> None:
        try:
            while self._tickets:
                while not self._has_room():
                    await self._clock.sleep(self._started[0] + WINDOW_SECONDS - self._clock.monotonic())
                ticket = heapq.heappop(self._tickets)
                if not ticket.granted.done():
                    self._started.append(self._clock.monotonic())
                    ticket.granted.set_result(None)
        finally:
            self._server = None

    def _has_room(self) -> bool:
        now = self._clock.monotonic()
        while self._started and self._started[0] + WINDOW_SECONDS <= now:
            self._started.popleft()
        return len(self._started) < PER_SECOND
