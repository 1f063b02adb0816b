"""Parses PNG, JPEG, WebP and GIF byte by byte: dimensions before decoding, metadata stripped without re-encoding.

Only the parts that make the picture are kept (pixels, palette, transparency, colour profile and gamma), so GPS, EXIF,
XMP, comments, previews, later frames and anything behind the end are gone whatever they are called. What remains is a
small, still image for the decoder to judge. Each format's own module names its source.
"""

from __future__ import annotations

import struct

from bot import texts
from bot.media.container import Container, DamagedImage, cut_off
from bot.media.gif import open_gif
from bot.media.jpeg import open_jpeg
from bot.media.png import PNG, open_png
from bot.media.webp import open_webp


def open_container(content: bytes) -> Container | None:
    """Take a file apart by what its first bytes say; None where they say none of the four formats.

    Raises:
        DamagedImage: it breaks off, contradicts itself, or has absurdly many parts.
    """
    try:
        if content.startswith(PNG):
            return open_png(content)
        if content.startswith(b"\xff\xd8\xff"):
            return open_jpeg(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return open_webp(content)
        if content.startswith((b"GIF87a", b"GIF89a")):
            return open_gif(content)
    except (struct.error, IndexError) as error:
        raise cut_off() from error
    return None


def opened(checked: bytes) -> Container:
    """Take a file apart that was checked before.

    Raises:
        DamagedImage: it was not.
    """
    container = open_container(checked)
    if container is None:
        raise DamagedImage(texts.images.NO_FORMAT)
    return container
