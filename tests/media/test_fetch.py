"""Files are fetched whole, within their cap, or not at all, and every way to fail has its own words."""

from __future__ import annotations

import asyncio
import gzip
import io
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import discord
import pytest
from structlog.testing import capture_logs

from bot.domain.errors import AttachmentGone, BadImage
from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.media import fetch
from bot.media.fetch import CdnAttachmentReader, DirectAttachmentReader, OutputDownloader
from bot.media.guard import AllowedHosts, open_download_session
from bot.services.ports.images import AttachmentReader, OutputFetcher, ReadableAttachment
from tests.media.servers import Answer, NameServer, RawServer, connections, head, serving

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


def _accepts(attachment: ReadableAttachment) -> ReadableAttachment:
    return attachment


def test_the_librarys_attachment_is_one_of_ours() -> None:
    """What the Discord library hands to a command fits the Protocol, by the type checker's word and in fact."""

    def checked_statically(attachment: discord.Attachment) -> ReadableAttachment:
        return _accepts(attachment)

    assert {"id", "filename", "size", "url", "content_type", "read"} <= set(dir(discord.Attachment))
    assert checked_statically


async def _read(
    server: RawServer,
    *,
    size: int = len(CONTENT),
    max_bytes: int = 1_000_000,
    patience: aiohttp.ClientTimeout = PATIENT,
) -> bytes:
    async with open_download_session(server.hosts) as session:
        reader: AttachmentReader = CdnAttachmentReader(session, server.hosts, timeout=patience)
        return await reader.read(Attached(server.url(), size), max_bytes=max_bytes)


async def _fetch(server: RawServer, *, max_bytes: int = 1_000_000, patience: aiohttp.ClientTimeout = PATIENT) -> bytes:
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


def _patience(answer: Answer) -> aiohttp.ClientTimeout:
    return IMPATIENT if answer in {silent, dripping} else PATIENT


WHOLE = head(Content_Length=len(CONTENT)) + CONTENT
CHUNKED = head(Transfer_Encoding="chunked") + chunked(CONTENT)
CUT = head(Content_Length=len(CONTENT)) + CONTENT[:1_000]
BUSY = head("503 Busy", Content_Length=0)
MISSING = head("404 Not Found", Content_Length=0)


@pytest.mark.parametrize("answer", [WHOLE, CHUNKED, head() + CONTENT])
async def test_files_come_whole(answer: bytes) -> None:
    """With a declared length, in chunks, or until the connection closes: the bytes are the same."""
    async with serving(answer) as server:
        assert await _read(server) == CONTENT
        assert await _fetch(server) == CONTENT


@pytest.mark.parametrize("first", [CUT, BUSY, head("429 Slow", Content_Length=0), reset, silent])
async def test_a_failure_that_passes_is_asked_again(first: Answer) -> None:
    """A cut, busy, silent or broken answer costs another request, and neither the member nor the picture."""
    async with serving(first, WHOLE) as server:
        assert await _read(server, patience=_patience(first)) == CONTENT
    async with serving(first, MISSING, WHOLE) as server:
        assert await _fetch(server, patience=_patience(first)) == CONTENT


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
            await _read(server, patience=aiohttp.ClientTimeout(total=2.0, sock_read=0.9))

    assert len(server.requests) == 2
    assert time.monotonic() - began < 4 * 1.2


# Caps -----------------------------------------------------------------------------------------------------------------


async def test_a_declared_size_above_the_cap_is_refused_before_any_request() -> None:
    """What Discord itself says is too large is never asked for."""
    async with serving(WHOLE) as server:
        with connections(blocked=False) as attempted, pytest.raises(BadImage, match="up to 20 MB"):
            await _read(server, size=20_000_001, max_bytes=20_000_000)

    assert attempted == []


