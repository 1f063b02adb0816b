"""The pace of connections to Discord's gateway: backoff, and a session budget that survives restarts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random

import structlog
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.domain.backoff import Backoff
from bot.domain.clock import DAY, SECOND, Clock, Instant
from bot.domain.errors import Unavailable
from bot.services.ports.discord_state import Facts

log = structlog.stdlib.get_logger(__name__)

FREE_IDENTIFIES_A_DAY = 500
"""Discord resets a bot's token after 1,000 in 24 hours ("Gateway", Session Start Limit); more than these wait."""

IDENTIFY_BACKOFF = Backoff(5.0, 900.0)
"""The first also between two of one process: Discord takes one in 5 s ("Gateway", Rate Limiting, `max_concurrency`)."""

BACKOFF = Backoff(1.0, 45.0)
"""Between connections that do not last, and logins that are not taken."""

LONGEST_HOLD = 10.0
"""Before an IDENTIFY on an open connection, which Discord closes when it waits much longer."""

STABLE_SECONDS = 60.0
"""A connection that stood this long was no failure."""

IDENTIFIES = "gateway.identifies"
"""The fact under which the instants of the last day's IDENTIFYs are kept, as JSON."""


class IdentifyPostponed(Exception):
    """Too many sessions were started lately; the next one waits longer than an open connection can."""


class GatewayPace:
    """Decides how long to wait before a connection and before an IDENTIFY; the latter is remembered across restarts."""

    def __init__(self, facts: Facts, clock: Clock, random: Random) -> None:
        self._facts = facts
        self._clock = clock
        self._random = random
        self._failures = 0
        self._opened_at: float | None = None
        self._identified_at: float | None = None
        self._unrecorded: list[Instant] = []

    async def before_connect(self) -> None:
        """Wait before a connection is opened, longer after each that did not last."""
        if self._opened_at is None:
            pause = 0.0
        else:
            lasted = self._clock.monotonic() - self._opened_at
            self._failures = 0 if lasted >= STABLE_SECONDS else self._failures + 1
            pause = self._random.uniform(0.5, 1.0) * BACKOFF.after(self._failures)
            log.info("gateway.reconnecting", in_seconds=round(pause, 1), failures=self._failures)
        await self._clock.sleep(pause)
        self._opened_at = self._clock.monotonic()

    async def before_session(self) -> None:
        """Wait, however long, until a new session may be started."""
        while (pause := identify_pause(await self._identifies(), self._clock.now())) > 0:
            log.warning("gateway.session_postponed", seconds=round(pause))
            await self._clock.sleep(min(pause, IDENTIFY_BACKOFF.longest))

    async def before_identify(self) -> None:
        """Wait until an IDENTIFY may go out, and count it.

        Raises:
            IdentifyPostponed: that is longer than the connection can be kept waiting.
        """
        recent = await self._identifies()
        if identify_pause(recent, self._clock.now()) > LONGEST_HOLD:
            raise IdentifyPostponed
        await self._clock.sleep(max(identify_pause(recent, self._clock.now()), self._spacing()))
        self._identified_at = self._clock.monotonic()
        now = self._clock.now()
        counted = [*(at for at in recent if at > now - DAY), now]
        try:
            await self._facts.set_fact(IDENTIFIES, json.dumps(counted), now)
        except Unavailable as error:
            # A full disk must not keep the bot offline, with results to deliver: this run remembers by itself.
            log.warning("gateway.not_recorded", sentence=error.sentence)
            self._unrecorded = counted
        else:
            self._unrecorded = []

    def _spacing(self) -> float:
        if self._identified_at is None:
            return 0.0
        return max(0.0, self._identified_at + IDENTIFY_BACKOFF.first - self._clock.monotonic())

    async def _identifies(self) -> list[Instant]:
        return self._unrecorded or json.loads(await self._facts.fact(IDENTIFIES) or "[]")


def identify_pause(identifies: Sequence[Instant], now: Instant) -> float:
    """Seconds until the next IDENTIFY may go out, given those of the last day, oldest first.

    500 in 24 hours are free, so that restarts in a row cost nobody a wait; each further one waits twice as long, up to
    a quarter of an hour. A supervisor that starts a broken bot all day long stays near 600, well below Discord's 1,000.
    """
    # What seems to lie in the future was before the clock was set back, and must not keep the bot offline until then.
    today = [at for at in identifies if now - DAY < at <= now]
    beyond = len(today) - FREE_IDENTIFIES_A_DAY
    if beyond < 0:
        return 0.0
    return max(0.0, (today[-1] - now) / SECOND + IDENTIFY_BACKOFF.after(beyond))


def point_at(api_base: str, gateway: str | None) -> None:
    """Have discord.py, in this whole process, speak to this REST API and this gateway instead of Discord's own."""
    Route.BASE = api_base.rstrip("/")
    if gateway:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)
