"""The pace of sessions across processes: IDENTIFYs are spaced through the shared database."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from bot.domain.clock import DAY, SECOND, Clock, Instant
from bot.domain.errors import Unavailable
from bot.gateway import IDENTIFIES, IDENTIFY_BACKOFF, LONGEST_HOLD, GatewayPace, IdentifyPostponed, identify_pause
from bot.services.ports.discord_state import Facts

SPACING = round(IDENTIFY_BACKOFF.first * SECOND)
"""Between two IDENTIFYs of one bot, whichever process and shard they are of: Discord's least `max_concurrency` is 1."""

_HOLD = round(LONGEST_HOLD * SECOND)


class SharedFacts(Facts, Protocol):
    """Facts that several processes change."""

    async def change_fact(self, name: str, change: Callable[[str | None], str | None], at: Instant) -> str | None:
        """Make of one what `change` makes of it, with nobody in between; None leaves it as it is. What was made."""
        ...


class ShardPace(GatewayPace):
    """The pace of one shard; the database holds the places of all of them."""

    def __init__(self, facts: SharedFacts, clock: Clock, random: Random) -> None:
        super().__init__(facts, clock, random)
        self._shared = facts
        self._time = clock

    async def before_session(self) -> None:
        """Wait until few enough are before us for a place that an open connection can wait for."""
        await super().before_session()
        while True:
            places = json.loads(await self._shared.fact(IDENTIFIES) or "[]")
            wait = next_place(places, self._time.now()) - self._time.now() - _HOLD // 2
            if wait <= 0:
                return
            await self._time.sleep(wait / SECOND)

    async def before_identify(self) -> None:
        """Take the next place, and wait for it.

        Raises:
            IdentifyPostponed: it is further away than the connection can be kept waiting.
        """
        now = self._time.now()

        def take(kept: str | None) -> str | None:
            places: list[Instant] = json.loads(kept or "[]")
            if (place := next_place(places, now)) - now > _HOLD:
                return None
            return json.dumps([*(at for at in places if now - DAY < at <= place), place])

        try:
            taken = await self._shared.change_fact(IDENTIFIES, take, now)
        except Unavailable as error:
            # Whoever else starts a session now cannot be asked: better a moment later than two at once.
            raise IdentifyPostponed from error
        if taken is None:
            raise IdentifyPostponed
        await self._time.sleep(max(0, json.loads(taken)[-1] - self._time.now()) / SECOND)


def next_place(places: Sequence[Instant], now: Instant) -> Instant:
    """The instant of the next IDENTIFY, given those of the last day and those to come, oldest first."""
    # What lies further ahead than anybody may take a place was before a clock was set back.
    known = [at for at in places if at <= now + _HOLD]
    after_last = max(known) + SPACING if known else now
    return max(now + round(identify_pause(known, now) * SECOND), after_last)