async def test_a_declared_length_above_the_cap_stops_before_the_body() -> None:
    """An answer that announces too much is not read."""
    async with serving(head(Content_Length=5_000_000_000) + b"x") as server:
        with pytest.raises(BadImage, match=r"the file has 5,000\.0 MB"):
            await _read(server)
        with pytest.raises(Refused) as refusal:
            await _fetch(server)

    assert refusal.value.reason is FailureReason.NO_PICTURE
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "answer", [head() + CONTENT, CHUNKED, head(Content_Length=100, Transfer_Encoding="chunked") + chunked(CONTENT)]
)
async def test_a_body_above_the_cap_is_given_up(answer: bytes) -> None:
    """Whatever the length header says or leaves out, the bytes that arrive are counted."""
    async with serving(answer) as server:
        with pytest.raises((BadImage, Refused)):
            await _read(server, size=100, max_bytes=100_000)
        with pytest.raises((Refused, TryLater)):
            await _fetch(server, max_bytes=100_000)


async def test_an_endless_body_stops_at_the_cap() -> None:
    """Reading ends with the cap, not with the sender's patience: what left it is little more."""
    async with serving(endless) as server:
        with pytest.raises(BadImage):
            await _read(server, size=100, max_bytes=100_000)

    assert 100_000 <= server.sent < 20_000_000
    assert len(server.requests) == 1


async def test_a_length_that_says_too_little_cuts_no_corner() -> None:
    """A body longer than declared is not taken for a file: the answer contradicts itself."""
    async with serving(head(Content_Length=10) + CONTENT) as server:
        with pytest.raises(TryLater):
            await _fetch(server)


async def test_compressed_bodies_do_not_unfold() -> None:
    """A small compressed answer stays as small as it came; Easel asks for plain bytes and never unpacks."""
    bomb = gzip.compress(bytes(50_000_000))
    async with serving(head(Content_Length=len(bomb), Content_Encoding="gzip") + bomb) as server:
        assert await _fetch(server) == bomb

    assert "accept-encoding: identity" in server.requests[0].lower()


# Failures -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone", "401 No"])
async def test_an_expired_attachment_is_said_at_once(status: str) -> None:
    """A file that Discord no longer serves is not asked for again; the member attaches it anew."""
    async with serving(head(status, Content_Length=0)) as server:
        with pytest.raises(AttachmentGone) as refusal:
            await _read(server)

    assert len(server.requests) == 1
    assert refusal.value.sentence == "fox.png: Discord no longer has this file."
    assert refusal.value.advice == "Attach it again and send the command once more."


@pytest.mark.parametrize(
    "answer", [BUSY, CUT, reset, silent, dripping, head("204 No", Content_Length=0), b"\0\1\2\r\n\r\n"]
)
async def test_an_attachment_that_cannot_be_had_now_is_said_kindly(answer: Answer) -> None:
    """After a few tries the member reads that it was not their file's fault, and what to do."""
    async with serving(answer) as server:
        with pytest.raises(BadImage, match="did not deliver this file") as refusal:
            await _read(server, patience=_patience(answer))

    assert not isinstance(refusal.value, AttachmentGone)
    assert refusal.value.advice == "Send the command once more in a minute."


@pytest.mark.parametrize("url", ["https://evil.example/a.png", "http://cdn.discordapp.com/a.png", "nonsense"])
async def test_a_foreign_host_is_refused_without_a_connection(url: str) -> None:
    """Only files that Discord serves are fetched."""
    with connections(blocked=True) as attempted:
        async with open_download_session(AllowedHosts()) as session:
            with pytest.raises(BadImage, match="not served by Discord"):
                await CdnAttachmentReader(session, AllowedHosts()).read(Attached(url), max_bytes=1_000_000)

    assert attempted == []


FAKE = "198.18.0.7"
"""What the resolvers of some proxies make of every name."""


async def test_a_name_that_leads_inward_is_explained() -> None:
    """The member reads that it is not their file's fault, the operator which name leads where, and what to set."""
    names = NameServer(cdn_discordapp_com=[[FAKE]])
    attached = Attached("https://cdn.discordapp.com/attachments/1/2/secret.png?ex=1")
    with connections(blocked=True) as attempted, capture_logs() as logs:
        async with open_download_session(AllowedHosts(), resolver=names) as session:
            with pytest.raises(BadImage) as refusal:
                await CdnAttachmentReader(session, AllowedHosts()).read(attached, max_bytes=1_000_000)

    assert attempted == []
    assert refusal.value.sentence == "fox.png: this bot's own network does not lead to Discord's file host."
    assert "Only whoever runs the bot" in refusal.value.advice
    [line] = logs
    assert (line["event"], line["log_level"], line["host"]) == (
        "download.host_not_public",
        "error",
        "cdn.discordapp.com",
    )
    assert FAKE in line["detail"]
    assert "add cdn.discordapp.com to CDN_HOSTS" in line["detail"]
    assert "secret.png" not in str(logs)


