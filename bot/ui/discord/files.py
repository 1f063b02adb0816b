"""The files of a message: how large they may be, and pictures and strips as attachments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final, Protocol

import discord

from bot.domain.references import Reference
from bot.services.ports.messages import Link, Picture
from bot.ui.render.drawing import STRIP_FILENAME

DEFAULT_FILE_LIMIT: Final = discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES
REQUEST_LIMIT = 25 * 1024 * 1024
"""Discord's "Create Message": the largest request, all files together."""

REQUEST_MARGIN = 256 * 1024
"""Kept free for everything in a request that is no file."""


class StripSource(Protocol):
    """Where reference strips come from."""

    async def strip(self, references: Sequence[Reference]) -> bytes | None:
        """Draw references side by side, as a PNG; None where there are none, or one is no longer kept."""
        ...


def share_of_request(count: int, *, largest: int) -> int:
    """How large each of `count` files may be, in bytes, where one alone may have `largest`."""
    return min(largest, (REQUEST_LIMIT - REQUEST_MARGIN) // max(count, 1))


def picture_files(pictures: Iterable[Picture | Link]) -> list[discord.File]:
    """Those that are attached, each with its alt text; to be built anew for each request, which reads them."""
    return [
        discord.File(BytesIO(each.content), each.attachment_name, description=each.alt)
        for each in pictures
        if isinstance(each, Picture)
    ]


def strip_files(strip: bytes | None) -> list[discord.File]:
    """The reference strip, where there is one."""
    return [] if strip is None else [discord.File(BytesIO(strip), STRIP_FILENAME)]
