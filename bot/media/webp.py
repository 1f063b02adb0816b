"""Takes WebP files apart (WebP Container Specification, Google): the picture, or the first frame, stays."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import count

from bot import texts
from bot.media.container import Container, DamagedImage, bounded, cut_off

_WEBP_PICTURE = frozenset((b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L", b"ANIM", b"ANMF"))
_VP8X_EXIF, _VP8X_XMP, _VP8X_ANIMATION = 0x08, 0x04, 0x02

_WORKING_BYTES = 12
"""A pixel: libwebp's animation decoder, which Pillow uses for every WebP, has two canvases, and hands out a third."""


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name, and where it starts and ends in the file, padding included."""
    (declared,) = struct.unpack_from("<I", content, 4)
    if declared + 8 > len(content):
        raise cut_off()
    start = 12
    for part in count():
        bounded(part)
        if start + 8 > declared + 8:
            return
        name, length = struct.unpack_from("<4sI", content, start)
        end = start + 8 + length
        if end > len(content):
            raise cut_off()
        end = min(end + length % 2, len(content))
        yield name, start, end
        start = end


def open_webp(content: bytes) -> Container:
    """Take a WebP apart.

    Raises:
        DamagedImage: it breaks the rules of its format.
    """
    view = memoryview(content)
    kept: list[bytes | memoryview] = []
    exif, size, animated, end = b"", None, False, len(content)
    for name, start, end in _webp_chunks(content):
        later_frame = name == b"ANMF" and animated
        size = size or _webp_size(content, name, start + 8)
        animated = animated or name == b"ANMF"
        exif = content[start + 8 : end] if name == b"EXIF" else exif
        if name in _WEBP_PICTURE and not later_frame:
            kept.append(_without_flags(content[start:end]) if name == b"VP8X" else view[start:end])
    if size is None:
        raise DamagedImage(texts.images.DAMAGED_HEADER)
    body = b"".join([b"WEBP", *kept])
    still = b"RIFF" + struct.pack("<I", len(body)) + body
    return Container("image/webp", *size, animated, exif, still, end, working_bytes=_WORKING_BYTES * size[0] * size[1])


def _webp_size(content: bytes, name: bytes, at: int) -> tuple[int, int] | None:
    """Width and height from the payload of the chunk that carries them, None from any other."""
    if name == b"VP8X":
        return _uint24(content, at + 4) + 1, _uint24(content, at + 7) + 1
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, at + 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, at + 6)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _uint24(content: bytes, at: int) -> int:
    low, high = struct.unpack_from("<HB", content, at)
    return low | high << 16


def _without_flags(extended_header: bytes) -> bytes:
    """The VP8X chunk without the flags that announce EXIF and XMP."""
    changed = bytearray(extended_header)
    changed[8] &= ~(_VP8X_EXIF | _VP8X_XMP)
    return bytes(changed)
