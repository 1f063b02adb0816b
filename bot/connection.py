"""Logs in to Discord and keeps the client in one gateway session, whatever ends its connections or cannot be read."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure
from discord.http import Route
from discord.utils import MISSING
from yarl import URL

from bot.domain.clock import Clock
from bot.domain.errors import EaselError
from bot.gateway import BACKOFF, GatewayPace, IdentifyPostponed
from bot.secret_shapes import perhaps_another
from bot.unreachable import unreachable

log = structlog.stdlib.get_logger(__name__)

RESUMES = 2
"""Tries at the address that Discord gave for resuming; after that it is taken as dead and a new session is started."""

_UNAUTHORISED = 401
_NO_WAY_BACK: Final = {
    4004: "Discord does not accept DISCORD_TOKEN any more; put the bot's current token there.",
    4010: "Discord refused the shard; Easel runs as one shard.",
    4011: "This bot is in too many servers for one connection; Easel runs as one shard.",
    4012: "Discord no longer speaks the version that this release knows; upgrade Easel.",
    4013: "Discord refused the intents; upgrade Easel.",
    4014: "Discord refused an intent that is not switched on in the Developer Portal; Easel needs none of those.",
}
"""Close codes after which reconnecting is of no use (Discord's "Gateway Close Event Codes")."""

_NETWORK = (aiohttp.ClientError, OSError)  # aiohttp's and asyncio's timeouts are OSErrors
_ODD_ANSWER = (AttributeError, KeyError, TypeError, ValueError)
"""What the library raises where an answer is a page of somebody in between, or lacks what it needs."""


class GatewayRefused(EaselError):
    """Discord does not take this bot; the sentence tells the operator why."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds of real time for what goes over the network, beside the pauses that the pace decides.

    `resume` and `session` end the opening of a connection, from the first packet to RESUME or IDENTIFY; before the
    latter the pace may hold the open connection for up to 10 s.
    """

    address: float = 5.0
    resume: float = 10.0
    session: float = 25.0
    farewell: float = 2.0


@dataclass(slots=True)
class _Session:
    """What Discord needs to go on with a session, and how many tries to do so failed in a row."""

    gateway: URL
    id: str
    sequence: int | None
    failures: int = 0


class _Socket(DiscordWebSocket):
    """discord.py's connection, where an event that cannot be read costs that event, and not the session."""

    async def received_message(self, msg: Any, /) -> None:
        """Act on a frame; where only its contents cannot be read, leave it out, else have the session resumed.

        Raises:
            ReconnectWebSocket: the connection has ended.
        """
        before = self.sequence
        try:
            await super().received_message(msg)
        except (ReconnectWebSocket, discord.ConnectionClosed, WebSocketClosure, *_NETWORK):
            raise
        except Exception:
            # The first event of a session is READY: nothing works without it.
            was_read = before is not None and self.sequence != before
            log.exception("gateway.unreadable", skipped=was_read)
            if was_read:
                return
            await self.close()
            raise ReconnectWebSocket(self.shard_id, resume=before is not None) from None


class Connection:
    """The client's way to Discord: one connection after the other, in the same session while Discord goes on with it.

    discord.py's own loop (2.7.1) tries to resume at a dead address for ever, gives a session up for an event that it
    cannot read, and reconnects without a pause after a close that Discord calls resumable.
    """

    def __init__(self, client: discord.Client, pace: GatewayPace, gateway: str | None, waits: Waits) -> None:
        self._client = client
        self._pace = pace
        self._gateway = gateway
        self._waits = waits
        self._opened: aiohttp.ClientWebSocketResponse | None = None
        self._note_sockets()

    async def run(self) -> None:
        """Stay connected until the client is closed.

        Raises:
            GatewayRefused: Discord does not take this bot, and trying again is of no use.
        """
        session: _Session | None = None
        while not self._client.is_closed():
            session = await self._connect(session)
            self._client.dispatch("disconnect")

    async def _connect(self, session: _Session | None) -> _Session | None:
        """Open one connection and serve it to its end; return the session to go on with, None where there is none."""
        if session is None:
            await self._pace.before_session()
        await self._pace.before_connect()
        try:
            socket = await self._open(session)
        except IdentifyPostponed:
            return None
        except ReconnectWebSocket as end:
            return _failed(session) if end.resume else None
        except discord.ConnectionClosed as error:
            raise_if_final(error)
            return _failed(session)
        except _NETWORK as error:
            log.warning("gateway.not_opened", resuming=session is not None, error=type(error).__name__)
            return _failed(session)
        finally:
            await self._drop_unopened()
        return await self._serve(socket, session)

    async def _open(self, session: _Session | None) -> _Socket:
        opening = _Socket.from_client(
            self._client,
            initial=session is None,
            gateway=await self._address() if session is None else session.gateway,
            shard_id=self._client.shard_id,
            session=None if session is None else session.id,
            sequence=None if session is None else session.sequence,
            resume=session is not None,
        )
        socket = await asyncio.wait_for(opening, self._waits.session if session is None else self._waits.resume)
        self._client.ws = socket
        return socket

    async def _serve(self, socket: _Socket, session: _Session | None) -> _Session | None:
        goes_on = socket.wait_for("READY" if session is None else "RESUMED", lambda _: True)
        may_resume = True
        try:
            while True:
                await socket.poll_event()
        except ReconnectWebSocket as end:
            may_resume = end.resume
        except discord.ConnectionClosed as error:
            raise_if_final(error)
        except _NETWORK as error:
            log.warning("gateway.broke", error=type(error).__name__)
        except Exception:
            log.exception("gateway.crashed")
        went_on = goes_on.done()
        await self._farewell(socket.close())  # with a code that ends the socket and not the session
        if not may_resume or socket.session_id is None:
            return None
        known = _Session(socket.gateway, socket.session_id, socket.sequence, session.failures if session else 0)
        if went_on:
            known.failures = 0
            return known
        return _failed(known)

    async def _address(self) -> URL:
        """Where a new session is started: the operator's address, else Discord's advice, else its usual one."""
        if self._gateway is not None:
            return URL(self._gateway)
        try:
            async with asyncio.timeout(self._waits.address):
                _, advised, _ = await self._client.http.get_bot_gateway()
            address = URL(advised)
        except (discord.DiscordException, *_NETWORK, *_ODD_ANSWER) as error:
            log.warning("gateway.no_advice", error=type(error).__name__)
            return DiscordWebSocket.DEFAULT_GATEWAY
        return address if address.scheme in {"wss", "ws"} and address.host else DiscordWebSocket.DEFAULT_GATEWAY

    def _note_sockets(self) -> None:
        """Remember each socket as it opens: discord.py drops one whose HELLO never comes without closing it."""
        open_socket = self._client.http.ws_connect

        async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
            self._opened = await open_socket(url, compress=compress)
            return self._opened

        self._client.http.ws_connect = ws_connect

    async def _drop_unopened(self) -> None:
        opened, self._opened = self._opened, None
        socket: Any = self._client.ws
        if opened is not None and not opened.closed and (socket is None or socket.socket is not opened):
            await self._farewell(opened.close(code=4000))

    async def _farewell(self, closing: Coroutine[Any, Any, object]) -> None:
        with suppress(*_NETWORK):
            async with asyncio.timeout(self._waits.farewell):
                await closing


def _failed(session: _Session | None) -> _Session | None:
    """Count a try to resume that came to nothing; None where there is no session, or none worth another try."""
    if session is None:
        return None
    session.failures += 1
    if session.failures < RESUMES:
        return session
    log.warning("gateway.session_given_up", sentence="Discord does not resume this session; starting a new one.")
    return None


def raise_if_final(error: discord.ConnectionClosed) -> None:
    """Raise GatewayRefused where Discord closed a connection for a reason that stays."""
    sentence = _NO_WAY_BACK.get(error.code)
    if sentence is not None:
        raise GatewayRefused(sentence) from error


async def stay_connected(
    client: discord.Client,
    token: str,
    pace: GatewayPace,
    clock: Clock,
    *,
    gateway: str | None = None,
    waits: Waits | None = None,
) -> None:
    """Log in and keep the client connected until it is closed. `gateway` is the operator's address; None: Discord's.

    Raises:
        GatewayRefused: Discord does not take this bot, and trying again is of no use.
    """
    await _log_in(client, token, clock)
    await Connection(client, pace, gateway, waits or Waits()).run()


async def _log_in(client: discord.Client, token: str, clock: Clock) -> None:
    """Log in, however long Discord or whoever stands in between does not take it; only a 401 is about the token."""
    told = ""
    for pause in BACKOFF.waits():
        try:
            await client.login(token)
        except (discord.HTTPException, discord.LoginFailure, discord.RateLimited, *_NETWORK, *_ODD_ANSWER) as error:
            if _is_about_the_token(error):
                raise GatewayRefused(
                    f"Discord does not accept DISCORD_TOKEN; put the bot's token there.{perhaps_another(token)}"
                ) from error
            sentence = f"{_what_happened(error)}. I go on trying."
            if sentence != told:  # once for all the tries that come to the same
                log.warning("gateway.login_failed", sentence=sentence, exc_info=isinstance(error, _ODD_ANSWER))
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
    if isinstance(error, _NETWORK):
        return unreachable(host, error)
    return f"{host} did not take the login ({type(error).__name__}), as where a network answers in its place"
