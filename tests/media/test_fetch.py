"""Files are fetched whole, within their cap and their time, or not at all."""

from __future__ import annotations

import asyncio
import gzip
import time

import aiohttp
import discord
import pytest

from bot.domain.errors import BadImage
from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.media import fetch
from bot.media.fetch import CdnAttachmentReader
from bot.media.guard import open_download_session
from bot.services.ports.images import ReadableAttachment
from tests.media.downloads import (
    BUSY,
    CHUNKED,
    CONTENT,
    CUT,
    MISSING,
    WHOLE,
    Attached,
    chunked,
    endless,
    fetch_output,
    patience_for,
    read_attachment,
    reset,
    silent,
)
from tests.media.servers import Answer, RawServer, connections, head, serving


def _accepts(attachment: ReadableAttachment) -> ReadableAttachment:
    return attachment


def test_the_librarys_attachment_is_one_of_ours() -> None:
    """What the Discord library hands to a command fits the Protocol, by the type checker's word and in fact."""

    def checked_statically(attachment: discord.Attachment) -> ReadableAttachment:
        return _accepts(attachment)

    assert {"id", "filename", "size", "url", "content_type", "read"} <= set(dir(discord.Attachment))
    assert checked_statically


@pytest.mark.parametrize("answer", [WHOLE, CHUNKED, head() + CONTENT])
async def test_files_come_whole(answer: bytes) -> None:
    """With a declared length, in chunks, or until the connection closes: the bytes are the same."""
    async with serving(answer) as server:
        assert await read_attachment(server) == CONTENT
        assert await fetch_output(server) == CONTENT


@pytest.mark.parametrize("first", [CUT, BUSY, head("429 Slow", Content_Length=0), reset, silent])
async def test_a_failure_that_passes_is_asked_again(first: Answer) -> None:
    """A cut, busy, silent or broken answer costs another request, and neither the member nor the picture."""
    async with serving(first, WHOLE) as server:
        assert await read_attachment(server, patience=patience_for(first)) == CONTENT
    async with serving(first, MISSING, WHOLE) as server:
        assert await fetch_output(server, patience=patience_for(first)) == CONTENT


async def test_a_slow_file_is_taken_while_it_moves() -> None:
    """Longer than any pause between its bytes may be, and how far it is can be told meanwhile."""
    steps: list[int] = []

    async def slow(_server: RawServer, writer: asyncio.StreamWriter) -> None:
        writer.write(head(Content_Length=len(CONTENT)))
        for at in range(0, len(CONTENT), len(CONTENT) // 10):
            writer.write(CONTENT[at : at + len(CONTENT) // 10])
            await writer.drain()
            await asyncio.sleep(0.12)

    async with serving(slow) as server, open_download_session(server.hosts) as session:
        patience = aiohttp.ClientTimeout(total=30, sock_read=1.0)
        reader = CdnAttachmentReader(session, server.hosts, timeout=patience)
        content = await reader.read(Attached(server.url()), max_bytes=1_000_000, arrived=steps.append)

    assert content == CONTENT
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, len(CONTENT))
    assert len(steps) >= 5
    assert (fetch.ATTACHMENT_TIMEOUT.total, fetch.ATTACHMENT_TIMEOUT.sock_read) == (90, 10)


async def test_all_tries_together_have_one_time() -> None:
    """A file that breaks off again and again does not get its whole time again with each try."""

    async def dropping(_server: RawServer, writer: asyncio.StreamWriter) -> None:
        writer.write(head(Content_Length=1_000))
        for _ in range(12):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    async with serving(dropping) as server:
        began = time.monotonic()
        with pytest.raises(BadImage, match="did not deliver this file"):
            await read_attachment(server, patience=aiohttp.ClientTimeout(total=2.0, sock_read=0.9))

    assert len(server.requests) == 2
    assert time.monotonic() - began < 4 * 1.2


async def test_a_declared_size_above_the_cap_is_refused_before_any_request() -> None:
    """What Discord itself says is too large is never asked for."""
    async with serving(WHOLE) as server:
        with connections(blocked=False) as attempted, pytest.raises(BadImage, match="up to 20 MB"):
            await read_attachment(server, size=20_000_001, max_bytes=20_000_000)

    assert attempted == []


async def test_a_declared_length_above_the_cap_stops_before_the_body() -> None:
    """An answer that announces too much is not read."""
    async with serving(head(Content_Length=5_000_000_000) + b"x") as server:
        with pytest.raises(BadImage, match=r"the file has 5,000\.0 MB"):
            await read_attachment(server)
        with pytest.raises(Refused) as refusal:
            await fetch_output(server)

    assert refusal.value.reason is FailureReason.NO_PICTURE
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "answer", [head() + CONTENT, CHUNKED, head(Content_Length=100, Transfer_Encoding="chunked") + chunked(CONTENT)]
)
async def test_a_body_above_the_cap_is_given_up(answer: bytes) -> None:
    """Whatever the length header says or leaves out, the bytes that arrive are counted."""
    async with serving(answer) as server:
        with pytest.raises((BadImage, Refused)):
            await read_attachment(server, size=100, max_bytes=100_000)
        with pytest.raises((Refused, TryLater)):
            await fetch_output(server, max_bytes=100_000)


async def test_an_endless_body_stops_at_the_cap() -> None:
    """Reading ends with the cap, not with the sender's patience: what left it is little more."""
    async with serving(endless) as server:
        with pytest.raises(BadImage):
            await read_attachment(server, size=100, max_bytes=100_000)

    assert 100_000 <= server.sent < 20_000_000
    assert len(server.requests) == 1


async def test_a_length_that_says_too_little_cuts_no_corner() -> None:
    """A body longer than declared is not taken for a file: the answer contradicts itself."""
    async with serving(head(Content_Length=10) + CONTENT) as server:
        with pytest.raises(TryLater):
            await fetch_output(server)


async def test_compressed_bodies_do_not_unfold() -> None:
    """A small compressed answer stays as small as it came; Easel asks for plain bytes and never unpacks."""
    bomb = gzip.compress(bytes(50_000_000))
    async with serving(head(Content_Length=len(bomb), Content_Encoding="gzip") + bomb) as server:
        assert await fetch_output(server) == bomb

    assert "accept-encoding: identity" in server.requests[0].lower()
