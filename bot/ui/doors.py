"""What Discord's refusals mean for us: a door that is closed, a bad moment, too much at once, or our own mistake."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

import aiohttp
import discord
import structlog

from bot.domain.clock import Clock
from bot.services.ports.messages import DoorClosed, NotNow, TooLarge

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

ANSWER_SECONDS = 60.0
"""How long one call may take, with a 25 MB upload and a rate limit's wait; discord.py itself would wait 5 minutes."""

TRIES = 3
FIRST_PAUSE_SECONDS = 1.0

# Discord's documentation, "Opcodes and Status Codes", JSON error codes.
UNKNOWN_MESSAGE = 10008
UNKNOWN_WEBHOOK = 10015
UNKNOWN_INTERACTION = 10062
SLOW_MODE = 20016
WRITING_TOO_FAST = 20028
TOO_MANY_EDITS = 30046
REQUEST_TOO_LARGE = 40005
ALREADY_ACKNOWLEDGED = 40060
CANNOT_DM = 50007
INVALID_TOKEN = 50027
THREAD_ARCHIVED = 50083

DEAD_TOKEN = frozenset({UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, INVALID_TOKEN})
_BAD_MOMENT = frozenset({SLOW_MODE, WRITING_TOO_FAST})
_CLOSED = frozenset({TOO_MANY_EDITS, CANNOT_DM, THREAD_ARCHIVED})
"""Beside every 403 and 404. A message sent to an archived thread reopens it unless it is locked, so a refusal for that
reason is final; and no thread is reopened for an edit."""


class TokenDead(DoorClosed):
    """The interaction's token does not work any more."""


class OurMistake(DoorClosed):
    """Discord found a mistake in what we sent: by this way it does not come through, however often it is tried."""


def reading(error: Exception) -> Exception:
    """Say what a failure to reach Discord means for whoever tried."""
    if isinstance(error, discord.HTTPException):
        return _reading_answer(error)
    return NotNow(type(error).__name__)


def _reading_answer(error: discord.HTTPException) -> Exception:
    said = f"HTTP {error.status}, code {error.code}"
    if error.code in DEAD_TOKEN:
        return TokenDead(said)
    if error.code == REQUEST_TOO_LARGE or error.status == 413:  # noqa: PLR2004 - HTTP: Content Too Large
        return TooLarge(said)
    if error.code in _BAD_MOMENT or error.status in {401, 429} or error.status >= 500:  # noqa: PLR2004 - HTTP: server errors
        return NotNow(said)
    if error.code in _CLOSED or error.status in {403, 404}:
        return DoorClosed(said)
    return OurMistake(said)


async def knock(call: Callable[[], Awaitable[T]], *, clock: Clock, random: Random) -> T:
    """Make a call to Discord that may be repeated, and repeat it a few times when it does not get through.

    discord.py repeats most 5xx answers itself, but on Linux raises a dropped connection; `call` builds its request
    anew each time (a sent file has been read to its end) and carries the same nonce, or is an edit.

    Raises:
        DoorClosed: this way does not exist any more; `TokenDead` where it was an interaction's token, `OurMistake`
            where it was ours: that is logged as an error, and the next way is tried, so that no job hangs on a bug.
        NotNow: Discord did not take it although it was tried several times.
        TooLarge: the files are too large.
    """
    pause = FIRST_PAUSE_SECONDS
    for left in reversed(range(TRIES)):
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await call()
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            meaning = reading(error)
            waits = isinstance(error, discord.RateLimited) or getattr(error, "status", None) in {401, 429}
            if not isinstance(meaning, NotNow) or waits or not left:
                if isinstance(meaning, OurMistake):
                    log.exception("discord.our_mistake")
                raise meaning from error
        await clock.sleep(pause * random.uniform(0.75, 1.25))
        pause *= 2
    raise AssertionError("unreachable")  # pragma: no cover - the last try returns or raises
