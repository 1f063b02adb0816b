"""Sends interaction responses with retries: the first within three seconds, the rest when Discord answers."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain, repeat
from typing import Any, TypeVar

import discord
import structlog

from bot.domain.backoff import Backoff
from bot.domain.errors import Unavailable
from bot.services.ports.messages import NotNow, Unreachable
from bot.ui.discord.calls import ALREADY_ACKNOWLEDGED, UNKNOWN_MESSAGE, UNREACHABLE, Calls, OurMistake, reading
from bot.ui.discord.exchanges import once

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

DISCORD_WAITS_SECONDS = 3.0
"""For the first answer ("Receiving and Responding to Interactions", Discord's documentation)."""

FIRST_TRY_SECONDS = 1.5
"""How long one try of the first answer may take. Where the answer alone was lost, the next finds it given (40060)."""

_PAUSE_SECONDS = 0.25
_LATER = Backoff(2.0, 30.0)

AnyInteraction = discord.Interaction[Any]
Step = Callable[[], Awaitable[object]]


class InteractionMissed(Exception):
    """Discord does not take this answer: it came more than 3 s ago, or its place takes none. Nobody can be told.

    `is_certain` is whether Discord said so; otherwise it did not answer, and may have taken it.
    """

    def __init__(self, why: str, *, is_certain: bool) -> None:
        super().__init__(why)
        self.is_certain = is_certain


class Replies:
    """Sends what `bot.ui.discord.answers` says, each part as often as it takes."""

    def __init__(self, *, calls: Calls, missed: Callable[[], None]) -> None:
        self._calls = calls
        self._clock = calls.clock
        self._missed = missed
        self._owed: set[asyncio.Task[None]] = set()

    async def first(self, interaction: AnyInteraction, respond: Callable[[], Awaitable[T]]) -> T | None:
        """Give the first answer, again and again while Discord waits for it; None where it turns out to be given.

        There is always a second try: only that tells whether an answer whose receipt was lost was given.

        Raises:
            InteractionMissed: too late, not there (a locked thread, a channel that is gone), or Discord did not answer.
            discord.HTTPException: there is a mistake in it.
        """
        until = self._clock.monotonic() + DISCORD_WAITS_SECONDS
        for tries, pause in enumerate(chain((0.0,), repeat(_PAUSE_SECONDS)), 1):
            try:
                async with asyncio.timeout(FIRST_TRY_SECONDS):
                    return await once(respond)
            except UNREACHABLE as error:
                if getattr(error, "code", None) == ALREADY_ACKNOWLEDGED:
                    return None
                meaning = reading(error)
                if isinstance(meaning, OurMistake):
                    raise
                is_certain = not isinstance(meaning, NotNow)
                is_over = tries > 1 and self._clock.monotonic() >= until
                if is_certain or meaning.retry_after or is_over:
                    raise self._miss(interaction, meaning, is_certain=is_certain) from error
            await self._clock.sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover - the last try returns or raises

    async def later(self, interaction: AnyInteraction, *steps: Step) -> None:
        """Take these steps, each when the one before has got through; what Discord does not take now it gets later.

        Then this returns all the same: whoever asked is owed the rest, and gets it while the token lives.

        Raises:
            InteractionMissed: the token is dead, or the place takes nothing any more.
            discord.HTTPException: there is a mistake in it.
        """
        left = list(steps)
        try:
            await self._take(left)
        except (NotNow, Unavailable) as error:
            log.info("interaction.owed", command=command_of(interaction), said=str(error))
            wait = getattr(error, "retry_after", 0.0)
            owed = asyncio.create_task(self._when_discord_answers(interaction, left, wait))
            self._owed.add(owed)
            owed.add_done_callback(self._owed.discard)
        except OurMistake as error:
            raise error.__cause__ or error from None
        except Unreachable as error:
            raise self._miss(interaction, error, is_certain=True) from error

    async def now(self, interaction: AnyInteraction, call: Callable[[], Awaitable[T]]) -> T:
        """Say or ask what is worth nothing later: a redrawn message would write over what was drawn meanwhile.

        Raises:
            NotNow: Discord did not take it.
            InteractionMissed, discord.HTTPException: as `later`.
        """
        try:
            return await self._calls.make(call)
        except OurMistake as error:
            raise error.__cause__ or error from None
        except Unreachable as error:
            raise self._miss(interaction, error, is_certain=True) from error

    async def close(self) -> None:
        """Say nothing more of what is owed."""
        owed = tuple(self._owed)
        for task in owed:
            task.cancel()
        await asyncio.gather(*owed, return_exceptions=True)

    async def _when_discord_answers(self, interaction: AnyInteraction, left: list[Step], wait: float) -> None:
        waits = _LATER.waits()
        pause = max(wait, next(waits))
        while not interaction.is_expired():
            await self._clock.sleep(pause)
            try:
                await self._take(left)
            except (NotNow, Unavailable) as error:
                pause = max(getattr(error, "retry_after", 0.0), next(waits))
            except Exception as error:
                log.warning("interaction.owed_in_vain", command=command_of(interaction), exc_info=error)
                return
            else:
                log.info("interaction.answered_late", command=command_of(interaction))
                return

    async def _take(self, left: list[Step]) -> None:
        while left:
            await self._calls.make(left[0])
            del left[0]

    def _miss(self, interaction: AnyInteraction, why: Exception, *, is_certain: bool) -> InteractionMissed:
        self._missed()
        age = self._clock.now() - round(interaction.created_at.timestamp() * 1000)
        log.warning("interaction.missed", command=command_of(interaction), why=str(why), age_ms=age)
        return InteractionMissed(f"{why}, {age} ms after it was sent", is_certain=is_certain)


def unless_gone(call: Step) -> Step:
    """The same step, which is taken as well where its message is gone.

    A moderator, or a try whose receipt was lost, may have removed it.
    """

    async def step() -> None:
        try:
            await call()
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise

    return step


def copies_of(files: Sequence[discord.File]) -> Callable[[], list[discord.File]]:
    """Builds the same attachments anew for each try: a file that was sent has been read to its end."""
    contents = [each.fp.read() for each in files]

    def fresh() -> list[discord.File]:
        return [
            discord.File(io.BytesIO(content), each.filename, spoiler=each.spoiler, description=each.description)
            for each, content in zip(files, contents, strict=True)
        ]

    return fresh


def command_of(interaction: AnyInteraction) -> str:
    """What an interaction called, for logs: a command's name, or a component's action without its ids."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    data: Any = interaction.data or {}
    return str(data.get("custom_id", "")).partition(":")[0]
