"""Says whether the public address for webhooks leads to this installation, also while the bot is not running."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack

import aiohttp

from bot.domain.errors import EaselError
from bot.domain.webhooks import Addresses, Call, SentAttempt
from bot.settings import Settings
from bot.webhooks import CHALLENGES, serve_webhooks, webhook_app

_LONGEST_ANSWER = 200


class WebhooksUnreachable(EaselError):
    """The provider's calls would not arrive; the sentence says what came back instead."""


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


def _ignore(call: Call | SentAttempt) -> None:
    del call
