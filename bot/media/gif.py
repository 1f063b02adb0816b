"""Takes GIF files apart (GIF89a, CompuServe): the first frame with its colours stays."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import count

from bot import texts
from bot.media.container import Container, DamagedImage, bounded, cut_off

_EXTENSION, _FRAME, _TRAILER, _GRAPHIC_CONTROL = 0x21, 0x2C, 0x3B, 0xF9


def _gif_blocks(content: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Each block's introducer, and where it starts and ends; a missing trailer is forgiven, as everywhere."""
    for part in count():
        bounded(part)
        introducer = content[start] if start < len(content) else _TRAILER
        if introducer == _TRAILER:
            return
        end = _gif_block_end(content, start, introducer)
        yield introducer, start, end
        start = end


def open_gif(content: bytes) -> Container:
    """Take a GIF apart.

    Raises:
        DamagedImage: it breaks the rules of its format.
    """
    width, height, flags = struct.unpack_from("<HHB", content, 6)
    blocks_start = 13 + _colour_table(flags)
    kept, frames, end = [content[:blocks_start]], 0, blocks_start
    for introducer, start, end in _gif_blocks(content, blocks_start):
        frames += introducer == _FRAME
        if frames > 1:
            break
        if introducer == _FRAME:
            left, top, frame_width, frame_height = struct.unpack_from("<4H", content, start + 1)
            width, height = max(width, left + frame_width), max(height, top + frame_height)
            kept.append(content[start:end])
        elif content[start + 1] == _GRAPHIC_CONTROL and not frames:
            kept.append(content[start:end])
    if not frames:
        raise cut_off()
    return Container("image/gif", width, height, frames > 1, b"", b"".join([*kept, b"\x3b"]), end + 1)


def _gif_block_end(content: bytes, start: int, introducer: int) -> int:
    """Where the extension or frame that starts here ends."""
    if introducer == _EXTENSION:
        at = start + 2
    elif introducer == _FRAME:
        at = start + 11 + _colour_table(content[start + 9])
    else:
        raise DamagedImage(texts.images.DAMAGED)
    while content[at]:
        at += content[at] + 1
    return at + 1


def _colour_table(flags: int) -> int:
    """How many bytes the colour table takes that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
