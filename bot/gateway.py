"""Keeps the connection to Discord's gateway: at a bearable pace, across crashes, and ends when it cannot come back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.utils import MISSING
from yarl import URL

from bot.domain.clock import DAY, SECOND, Clock, Instant
from bot.domain.errors import EaselError, Unavailable
from bot.services.ports.discord_state import Facts

log = structlog.stdlib.get_logger(__name__)

FREE_IDENTIFIES_A_DAY = 500
"""Discord resets a bot's token after 1,000 in 24 hours ("Gateway", Session Start Limit); more than these wait."""

FIRST_IDENTIFY_PAUSE = 5.0
"""Also between two of one process: Discord takes one in five seconds ("Gateway", Rate Limiting, `max_concurrency`)."""

LONGEST_IDENTIFY_PAUSE = 900.0

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 45.0
LONGEST_HOLD = 10.0
"""Before a connection, and before an IDENTIFY on it; discord.py gives up on one that takes 60 s with our pauses."""

STABLE_SECONDS = 60.0
"""A connection that stood this long was no failure."""

IDENTIFIES = "gateway.identifies"
"""The fact under which the instants of the last day's IDENTIFYs are kept, as JSON."""

_NO_WAY_BACK: Final = {
    4004: "Discord does not accept DISCORD_TOKEN any more; put the bot's current token there.",
    4010: "Discord refused the shard; Easel runs as one shard.",
    4011: "This bot is in too many servers for one connection; Easel runs as one shard.",
    4012: "Discord no longer speaks the version that this release knows; upgrade Easel.",
    4013: "Discord refused the intents; upgrade Easel.",
    4014: "Discord refused an intent that is not switched on in the Developer Portal; Easel needs none of those.",
}
"""Close codes after which reconnecting is of no use (Discord's "Gateway Close Event Codes")."""


class GatewayRefused(EaselError):
    """Discord does not take this bot; the sentence tells the operator why."""


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
            pause = self._random.uniform(0.5, 1.0) * min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**self._failures)
            log.info("gateway.reconnecting", in_seconds=round(pause, 1), failures=self._failures)
        await self._clock.sleep(pause)
        self._opened_at = self._clock.monotonic()

    async def before_session(self) -> None:
        """Wait, however long, until a new session may be started."""
        while (pause := identify_pause(await self._identifies(), self._clock.now())) > 0:
            log.warning("gateway.session_postponed", seconds=round(pause))
            await self._clock.sleep(min(pause, LONGEST_IDENTIFY_PAUSE))

    async def may_start_session(self) -> None:
        """Say whether a connection that is about to start a session is worth opening.

        Raises:
            IdentifyPostponed: it would have to wait longer than it can be kept open.
        """
        if identify_pause(await self._identifies(), self._clock.now()) > LONGEST_HOLD:
            raise IdentifyPostponed

    async def before_identify(self) -> None:
        """Wait until an IDENTIFY may go out, and count it.

        Raises:
            IdentifyPostponed: that is longer than the connection can be kept waiting.
        """
        await self.may_start_session()
        recent = await self._identifies()
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
        return max(0.0, self._identified_at + FIRST_IDENTIFY_PAUSE - self._clock.monotonic())

    async def _identifies(self) -> list[Instant]:
        return self._unrecorded or json.loads(await self._facts.fact(IDENTIFIES) or "[]")

    def govern(self, client: discord.Client) -> None:
        """Have every connection that this client opens wait its time.

        discord.py 2.7.1 backs off after network errors only, and reconnects at once after any close that Discord
        calls resumable: against a gateway that accepts and closes it tries thousands of times a second.
        """
        open_socket = client.http.ws_connect

        async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
            if URL(url).host == DiscordWebSocket.DEFAULT_GATEWAY.host:
                await self.may_start_session()
            await self.before_connect()
            return await open_socket(url, compress=compress)

        client.http.ws_connect = ws_connect


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
    pause = min(LONGEST_IDENTIFY_PAUSE, FIRST_IDENTIFY_PAUSE * 2.0**beyond)
    return max(0.0, (today[-1] - now) / SECOND + pause)


async def stay_connected(client: discord.Client, token: str, pace: GatewayPace, clock: Clock) -> None:
    """Log in and keep the client connected until it is closed.

    An event that discord.py cannot read ends its connection loop; here it costs a reconnection.

    Raises:
        GatewayRefused: Discord does not take this bot, and trying again is of no use.
    """
    await _log_in(client, token, clock)
    pace.govern(client)
    while not client.is_closed():
        await pace.before_session()
        try:
            await client.connect()
        except IdentifyPostponed:
            await _drop(client)
        except discord.PrivilegedIntentsRequired as error:
            raise GatewayRefused(_NO_WAY_BACK[4014]) from error
        except discord.ConnectionClosed as error:
            raise GatewayRefused(_NO_WAY_BACK.get(error.code, f"Discord closed with code {error.code}.")) from error
        except Exception:
            log.exception("gateway.crashed")
            await _drop(client)


async def _log_in(client: discord.Client, token: str, clock: Clock) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            await client.login(token)
        except discord.LoginFailure as error:
            raise GatewayRefused("Discord does not accept DISCORD_TOKEN; put the bot's token there.") from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            if isinstance(error, discord.HTTPException) and error.status < 500 and error.status != 429:  # noqa: PLR2004 - HTTP: server error, Too Many Requests
                raise GatewayRefused(f"Discord refused the login (HTTP {error.status}).") from error
            log.warning("gateway.login_failed", error=type(error).__name__, again_in_seconds=pause)
        else:
            return
        # The library makes a new session for each login, on a connector that closes with the old one.
        await client.http.close()
        client.http.connector = MISSING
        await clock.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


async def _drop(client: discord.Client) -> None:
    """Close a connection whose loop has ended, with a code that ends the session's socket and not the session."""
    websocket: Any = client.ws
    if websocket is not None and websocket.open:
        with suppress(aiohttp.ClientError, OSError):
            await websocket.close(code=4000)


def point_at(api_base: str, gateway: str | None) -> None:
    """Have discord.py, in this whole process, speak to this REST API and this gateway instead of Discord's own."""
    Route.BASE = api_base.rstrip("/")
    if gateway:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)
