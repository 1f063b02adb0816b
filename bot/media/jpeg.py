"""Takes JPEG files apart (ITU-T T.81): the coded picture and what decides about its colours stay."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from bot import texts
from bot.media.container import Container, DamagedImage, bounded, cut_off

MAX_SCANS = 64
"""Passes of a progressive JPEG. Encoders use about ten; each one costs a walk over all pixels."""

EOI = b"\xff\xd9"

_SOS, _EOI, _COM, _APP0, _APP1, _APP2, _APP14, _APP15 = 0xDA, 0xD9, 0xFE, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_JFIF_BYTES = 14
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER = re.compile(rb"\xff+([\x02-\xcf\xd8-\xfe])")
"""A marker with a meaning: not a stuffed zero, not a restart."""

_WINDOW = 1024 * 1024
"""Searched in one go: the interpreter lets no other thread run meanwhile, and this takes some milliseconds."""

_BLOCK, _COEFFICIENTS, _COEFFICIENT_BYTES = 8, 64, 2


@dataclass(slots=True)
class _Frame:
    """What the headers say about the picture, gathered while walking through the file."""

    width: int = 0
    height: int = 0
    sampling: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    scans: int = 0
    final: dict[int, set[int]] = field(default_factory=dict[int, set[int]])

    def read_header(self, content: bytes, start: int) -> None:
        self.height, self.width, components = struct.unpack_from(">HHB", content, start + 5)
        for component in range(components):
            number, factors, _ = struct.unpack_from(">BBB", content, start + 10 + 3 * component)
            self.sampling[number] = (max(1, factors >> 4), max(1, factors & 15))

    def read_scan(self, content: bytes, start: int) -> None:
        """Note for which components this scan brings which coefficients in their full precision."""
        self.scans += 1
        components = content[start + 4]
        first, last, bits = struct.unpack_from(">BBB", content, start + 5 + 2 * components)
        if bits & 15:
            return
        for component in range(components):
            self.final.setdefault(content[start + 5 + 2 * component], set()).update(range(first, last + 1))

    @property
    def is_complete(self) -> bool:
        """Whether the scans bring all that there is to each component."""
        return all(len(self.final.get(component, ())) >= _COEFFICIENTS for component in self.sampling)

    @property
    def working_bytes(self) -> int:
        """What a decoder keeps beside the pixels: with several scans, the coefficients of the whole picture."""
        if self.scans <= 1 or not self.sampling:
            return 0
        across = max(horizontal for horizontal, _ in self.sampling.values())
        down = max(vertical for _, vertical in self.sampling.values())
        units = -(-self.width // (_BLOCK * across)) * -(-self.height // (_BLOCK * down))
        blocks = sum(horizontal * vertical for horizontal, vertical in self.sampling.values())
        return units * blocks * _COEFFICIENTS * _COEFFICIENT_BYTES


def open_jpeg(content: bytes) -> Container:
    """Take a JPEG apart.

    One without its end marker is not `whole`; its `still` has none either.

    Raises:
        DamagedImage: it breaks the rules of its format, or ends before all of its scans have begun.
    """
    view = memoryview(content)
    kept: list[bytes | memoryview] = [view[:2]]
    exif, end, marker, frame, other_frames = b"", len(content), 0, _Frame(), False
    for marker, start, end in _segments(content):
        if marker == _APP1 and content.startswith(b"Exif\0\0", start + 4):
            exif = exif or content[start + 4 : end]
        other_frames = other_frames or (marker == _APP2 and content.startswith(b"MPF\0", start + 4))
        if marker in _FRAME_HEADERS:
            frame.read_header(content, start)
        if marker == _SOS:
            frame.read_scan(content, start)
        kept.append(_kept_segment(view[start:end], marker))
    whole = marker == _EOI
    if not frame.scans or not (whole or frame.is_complete):
        raise cut_off()
    if frame.scans > MAX_SCANS:
        raise DamagedImage(texts.images.TOO_MANY_PARTS)
    return Container(
        "image/jpeg",
        frame.width,
        frame.height,
        animated=False,
        exif=exif,
        still=b"".join(kept),
        end=end,
        other_frames=other_frames,
        whole=whole,
        working_bytes=frame.working_bytes,
    )


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Each segment's marker, and where it starts and ends; a scan's segment includes its coded pixels."""
    found = _next_marker(content, 2)
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
        found = _next_marker(content, end)
        if marker == _SOS:
            end = found.end() - 2 if found else len(content)
        yield marker, start, end


def _next_marker(content: bytes, start: int) -> re.Match[bytes] | None:
    for at in range(start, len(content), _WINDOW):
        # One byte more: a marker has two.
        found = _MARKER.search(content, at, at + _WINDOW + 1)
        if found is not None:
            return found
    return None


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
