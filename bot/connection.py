"""Keeps the client logged in to Discord's gateway, and reconnects after any failure."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure
from yarl import URL

from bot.domain.clock import Clock
from bot.gateway import GatewayPace, IdentifyPostponed
from bot.login import NETWORK, ODD_ANSWER, GatewayRefused, log_in
from bot.sharded import ShardedBot

log = structlog.stdlib.get_logger(__name__)

RESUMES = 2
"""Tries at the address that Discord gave for resuming; after that it is taken as dead and a new session is started."""

_NO_WAY_BACK: Final = {
    4004: "Discord does not accept DISCORD_TOKEN any more; put the bot's current token there.",
    4010: "Discord refused the shard: SHARD_COUNT or SHARD_IDS is wrong.",
    4011: "This bot is in too many servers for so few connections; raise SHARD_COUNT (one for each 1,000 servers).",
    4012: "Discord no longer speaks the version that this release knows; upgrade Easel.",
    4013: "Discord refused the intents; upgrade Easel.",
    4014: "Discord refused an intent that is not switched on in the Developer Portal; Easel needs none of those.",
}
"""Close codes after which reconnecting is of no use (Discord's "Gateway Close Event Codes")."""


_NOTED: ContextVar[list[aiohttp.ClientWebSocketResponse]] = ContextVar("sockets of this connection")


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
        except (ReconnectWebSocket, discord.ConnectionClosed, WebSocketClosure, *NETWORK):
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

    def __init__(
        self,
        client: discord.Client,
        pace: GatewayPace,
        gateway: str | None,
        waits: Waits,
        shard_id: int | None = None,
    ) -> None:
        """`shard_id` is which of a sharded client's connections this is; None where there is one."""
        self._client = client
        self._pace = pace
        self._gateway = gateway
        self._waits = waits
        self._shard_id = client.shard_id if shard_id is None else shard_id
        self._socket: _Socket | None = None
        self._opened: list[aiohttp.ClientWebSocketResponse] = []

    async def run(self) -> None:
        """Stay connected until the client is closed.

        Raises:
            GatewayRefused: Discord does not take this bot, and trying again is of no use.
        """
        _NOTED.set(self._opened)
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
        except NETWORK as error:
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
            shard_id=self._shard_id,
            session=None if session is None else session.id,
            sequence=None if session is None else session.sequence,
            resume=session is not None,
        )
        socket = await asyncio.wait_for(opening, self._waits.session if session is None else self._waits.resume)
        self._client.ws = self._socket = socket
        if isinstance(self._client, ShardedBot) and self._shard_id is not None:
            self._client.sockets[self._shard_id] = socket
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
        except NETWORK as error:
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
        except (discord.DiscordException, *NETWORK, *ODD_ANSWER) as error:
            log.warning("gateway.no_advice", error=type(error).__name__)
            return DiscordWebSocket.DEFAULT_GATEWAY
        return address if address.scheme in {"wss", "ws"} and address.host else DiscordWebSocket.DEFAULT_GATEWAY

    async def _drop_unopened(self) -> None:
        for opened in self._opened:
            if not opened.closed and (self._socket is None or self._socket.socket is not opened):
                await self._farewell(opened.close(code=4000))
        self._opened.clear()

    async def _farewell(self, closing: Coroutine[Any, Any, object]) -> None:
        with suppress(*NETWORK):
            async with asyncio.timeout(self._waits.farewell):
                await closing


def _note_sockets(client: discord.Client) -> None:
    """Remember each socket as it opens: discord.py drops one whose HELLO never comes without closing it."""
    open_socket = client.http.ws_connect

    async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        socket = await open_socket(url, compress=compress)
        _NOTED.get().append(socket)
        return socket

    client.http.ws_connect = ws_connect


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
    await log_in(client, token, clock)
    _note_sockets(client)
    await Connection(client, pace, gateway, waits or Waits()).run()


async def stay_connected_by_shards(
    client: ShardedBot,
    token: str,
    paces: Mapping[int, GatewayPace],
    clock: Clock,
    *,
    gateway: str | None = None,
    waits: Waits | None = None,
) -> None:
    """The same with a connection for each shard, in any order; `paces` has the pace of each. Raises as above."""
    await log_in(client, token, clock)
    _note_sockets(client)
    connections = [Connection(client, pace, gateway, waits or Waits(), each) for each, pace in paces.items()]
    runs = [
        asyncio.create_task(each.run(), name=f"shard {shard_id}")
        for shard_id, each in zip(paces, connections, strict=True)
    ]
    try:
        await asyncio.gather(*runs)
    finally:
        for each in runs:
            each.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
