"""Attachments that read themselves, by the Discord library's own download, have the same caps and words."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable

import aiohttp
import discord
import pytest

from bot.domain.errors import AttachmentGone, BadImage
from bot.media.fetch import DirectAttachmentReader
from tests.media.downloads import CONTENT, Attached


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