async def test_an_output_whose_host_leads_inward_is_explained() -> None:
    """It is tried again, since the operator can mend that; the reason stays with it, without the address."""
    names = NameServer(files_example=[["93.184.216.34", FAKE]])
    async with open_download_session(AllowedHosts(), resolver=names) as session:
        with pytest.raises(TryLater) as later:
            await OutputDownloader(session, AllowedHosts()).fetch("https://files.example/secret.png")

    assert f"files.example resolves to {FAKE}" in later.value.detail
    assert "secret.png" not in later.value.detail


@pytest.mark.parametrize("answer", [BUSY, CUT, reset, silent, head("429 Slow", Content_Length=0)])
async def test_an_output_that_does_not_arrive_is_tried_later(answer: Answer) -> None:
    """A paid picture is not given up because its host has a bad minute."""
    async with serving(answer) as server:
        with pytest.raises(TryLater):
            await _fetch(server, patience=_patience(answer))

    # aiohttp itself repeats a GET once when the connection breaks before an answer.
    assert fetch.ATTEMPTS <= len(server.requests) <= 2 * fetch.ATTEMPTS


async def test_a_missing_output_is_definite_after_some_tries() -> None:
    """A new file may not be everywhere yet, so a missing one is asked for again before it counts as missing."""
    async with serving(MISSING) as server:
        with pytest.raises(Refused) as refusal:
            await _fetch(server)

    assert refusal.value.reason is FailureReason.NO_PICTURE
    assert len(server.requests) == fetch.ATTEMPTS


async def test_no_address_is_in_what_retries_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Retries are logged with the kind of failure, never with the address of an image."""
    async with serving(BUSY) as server:
        with pytest.raises(TryLater) as refusal:
            await _fetch(server)

    logged = capsys.readouterr()
    assert "a.png" not in logged.out + logged.err + str(refusal.value)


# The Discord library's own download ----------------------------------------------------------------------------------


def _raising(error: Exception) -> Callable[[], Awaitable[bytes]]:
    async def answer() -> bytes:
        raise error

    return answer


def _giving(content: bytes) -> Callable[[], Awaitable[bytes]]:
    async def answer() -> bytes:
        return content

    return answer


def _http_error(kind: type[discord.HTTPException], status: int) -> discord.HTTPException:
    class Response:
        """As much of a response as the library's errors read."""

        reason = "because"

    Response.status = status  # pyright: ignore[reportAttributeAccessIssue] - read by discord.py only
    return kind(Response(), "no")  # pyright: ignore[reportArgumentType] - see above


async def test_direct_reading_gives_the_bytes() -> None:
    """Without a file host, the attachment reads itself."""
    assert await DirectAttachmentReader().read(Attached("", answer=_giving(CONTENT)), max_bytes=1_000_000) == CONTENT


async def test_direct_reading_has_the_same_caps() -> None:
    """Declared or real, too large is too large; a declared one is not even read."""
    with pytest.raises(BadImage, match="up to 20 MB"):
        await DirectAttachmentReader().read(Attached("", size=20_000_001), max_bytes=20_000_000)
    with pytest.raises(BadImage, match=r"up to 0\.1 MB"):
        await DirectAttachmentReader().read(Attached("", 1, answer=_giving(CONTENT)), max_bytes=100_000)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_http_error(discord.NotFound, 404), AttachmentGone),
        (_http_error(discord.Forbidden, 403), AttachmentGone),
        (_http_error(discord.HTTPException, 500), BadImage),
        (aiohttp.ServerDisconnectedError(), BadImage),
        (TimeoutError(), BadImage),
        (io.UnsupportedOperation(), BadImage),
    ],
)
async def test_direct_reading_speaks_the_same_words(error: Exception, expected: type[BadImage]) -> None:
    """The library's errors become the same sentences."""
    with pytest.raises(expected) as refusal:
        await DirectAttachmentReader().read(Attached("", answer=_raising(error)), max_bytes=1_000_000)

    assert type(refusal.value) is expected
