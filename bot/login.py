"""Logs in to Discord, and retries until it succeeds or the token is refused."""

from __future__ import annotations

import aiohttp
import discord
import structlog
from discord.http import Route
from discord.utils import MISSING
from yarl import URL

from bot.domain.clock import Clock
from bot.domain.errors import OperatorError
from bot.gateway import BACKOFF
from bot.secret_shapes import perhaps_another
from bot.unreachable import unreachable

log = structlog.stdlib.get_logger(__name__)

NETWORK = (aiohttp.ClientError, OSError)  # aiohttp's and asyncio's timeouts are OSErrors
ODD_ANSWER = (AttributeError, KeyError, TypeError, ValueError)
"""What the library raises where an answer is a page of somebody in between, or lacks what it needs."""

_UNAUTHORISED = 401


class GatewayRefused(OperatorError):
    """Discord does not take this bot; the sentence tells the operator why."""


async def log_in(client: discord.Client, token: str, clock: Clock) -> None:
    """Log in, however long Discord or whoever stands in between does not take it; only a 401 is about the token."""
    told = ""
    for pause in BACKOFF.waits():
        try:
            await client.login(token)
        except (discord.HTTPException, discord.LoginFailure, discord.RateLimited, *NETWORK, *ODD_ANSWER) as error:
            if _is_about_the_token(error):
                raise GatewayRefused(
                    f"Discord does not accept DISCORD_TOKEN; put the bot's token there.{perhaps_another(token)}"
                ) from error
            sentence = f"{_what_happened(error)}. I go on trying."
            if sentence != told:  # once for all the tries that come to the same
                log.warning("gateway.login_failed", sentence=sentence, exc_info=isinstance(error, ODD_ANSWER))
            told = sentence
        else:
            if told:
                log.info("gateway.logged_in", sentence="Discord took the login.")
            return
        # The library makes a new session for each login, on a connector that closes with the old one.
        await client.http.close()
        client.http.connector = MISSING
        await clock.sleep(pause)


def _is_about_the_token(error: Exception) -> bool:
    """Whether Discord itself said no: a page with that status is of somebody in between."""
    answer = error.__cause__ if isinstance(error, discord.LoginFailure) else error
    if not isinstance(answer, discord.HTTPException):
        return isinstance(error, discord.LoginFailure)
    kind = getattr(answer.response, "content_type", "")
    return answer.status == _UNAUTHORISED and kind == "application/json"


def _what_happened(error: Exception) -> str:
    """Why the login failed, for the operator, with the host's name."""
    host = URL(Route.BASE).host or "Discord"
    answer = error.__cause__ if isinstance(error, discord.LoginFailure) else error
    if isinstance(answer, discord.HTTPException):
        return f"{host} did not take the login (HTTP {answer.status})"
    if isinstance(error, NETWORK):
        return unreachable(host, error)
    return f"{host} did not take the login ({type(error).__name__}), as where a network answers in its place"
