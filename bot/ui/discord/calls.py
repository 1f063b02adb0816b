"""Calls to Discord with retries, and what its errors mean: no way to reach it, not now, too large, or our mistake."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import aiohttp
import discord
import structlog

from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.services.ports.messages import NotNow, TooLarge, Unreachable
from bot.ui.discord.exchanges import asked_to_wait, once

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

ANSWER_SECONDS = 60.0
"""How long one call may take, with a 25 MB upload and a rate limit's wait; discord.py itself would wait 5 minutes."""

TRIES = 3
BACKOFF = Backoff(1.0, 8.0)

# Discord's documentation, "Opcodes and Status Codes", JSON error codes.
UNKNOWN_MEMBER = 10007
UNKNOWN_MESSAGE = 10008
UNKNOWN_USER = 10013
UNKNOWN_WEBHOOK = 10015
UNKNOWN_INTERACTION = 10062
SLOW_MODE = 20016
EDITING_TOO_FAST = 20022
WRITING_TOO_FAST = 20028
SERVER_WRITES_TOO_FAST = 20029
TOO_MANY_EDITS = 30046
SENDING_SWITCHED_OFF = 40004
REQUEST_TOO_LARGE = 40005
FEATURE_SWITCHED_OFF = 40006
ALREADY_ACKNOWLEDGED = 40060
SERVICE_TOO_BUSY = 40062
BLOCKED_AT_THE_EDGE = 40333
INVALID_TOKEN = 50027
THREAD_ARCHIVED = 50083
OVERLOADED = 130000
BLOCKED_BY_AUTOMOD = 200000
TITLE_BLOCKED_BY_AUTOMOD = 200001
HARMFUL_LINK = 240000

DEAD_TOKEN = frozenset({UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, INVALID_TOKEN})
_BAD_MOMENT = frozenset(
    {
        SLOW_MODE, EDITING_TOO_FAST, WRITING_TOO_FAST, SERVER_WRITES_TOO_FAST, SENDING_SWITCHED_OFF,
        FEATURE_SWITCHED_OFF, SERVICE_TOO_BUSY, BLOCKED_AT_THE_EDGE, OVERLOADED,
    }
)  # fmt: skip
_CLOSED = frozenset({TOO_MANY_EDITS, ALREADY_ACKNOWLEDGED, THREAD_ARCHIVED})
"""Which come with another status than 403 and 404. A message sent to an archived thread reopens it unless it is locked,
so a refusal for that reason is final; and no thread is reopened for an edit."""
_AUTOMOD = frozenset({BLOCKED_BY_AUTOMOD, TITLE_BLOCKED_BY_AUTOMOD, HARMFUL_LINK})
_FIRST_OWN_CODE = 10_000
"""Below it Discord's API has no code of its own but 0, which says nothing: its edge answers 403 and 404 as pages of
HTML, or with code 40333, for seconds at a time, on every route and whatever is asked."""


class TokenDead(Unreachable):
    """The interaction's token does not work any more."""


class BlockedByAutoMod(Unreachable):
    """The server's own AutoMod, or Discord's filter of links, does not take these words in this place."""


class OurMistake(Unreachable):
    """Discord found a mistake in what we sent: by this way it does not come through, however often it is tried."""


UNREACHABLE = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, NotNow)
"""What a call to Discord raises when it does not get through, as `reading` takes it."""


def reading(error: Exception) -> Exception:
    """Say what a failure to reach Discord means for whoever tried."""
    if isinstance(error, NotNow):
        return error
    if isinstance(error, discord.HTTPException):
        return _reading_answer(error)
    return NotNow(type(error).__name__, retry_after=getattr(error, "retry_after", 0.0))


def _reading_answer(error: discord.HTTPException) -> Exception:
    said = f"HTTP {error.status}, code {error.code}"
    if error.code in DEAD_TOKEN:
        return TokenDead(said)
    if error.code == REQUEST_TOO_LARGE or error.status == 413:  # noqa: PLR2004 - HTTP: Content Too Large
        return TooLarge(said)
    if error.code in _AUTOMOD:
        return BlockedByAutoMod(said)
    if error.code in _BAD_MOMENT or error.status in {401, 429} or error.status >= 500:  # noqa: PLR2004 - HTTP: server errors
        return NotNow(said, retry_after=asked_to_wait(error.response))
    if error.status in {403, 404}:
        return Unreachable(said) if error.code >= _FIRST_OWN_CODE else NotNow(said)
    return Unreachable(said) if error.code in _CLOSED else OurMistake(said)


@dataclass(frozen=True, slots=True)
class Calls:
    """Makes calls to Discord that may be repeated, each at most `tries` times of at most `within` seconds."""

    clock: Clock
    random: Random
    tries: int = TRIES
    within: float = ANSWER_SECONDS

    async def make(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call, and repeat it a few times when it does not get through.

        `call` builds its request anew each time (a sent file has been read to its end) and carries the same nonce, or
        is an edit.

        Raises:
            Unreachable: this way does not exist any more; `TokenDead` where it was an interaction's token,
                `BlockedByAutoMod` where the server does not take these words, `OurMistake` where it was ours: that is
                logged as an error, and the next way is tried, so that no job is stuck on a bug.
            NotNow: Discord did not take it although it was tried several times.
            TooLarge: the files are too large.
        """
        waits = BACKOFF.waits()
        for left in reversed(range(self.tries)):
            try:
                async with asyncio.timeout(self.within):
                    return await once(call)
            except UNREACHABLE as error:
                meaning = reading(error)
                is_told_when = isinstance(error, discord.RateLimited) or getattr(error, "status", None) in {401, 429}
                if not isinstance(meaning, NotNow) or is_told_when or meaning.retry_after or not left:
                    _note(meaning, error)
                    raise meaning from (None if meaning is error else error)
            await self.clock.sleep(next(waits) * self.random.uniform(0.75, 1.25))
        raise AssertionError("unreachable")  # pragma: no cover - the last try returns or raises


def _note(meaning: Exception, error: Exception) -> None:
    if isinstance(meaning, OurMistake):
        log.error("discord.our_mistake", exc_info=error)
    elif isinstance(meaning, BlockedByAutoMod):
        log.warning("discord.blocked_by_automod", said=str(meaning))
