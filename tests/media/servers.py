"""Small raw HTTP servers on loopback that say exactly what a test wants said, and a watch on every connection."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from aiohttp.abc import AbstractResolver, ResolveResult

from bot.media.guard import AllowedHosts


@dataclass(slots=True)
class RawServer:
    """One listening socket; `requests` are the heads it received, `sent` counts the body bytes it got rid of."""

    port: int = 0
    requests: list[str] = field(default_factory=list[str])
    sent: int = 0

    def url(self, path: str = "/a.png") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def hosts(self) -> AllowedHosts:
        return AllowedHosts.parse(f"127.0.0.1:{self.port}")


Answer: TypeAlias = bytes | Callable[[RawServer, asyncio.StreamWriter], Awaitable[None]]
"""What to send back: these bytes, or whatever the function writes."""


def head(status: str = "200 OK", **headers: object) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


@asynccontextmanager
async def serving(*answers: Answer) -> AsyncGenerator[RawServer]:
    """Answer the n-th request with the n-th answer, and every further one with the last."""
    server = RawServer()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            answer = answers[min(len(server.requests), len(answers) - 1)]
            server.requests.append(request.decode())
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(server, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield server


class NameServer(AbstractResolver):
    """A name server of our own: each name has one or more answers, given in turn; the last one stays."""

    def __init__(self, **names: list[list[str]]) -> None:
        self._names = {name.replace("_", "."): answers for name, answers in names.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        answers = self._names.get(host)
        if not answers:
            raise OSError(f"no such name: {host}")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in answer
        ]

    async def close(self) -> None:
        """Nothing is held."""


_watching: list[list[object]] = []
_blocking: list[bool] = []


def _on_event(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect" or not _watching:
        return
    for seen in _watching:
        seen.append(arguments[1])
    if _blocking[-1]:
        raise ConnectionRefusedError("no test connects to the outside")


sys.addaudithook(_on_event)


@contextmanager
def connections(*, blocked: bool) -> Generator[list[object]]:
    """The address of every connect() that the process attempts meanwhile, seen by Python's own socket layer."""
    seen: list[object] = []
    _watching.append(seen)
    _blocking.append(blocked)
    try:
        yield seen
    finally:
        _watching.remove(seen)
        _blocking.pop()
