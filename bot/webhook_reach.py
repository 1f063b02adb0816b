"""Checks that the public webhook address leads to this machine."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.domain.webhooks import Addresses, SentAttempt, WebhookCall
from bot.settings import Settings
from bot.webhooks import CHALLENGES, serve_webhooks, webhook_app

_LONGEST_ANSWER = 200


class WebhooksUnreachable(OperatorError):
    """The provider's calls would not arrive; the sentence says what came back instead."""


@dataclass(frozen=True, slots=True)
class Caught:
    """An open endpoint for one call: the address that leads to it, and what came."""

    address: str
    came: asyncio.Future[WebhookCall]

    async def within(self, seconds: float) -> WebhookCall | None:
        """The call, waited for so long; None if there was none."""
        done, _ = await asyncio.wait((self.came,), timeout=seconds)
        return self.came.result() if done else None


@asynccontextmanager
async def one_call(settings: Settings, key: str | None, clock: Clock) -> AsyncGenerator[Caught | None]:
    """Listen at WEBHOOK_PORT for a call to an address made for the purpose; None where webhooks are off.

    Raises:
        WebhooksUnreachable: another program has the port.
    """
    if settings.webhook_url is None or settings.webhook_port is None:
        yield None
        return
    addresses = Addresses(settings.webhook_url, (key or secrets.token_hex()).encode())
    came: asyncio.Future[WebhookCall] = asyncio.get_running_loop().create_future()

    def take(call: WebhookCall) -> None:
        if not came.done():
            came.set_result(call)

    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(
                serve_webhooks(webhook_app(addresses, _ignore, take), settings.webhook_port)
            )
        except OSError as error:
            raise WebhooksUnreachable(f"WEBHOOK_PORT {settings.webhook_port} is taken by another program.") from error
        yield Caught(addresses.of(SentAttempt(0, 0, clock.now())), came)


async def judge_webhooks(settings: Settings, session: aiohttp.ClientSession, key: str | None) -> str:
    """Ask the public address something that only this installation can answer, which `key` (of its database) decides.

    Where the bot runs it answers; else the port is opened for the question.

    Raises:
        WebhooksUnreachable: somebody else answers, or nobody.
    """
    assert settings.webhook_url is not None, "asked only where webhooks are on"  # noqa: S101 - tells the type checker
    assert settings.webhook_port is not None, "the settings have both or neither"  # noqa: S101 - as above
    addresses = Addresses(settings.webhook_url, (key or secrets.token_hex()).encode())
    challenge = secrets.token_hex(16)
    async with AsyncExitStack() as stack:
        is_running = False
        try:
            await stack.enter_async_context(
                serve_webhooks(webhook_app(addresses, _ignore, _ignore), settings.webhook_port)
            )
        except OSError:
            is_running = True
        answer = await _ask(session, f"{settings.webhook_url}/{CHALLENGES}/{challenge}")
    if answer != addresses.answer(challenge):
        what = "the bot that is running, or another program on that port," if is_running else "something else"
        raise WebhooksUnreachable(
            f"WEBHOOK_URL does not lead to WEBHOOK_PORT {settings.webhook_port} here: {what} answered. "
            "Look at the reverse proxy; pictures are asked for meanwhile."
        )
    return f"{settings.webhook_url} leads here."


async def _ask(session: aiohttp.ClientSession, url: str) -> str:
    try:
        async with session.get(url, allow_redirects=False) as response:
            return (await response.content.read(_LONGEST_ANSWER)).decode(errors="replace")
    except aiohttp.ClientError as error:
        raise WebhooksUnreachable(
            f"WEBHOOK_URL cannot be reached from this machine ({type(error).__name__}). If it can be from outside, all "
            "is well; else look at the reverse proxy and the name's address."
        ) from error


def _ignore(call: WebhookCall | SentAttempt) -> None:
    del call
