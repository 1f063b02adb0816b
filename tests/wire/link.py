"""A link between a bot and a server on this machine that may be cut: nothing passes any more, and nobody is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, urlsplit

_PIECE = 65_536

_Connect: TypeAlias = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@dataclass(slots=True)
class CuttableLink:
    """One way between two ends, open or cut; connections stay as they are while it is cut, as over a dead cable."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""
    """Where bots connect: a folder with the socket of a database, or a host with its port."""

    def cut(self) -> None:
        """Let nothing through from now on: neither bytes nor the news that the other end has gone."""
        self.open.clear()

    def mend(self) -> None:
        """Let everything through again, also what waits."""
        self.open.set()


@asynccontextmanager
async def link_to_database(url: str, folder: Path) -> AsyncGenerator[tuple[CuttableLink, str]]:
    """A link to the tests' PostgreSQL server, and the DATABASE_URL that leads over it."""
    real = url.partition("?host=")[2]
    await asyncio.to_thread(folder.mkdir)

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_unix_connection(f"{real}/.s.PGSQL.5432")

    link = CuttableLink(address=str(folder))
    link.mend()
    serving = _Serving(link, connect)
    server = await asyncio.start_unix_server(serving.serve, folder / ".s.PGSQL.5432")
    try:
        yield link, f"{url.partition('?')[0]}?host={quote(str(folder))}"
    finally:
        server.close()
        await serving.end()


@asynccontextmanager
async def link_to_port(address: str) -> AsyncGenerator[tuple[CuttableLink, str]]:
    """A link to a server at `http://host:port/…`, and its own `host:port`."""
    parts = urlsplit(address)

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(parts.hostname, parts.port)

    link = CuttableLink()
    link.mend()
    serving = _Serving(link, connect)
    server = await asyncio.start_server(serving.serve, "127.0.0.1")
    link.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield link, link.address
    finally:
        server.close()
        await serving.end()


class _Serving:
    """The connections over one link."""

    def __init__(self, link: CuttableLink, connect: _Connect) -> None:
        self._link = link
        self._connect = connect
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._link.open.wait()
            there, back = await self._connect()
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        except (OSError, asyncio.CancelledError):  # cancelled by `end` alone
            writer.close()
        finally:
            self._tasks.discard(task)

    async def end(self) -> None:
        """Leave no connection behind."""
        tasks = list(self._tasks)
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while piece := await source.read(_PIECE):
                    await self._link.open.wait()
                    target.write(piece)
                    await target.drain()
            await self._link.open.wait()
        finally:
            target.close()
