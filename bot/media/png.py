"""Takes PNG files apart (PNG Third Edition, W3C): header, pixels, palette, transparency and sound colour data stay."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import count

from bot import texts
from bot.media.container import Container, DamagedImage, bounded, cut_off

PNG = b"\x89PNG\r\n\x1a\n"

_PICTURE = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"))
_COLOUR_BYTES = {b"sRGB": 1, b"gAMA": 4, b"cHRM": 32, b"cICP": 4, b"mDCV": 24, b"cLLI": 8}
"""What says how the pixels' colours are meant, and how long it is. None of it is the picture itself."""

_SIGNIFICANT_BITS = b"sBIT"
_PROFILE = b"iCCP"

LARGEST_PROFILE = 1024 * 1024
"""Bytes, unpacked. Pillow, which others use too, refuses a whole picture for a larger one (`MAX_TEXT_CHUNK`)."""


def open_png(content: bytes) -> Container:
    """Take a PNG apart. Colour data that is damaged or too large to be read is left out: the picture does without.

    Raises:
        DamagedImage: it breaks the rules of its format.
    """
    view = memoryview(content)
    kept: list[bytes | memoryview] = [PNG]
    exif, animated, end = b"", False, len(content)
    for name, start, end in _chunks(content):
        if (len(kept) == 1) != (name == b"IHDR"):
            raise DamagedImage(texts.images.DAMAGED_HEADER)
        if name in _PICTURE or _is_sound(name, view[start:end]):
            kept.append(view[start:end])
        animated = animated or name == b"acTL"
        exif = content[start + 8 : end - 4] if name == b"eXIf" else exif
    width, height = struct.unpack_from(">II", content, 16)
    return Container("image/png", width, height, animated, exif, b"".join(kept), end)


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name, and where it starts and ends in the file."""
    start = len(PNG)
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


def _is_sound(name: bytes, chunk: memoryview) -> bool:
    """Whether this is colour data that any decoder reads: unharmed, its length right, its profile not huge."""
    payload = chunk[8:-4]
    if name not in {_PROFILE, _SIGNIFICANT_BITS} and _COLOUR_BYTES.get(name) != len(payload):
        return False
    if zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
        return False
    return name != _PROFILE or _profile_unpacks(bytes(payload))


def _profile_unpacks(payload: bytes) -> bool:
    """Whether an embedded profile (a name, a zero, a method, zlib data) unpacks whole to what decoders take."""
    _, separator, packed = payload.partition(b"\0")
    if not separator or packed[:1] != b"\0":
        return False
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed[1:], LARGEST_PROFILE)
    except zlib.error:
        return False
    return unpacking.eof
