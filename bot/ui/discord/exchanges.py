"""One HTTP exchange with Discord per try, without discord.py's own retries."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import Route

from bot.domain.clock import Clock
from bot.services.ports.messages import NotNow

T = TypeVar("T")

LONGEST_RATE_LIMIT = 30.0
"""Seconds that a request may wait for a rate limit inside discord.py, which takes no less; beyond that it fails, and
whoever sent it tries later."""

_SERVER_ERROR, _TOO_MANY = 500, 429
_EVERYWHERE = ""

_observed: ContextVar[asyncio.Future[NotNow] | None] = ContextVar("observed", default=None)
"""Where the exchange that is under way in this task tells that Discord did not take it."""


def watch_exchanges() -> aiohttp.TraceConfig:
    """Let `once` see what Discord answers; give it to the client as its `http_trace`."""
    config = aiohttp.TraceConfig()
    config.on_request_end.append(_answered)
    return config


async def _answered(_: aiohttp.ClientSession, __: SimpleNamespace, answer: aiohttp.TraceRequestEndParams) -> None:
    observed, status = _observed.get(), answer.response.status
    if observed is None or observed.done():
        return
    if status >= _SERVER_ERROR:
        observed.set_result(NotNow(f"HTTP {status}"))
    elif status == _TOO_MANY and "Via" in answer.response.headers:
        wait = asked_to_wait(answer.response)
        if wait > LONGEST_RATE_LIMIT:
            observed.set_result(NotNow(f"HTTP {status}", retry_after=wait))


def asked_to_wait(response: Any) -> float:
    """The seconds that an answer's `Retry-After` asks for; 0 where it asks for none."""
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (AttributeError, KeyError, ValueError):
        return 0.0


async def once(call: Callable[[], Awaitable[T]]) -> T:
    """Make one call to Discord and end with its first answer.

    discord.py repeats a call that met a server error four times, for half a minute in all, and its webhook calls sleep
    however long a 429 says. From outside it cannot be told whether such a call sleeps or has just got through, so what
    Discord answers is observed, and a call that would only sleep is left.

    Raises:
        NotNow: a server error, or a rate limit of more than 30 s, with what Discord says about when.
        Exception: whatever `call` raises.
    """
    refused: asyncio.Future[NotNow] = asyncio.get_running_loop().create_future()
    token = _observed.set(refused)
    try:
        calling = asyncio.ensure_future(call())
    finally:
        _observed.reset(token)
    try:
        await asyncio.wait((calling, refused), return_when=asyncio.FIRST_COMPLETED)
        if calling.done():
            return calling.result()
        raise refused.result()
    finally:
        if not calling.done():
            # Not waited for: discord.py may sleep once more as it leaves the rate limit's queue.
            calling.add_done_callback(_forget)
            calling.cancel()


def _forget(left: asyncio.Future[T]) -> None:
    """Look at how a call that was left has ended, so that nobody is told of an error that nobody looked at."""
    if not left.cancelled():
        left.exception()


class RateLimitWord:
    """Keeps Discord's word: where it asked for more than 30 s, no request leaves before they have passed.

    discord.py raises such a 429 and forgets it, so that the next request would go out at once. A ban, which has no
    `Via` header and is for the address and not for a route, holds for every route.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def govern(self, client: discord.Client) -> None:
        """Have every request of this client wait its time; one that comes too early fails without being sent."""
        ask = client.http.request

        async def request(route: Route, **given: Any) -> Any:
            left = self._left(route)
            if left > 0:
                raise discord.RateLimited(left)
            try:
                return await ask(route, **given)
            except (discord.RateLimited, discord.HTTPException, asyncio.CancelledError) as error:
                self._remember(route, error)
                raise

        client.http.request = request

    def _left(self, route: Route) -> float:
        now = self._clock.monotonic()
        self._until = {name: until for name, until in self._until.items() if until > now}
        return max(self._until.get(_name(route), now), self._until.get(_EVERYWHERE, now)) - now

    def _remember(self, route: Route, error: BaseException) -> None:
        observed = _observed.get()
        if isinstance(error, discord.RateLimited):
            self._hold(_name(route), error.retry_after)
        elif isinstance(error, discord.HTTPException):
            if error.status == _TOO_MANY:
                self._hold(_EVERYWHERE, asked_to_wait(error.response))
        elif observed is not None and observed.done():
            self._hold(_name(route), observed.result().retry_after)

    def _hold(self, name: str, seconds: float) -> None:
        self._until[name] = max(self._until.get(name, 0.0), self._clock.monotonic() + seconds)


def _name(route: Route) -> str:
    return f"{route.key} {route.major_parameters}"
