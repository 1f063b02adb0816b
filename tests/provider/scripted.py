"""A scripted HTTP server on a raw socket: it answers each request as told, or breaks the connection where told."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import Self, TypeAlias

SIGNED = "https://storage.example/signed?sig=1"
PREDICTION = "e6832d4abffb4d79bfbca19783fca133"


class Break(Enum):
    """A way in which a connection breaks."""

    RESET_BEFORE_READING = auto()
    GREETING = auto()  #: speaks first, and no HTTP, as a mail server does; the request is not read
    RESET_AFTER_READING = auto()
    CLOSE_AFTER_READING = auto()
    TRUNCATED = auto()  #: a 200 whose body ends early
    DRIP = auto()  #: a 200 whose body never ends
    HANG = auto()
    GARBAGE = auto()


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """A well-formed answer; `body` is sent as JSON unless it is bytes already."""

    status: int = 200
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def encoded(self) -> bytes:
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = [f"HTTP/1.1 {self.status} Scripted", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body


Step: TypeAlias = ScriptedReply | Break


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> object:
        return json.loads(self.body)


def ok(data: object, **envelope: object) -> ScriptedReply:
    """The provider's yes."""
    return ScriptedReply(200, {"code": 200, "message": "success", "data": data, **envelope})


def no(code: int, message: str, data: object = None) -> ScriptedReply:
    """The provider's error within an HTTP 200."""
    return ScriptedReply(200, {"code": code, "message": message, "data": data})


class ScriptedServer:
    """Plays its steps one a request; the last is repeated."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.seen: list[Seen] = []
        self.connections = 0
        self.requested = asyncio.Event()
        self._closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.url = ""

    def plays(self, *steps: Step) -> None:
        self.steps = list(steps)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        assert self._server is not None
        self._server.close()
        await asyncio.gather(*self._tasks)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        connection = self.connections
        try:
            while await self._one(reader, writer, connection):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        if self.steps[0] is Break.RESET_BEFORE_READING:
            _reset(writer)
            return False
        if self.steps[0] is Break.GREETING:
            writer.write(b"220 mail.example ready\r\n")
            await writer.drain()
            return False
        arriving = asyncio.ensure_future(reader.readuntil(b"\r\n\r\n"))
        closing = asyncio.ensure_future(self._closing.wait())
        await asyncio.wait({arriving, closing}, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if not arriving.done():
            arriving.cancel()
            return False
        head = (await arriving).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("Content-Length", "0")))
        self.seen.append(Seen(method, path, headers, body, connection))
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        self.requested.set()
        if isinstance(step, Break):
            await self._break(step, writer)
            return False
        writer.write(step.encoded())
        await writer.drain()
        return True

    async def _break(self, fault: Break, writer: asyncio.StreamWriter) -> None:
        if fault is Break.RESET_AFTER_READING:
            _reset(writer)
        elif fault is Break.TRUNCATED:
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"code": 200, "data": {"id": "' + b"a" * 20)
            await writer.drain()
        elif fault is Break.GARBAGE:
            writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
            await writer.drain()
        elif fault is Break.DRIP:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n ")
            await writer.drain()
            await self._closing.wait()
        elif fault is Break.HANG:
            await self._closing.wait()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: unread data is thrown away on both sides."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
