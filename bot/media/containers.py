"""Takes PNG, JPEG, WebP and GIF files apart byte by byte: size before any decoding, metadata away without re-encoding.

Only the parts that make the picture are kept (pixels, palette, transparency, colour profile and gamma), so GPS, EXIF,
XMP, comments, previews, later frames and anything behind the end are gone whatever they are called. What remains is a
small, still image for the decoder to judge. Sources: PNG Third Edition (W3C), ITU-T T.81 (JPEG), the WebP Container
Specification (Google), GIF89a (CompuServe).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import count

from bot.media.container import Container, DamagedImage, bounded, cut_off
from bot.media.gif import open_gif

MAX_SCANS = 64
"""Passes of a progressive JPEG. Encoders use about ten; each one costs a walk over all pixels."""


def open_container(content: bytes) -> Container | None:
    """Take a file apart by what its first bytes say; None where they say none of the four formats.

    Raises:
        DamagedImage: it breaks off, contradicts itself, or has absurdly many parts.
    """
    try:
        if content.startswith(_PNG):
            return _open_png(content)
        if content.startswith(b"\xff\xd8\xff"):
            return _open_jpeg(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _open_webp(content)
        if content.startswith((b"GIF87a", b"GIF89a")):
            return open_gif(content)
    except (struct.error, IndexError) as error:
        raise cut_off() from error
    return None


# PNG ------------------------------------------------------------------------------------------------------------------

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PICTURE = frozenset(
    (
        b"IHDR",
        b"PLTE",
        b"tRNS",
        b"IDAT",
        b"IEND",
        b"iCCP",
        b"sRGB",
        b"gAMA",
        b"cHRM",
        b"cICP",
        b"mDCV",
        b"cLLI",
        b"sBIT",
    )
)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name, and where it starts and ends in the file."""
    start = len(_PNG)
    for part in count():
        bounded(part)
        length, name = struct.unpack_from(">I4s", content, start)
        end = start + 12 + length
        if end > len(content):
            raise cut_off()
        yield name, start, end
        if name == b"IEND":
            return
        start = end


def _open_png(content: bytes) -> Container:
    view = memoryview(content)
    kept: list[bytes | memoryview] = [_PNG]
    exif, animated = b"", False
    for name, start, end in _png_chunks(content):
        if (len(kept) == 1) != (name == b"IHDR"):
            raise DamagedImage("its header is damaged.")
        if name in _PNG_PICTURE:
            kept.append(view[start:end])
        animated = animated or name == b"acTL"
        exif = content[start + 8 : end - 4] if name == b"eXIf" else exif
    width, height = struct.unpack_from(">II", content, 16)
    return Container("image/png", width, height, animated, exif, b"".join(kept))


# JPEG -----------------------------------------------------------------------------------------------------------------

_SOS, _EOI, _COM, _APP0, _APP1, _APP2, _APP14, _APP15 = 0xDA, 0xD9, 0xFE, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_JFIF_BYTES = 14
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER = re.compile(rb"\xff+([\x02-\xcf\xd8-\xfe])")
"""A marker with a meaning: not a stuffed zero, not a restart."""


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Each segment's marker, and where it starts and ends; a scan's segment includes its coded pixels."""
    found = _MARKER.search(content, 2)
    for part in count():
        bounded(part)
        if found is None:
            return
        start, marker = found.end() - 2, found[1][0]
        if marker == _EOI:
            yield marker, start, start + 2
            return
        (length,) = struct.unpack_from(">H", content, start + 2)
        end = start + 2 + length
        if end > len(content):
            raise cut_off()
        found = _MARKER.search(content, end)
        if marker == _SOS:
            end = found.end() - 2 if found else len(content)
        yield marker, start, end


def _open_jpeg(content: bytes) -> Container:
    view = memoryview(content)
    kept: list[bytes | memoryview] = [view[:2]]
    exif, width, height, scans = b"", 0, 0, 0
    for marker, start, end in _jpeg_segments(content):
        if marker == _APP1 and content.startswith(b"Exif\0\0", start + 4):
            exif = exif or content[start + 4 : end]
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", content, start + 5)
        scans += marker == _SOS
        kept.append(_kept_segment(view[start:end], marker))
    if not scans:
        raise cut_off()
    if scans > MAX_SCANS:
        raise DamagedImage("the file consists of too many small parts.")
    return Container("image/jpeg", width, height, animated=False, exif=exif, still=b"".join(kept))


def _kept_segment(segment: memoryview, marker: int) -> bytes | memoryview:
    """The segment as far as the picture needs it: of the application data, only what decides about colours."""
    payload = bytes(segment[4:20])
    if marker == _APP0 and payload.startswith(b"JFIF\0") and len(payload) >= _JFIF_BYTES:
        return b"\xff\xe0\x00\x10" + payload[:12] + b"\0\0"  # its last two bytes announce a preview; say there is none
    if marker == _APP2 and payload.startswith(b"ICC_PROFILE\0"):
        return segment
    if marker == _APP14 and payload.startswith(b"Adobe"):
        return segment
    if marker == _COM or _APP0 <= marker <= _APP15:
        return b""
    return segment


# WebP -----------------------------------------------------------------------------------------------------------------

_WEBP_PICTURE = frozenset((b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L", b"ANIM", b"ANMF"))
_VP8X_EXIF, _VP8X_XMP, _VP8X_ANIMATION = 0x08, 0x04, 0x02


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


def _open_webp(content: bytes) -> Container:
    view = memoryview(content)
    kept: list[bytes | memoryview] = []
    exif, size, animated = b"", None, False
    for name, start, end in _webp_chunks(content):
        later_frame = name == b"ANMF" and animated
        size = size or _webp_size(content, name, start + 8)
        animated = animated or name == b"ANMF"
        exif = content[start + 8 : end] if name == b"EXIF" else exif
        if name in _WEBP_PICTURE and not later_frame:
            kept.append(_without_flags(content[start:end]) if name == b"VP8X" else view[start:end])
    if size is None:
        raise DamagedImage("its header is damaged.")
    body = b"".join([b"WEBP", *kept])
    return Container("image/webp", *size, animated, exif, b"RIFF" + struct.pack("<I", len(body)) + body)


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
