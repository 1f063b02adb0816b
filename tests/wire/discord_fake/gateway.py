"""The gateway: HELLO, IDENTIFY, heartbeats, events with sequence numbers, RESUME with replay, and trouble on demand."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.domain.clock import Instant
from tests.wire.discord_fake.payloads import Payloads, dumps
from tests.wire.discord_fake.shapes import Json
from tests.wire.discord_fake.world import Channel, DiscordWorld, Guild, Member, Message, Role

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 8, 9, 10, 11
_SENDS_PER_MINUTE = 120
_AUTHENTICATION_FAILED, _RATE_LIMITED, _DISALLOWED_INTENTS, _NOT_AUTHENTICATED = 4004, 4008, 4014, 4003
_INVALID_SHARD = 4010

GUILDS, GUILD_MEMBERS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 1, 1 << 9, 1 << 12
MESSAGE_CONTENT = 1 << 15
_PRIVILEGED = (1 << 1) | (1 << 8) | MESSAGE_CONTENT


@dataclass(slots=True, eq=False)
class Session:
    """One gateway session: its events stay for a RESUME while no connection holds it."""

    id: str
    intents: int
    shard: tuple[int, int]
    sequence: int = 0
    backlog: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    connection: Connection | None = None

    def dispatch(self, event: str, data: Any) -> None:
        """Number an event, keep it, and send it if someone listens."""
        self.sequence += 1
        frame = dumps({"op": DISPATCH, "t": event, "s": self.sequence, "d": data})
        self.backlog.append((self.sequence, frame))
        if self.connection:
            self.connection.outbox.put_nowait(frame)


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket; `outbox` holds frames, or a close code as the last."""

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    outbox: asyncio.Queue[str | int] = field(default_factory=asyncio.Queue[str | int])
    session: Session | None = None
    received: list[float] = field(default_factory=list[float])

    def send(self, op: int, data: Any = None) -> None:
        """Send a frame without sequence number."""
        self.outbox.put_nowait(dumps({"op": op, "d": data, "s": None, "t": None}))

    def drop(self) -> None:
        """Reset the connection without a word."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


class Gateway:
    """All sessions and connections of the one bot.

    Attributes:
        identifies: when each IDENTIFY came.
        resumes: when each RESUME came.
        connects: when each connection was opened.
        refusals: close codes with which the next IDENTIFYs or RESUMEs are met, first in first out.
        privileged: privileged intents that the developer portal allows.
        silent: whether heartbeats are left without acknowledgement.
        copies: how often the next interaction is delivered (2: a duplicate).
        delay: seconds by which the next interaction arrives late.
        resume_url: where READY tells the bot to resume; empty: here.
    """

    def __init__(self, world: DiscordWorld, payloads: Payloads, token: str) -> None:
        self.url = ""
        self.heartbeat_interval = 41_250
        self.identifies: list[Instant] = []
        self.resumes: list[Instant] = []
        self.connects: list[Instant] = []
        self.refusals: list[int] = []
        self.privileged = 0
        self.silent = False
        self.copies = 1
        self.delay = 0.0
        self.resume_url = ""
        self._world = world
        self._payloads = payloads
        self._token = token
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self._late: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether a bot is connected and has a session."""
        return any(each.session for each in self._connections)

    def holds(self, shard: int) -> bool:
        """Whether a bot is connected and has a session of this shard."""
        return any(each.session and each.session.shard[0] == shard for each in self._connections)

    @property
    def reads_content(self) -> bool:
        """Whether the bot was given the message-content intent."""
        return any(each.intents & MESSAGE_CONTENT for each in self._sessions.values())

    def reconnect(self) -> None:
        """Ask every connection to come again (op 7)."""
        for each in list(self._connections):
            each.send(RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Declare every session invalid (op 9); unless resumable, it is forgotten."""
        for each in list(self._connections):
            if each.session and not resumable:
                self._sessions.pop(each.session.id, None)
            each.send(INVALID, resumable)

    def close(self, code: int) -> None:
        """Close every connection with this code."""
        for each in list(self._connections):
            each.outbox.put_nowait(code)

    def drop(self) -> None:
        """Reset every connection without a word."""
        for each in list(self._connections):
            each.drop()

    def say(self, frame: str) -> None:
        """Send every connection a frame as it stands, which may be none that anybody can read."""
        for each in list(self._connections):
            each.outbox.put_nowait(frame)

    def interact(self, payload: Json, guild: Guild | None) -> int:
        """Deliver an interaction and say how many times; `copies` and `delay` apply to this one only."""
        copies, delay, self.copies, self.delay = self.copies, self.delay, 1, 0.0
        if delay:
            self._later(delay, payload, guild, copies)
            return copies
        for _ in range(copies):
            self.dispatch("INTERACTION_CREATE", payload, 0, guild)
        return copies

    def dispatch(self, event: str, payload: Any, intent: int, guild: Guild | None) -> None:
        """Send an event to every session that wants it (0: all) and whose shard it concerns."""
        for session in self._sessions.values():
            shard = (guild.id >> 22) % session.shard[1] if guild else 0
            if (not intent or session.intents & intent) and shard == session.shard[0]:
                session.dispatch(event, payload)

    def hear(self, event: str, subject: Channel | Guild | Member | Message | Role) -> None:
        """Turn a change of the world into an event."""
        if isinstance(subject, Message):
            self._hear_message(event, subject)
        elif isinstance(subject, Channel):
            self.dispatch(event, self._payloads.channel(subject), GUILDS, subject.guild)
        elif isinstance(subject, Guild):
            gone = event == "GUILD_DELETE"
            payload = {"id": str(subject.id)} if gone else self._payloads.guild_create(subject)
            self.dispatch(event, payload, GUILDS, subject)
        elif isinstance(subject, Member):
            payload = {**self._payloads.member(subject), "guild_id": str(subject.guild.id)}
            self.dispatch(event, payload, 0 if subject.user is self._world.bot else GUILD_MEMBERS, subject.guild)
        else:
            guild = next(each for each in self._world.guilds.values() if subject.id in each.roles)
            payload = {"guild_id": str(guild.id), "role": self._payloads.role(subject)}
            self.dispatch(event, payload, GUILDS, guild)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Hold one connection from HELLO to its end."""
        socket = web.WebSocketResponse(autoping=True, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, request.transport)
        self._connections.add(connection)
        self.connects.append(self._world.clock.now())
        connection.send(HELLO, {"heartbeat_interval": self.heartbeat_interval})
        writer = asyncio.create_task(_write(connection))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(connection, json.loads(message.data))
        finally:
            self._connections.discard(connection)
            if connection.session and connection.session.connection is connection:
                connection.session.connection = None
            writer.cancel()
        return socket

    async def stop(self) -> None:
        """End every connection and every delivery that is still under way."""
        for task in self._late:
            task.cancel()
        for each in list(self._connections):
            await each.socket.close(code=1001)

    def _hear_message(self, event: str, message: Message) -> None:
        guild = message.channel.guild
        if message.visible_to is not None:
            return
        intent = GUILD_MESSAGES if guild else DIRECT_MESSAGES
        where = {"channel_id": str(message.channel.id)} | ({"guild_id": str(guild.id)} if guild else {})
        if event == "MESSAGE_DELETE":
            self.dispatch(event, {"id": str(message.id), **where}, intent, guild)
            return
        for session in self._sessions.values():
            if session.intents & intent:
                hidden = not session.intents & MESSAGE_CONTENT
                session.dispatch(event, {**self._payloads.message(message, hide_content=hidden), **where})

    def _receive(self, connection: Connection, frame: Json) -> None:
        now = self._world.clock.monotonic()
        connection.received = [each for each in connection.received if now - each < 60] + [now]
        if len(connection.received) > _SENDS_PER_MINUTE:
            connection.outbox.put_nowait(_RATE_LIMITED)
            return
        op: int = frame["op"]
        data: Any = frame.get("d")
        if op == HEARTBEAT:
            if not self.silent:
                connection.send(ACK)
        elif op == IDENTIFY:
            self.identifies.append(self._world.clock.now())
            self._identify(connection, data)
        elif op == RESUME:
            self.resumes.append(self._world.clock.now())
            self._resume(connection, data)
        elif connection.session is None:
            connection.outbox.put_nowait(_NOT_AUTHENTICATED)
        elif op == MEMBERS:
            self._send_members(connection.session, data)

    def _identify(self, connection: Connection, data: Json) -> None:
        if self.refusals:
            connection.outbox.put_nowait(self.refusals.pop(0))
            return
        if data.get("token") != self._token:
            connection.outbox.put_nowait(_AUTHENTICATION_FAILED)
            return
        intents = int(data["intents"])
        if intents & _PRIVILEGED & ~self.privileged:
            connection.outbox.put_nowait(_DISALLOWED_INTENTS)
            return
        index, count = data.get("shard") or (0, 1)
        if not 0 <= index < count:
            connection.outbox.put_nowait(_INVALID_SHARD)
            return
        for stale in [each for each in self._sessions.values() if each.connection is None]:
            del self._sessions[stale.id]
        session = Session(secrets.token_hex(16), intents, (index, count), connection=connection)
        connection.session = self._sessions[session.id] = session
        guilds = [each for each in self._world.guilds.values() if (each.id >> 22) % count == index]
        session.dispatch("READY", self._ready(session, guilds))
        for guild in guilds:
            if intents & GUILDS:
                session.dispatch("GUILD_CREATE", self._payloads.guild_create(guild))

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        return {
            "v": 10,
            "user": self._payloads.me(),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.resume_url or self.url,
            "session_type": "normal",
            "shard": list(session.shard),
            "private_channels": [],
            "application": {"id": str(self._world.application_id), "flags": 0},
        }

    def _resume(self, connection: Connection, data: Json) -> None:
        if self.refusals:
            connection.outbox.put_nowait(self.refusals.pop(0))
            return
        session = self._sessions.get(data.get("session_id", ""))
        if session is None or data.get("token") != self._token:
            connection.send(INVALID, data=False)
            return
        connection.session, session.connection = session, connection
        for sequence, frame in session.backlog:
            if sequence > data["seq"]:
                connection.outbox.put_nowait(frame)
        session.dispatch("RESUMED", {"_trace": []})

    def _send_members(self, session: Session, data: Json) -> None:
        guild = self._world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        members = [self._payloads.member(each) for each in guild.members.values()]
        chunk: Json = {"guild_id": str(guild.id), "members": members, "chunk_index": 0, "chunk_count": 1}
        if "nonce" in data:
            chunk["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    def _later(self, delay: float, payload: Json, guild: Guild | None, copies: int) -> None:
        due = self._world.clock.monotonic() + delay

        async def deliver() -> None:
            await self._world.clock.sleep(due - self._world.clock.monotonic())
            for _ in range(copies):
                self.dispatch("INTERACTION_CREATE", payload, 0, guild)

        task = asyncio.create_task(deliver())
        self._late.add(task)
        task.add_done_callback(self._late.discard)


async def _write(connection: Connection) -> None:
    while True:
        frame = await connection.outbox.get()
        try:
            if isinstance(frame, int):
                await connection.socket.close(code=frame)
                return
            await connection.socket.send_str(frame)
        except ConnectionError:
            return
