"""What a host may send in place of a file, an attachment that is there, and both ways to download."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from bot.media.fetch import CdnAttachmentReader, OutputDownloader
from bot.media.guard import open_download_session
from bot.services.ports.images import AttachmentReader, OutputFetcher
from tests.media.servers import Answer, RawServer, head

CONTENT = random.Random(3).randbytes(200_000)
PATIENT = aiohttp.ClientTimeout(total=30)
IMPATIENT = aiohttp.ClientTimeout(total=2, sock_read=0.6)
"""For hosts that keep us waiting, so that the test does not."""


@dataclass(slots=True)
class Attached:
    """An attachment as Discord describes it."""

    url: str
    size: int = len(CONTENT)
    filename: str = "fox.png"
    id: int = 7
    content_type: str | None = "image/png"
    answer: Callable[[], Awaitable[bytes]] | None = None

    async def read(self) -> bytes:
        assert self.answer is not None, "the streaming reader never uses the Discord library's download"
        return await self.answer()


async def read_attachment(
    server: RawServer,
    *,
    size: int = len(CONTENT),
    max_bytes: int = 1_000_000,
    patience: aiohttp.ClientTimeout = PATIENT,
) -> bytes:
    async with open_download_session(server.hosts) as session:
        reader: AttachmentReader = CdnAttachmentReader(session, server.hosts, timeout=patience)
        return await reader.read(Attached(server.url(), size), max_bytes=max_bytes)


async def fetch_output(
    server: RawServer, *, max_bytes: int = 1_000_000, patience: aiohttp.ClientTimeout = PATIENT
) -> bytes:
    async with open_download_session(server.hosts) as session:
        fetcher: OutputFetcher = OutputDownloader(session, server.hosts, max_bytes=max_bytes, timeout=patience)
        return await fetcher.fetch(server.url())


def chunked(content: bytes) -> bytes:
    pieces = [content[at : at + 5_000] for at in range(0, len(content), 5_000)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


async def endless(server: RawServer, writer: asyncio.StreamWriter) -> None:
    """A body without declared length and without end."""
    writer.write(head())
    while True:
        writer.write(bytes(10_000))
        server.sent += 10_000
        await writer.drain()


async def silent(_server: RawServer, writer: asyncio.StreamWriter) -> None:
    """A host that accepts and never answers."""
    await writer.drain()
    await asyncio.sleep(2)


async def dripping(_server: RawServer, writer: asyncio.StreamWriter) -> None:
    """A body that arrives byte by byte, each just in time for the read timeout."""
    writer.write(head(Content_Length=1_000))
    for _ in range(100):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.03)


async def reset(_server: RawServer, writer: asyncio.StreamWriter) -> None:
    """A connection that breaks before any answer."""
    writer.transport.abort()


def patience_for(answer: Answer) -> aiohttp.ClientTimeout:
    return IMPATIENT if answer in {silent, dripping} else PATIENT


WHOLE = head(Content_Length=len(CONTENT)) + CONTENT
CHUNKED = head(Transfer_Encoding="chunked") + chunked(CONTENT)
CUT = head(Content_Length=len(CONTENT)) + CONTENT[:1_000]
BUSY = head("503 Busy", Content_Length=0)
MISSING = head("404 Not Found", Content_Length=0)
