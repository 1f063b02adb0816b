"""Pictures as members attach them: of one colour, moving, or put together by hand; and the colour of one that came."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image


def picture(colour: str, size: tuple[int, int] = (64, 64), form: str = "PNG") -> bytes:
    """A picture of one colour: a PNG, unless another form is asked for."""
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, form)
    return made.getvalue()


def animation(*colours: str) -> bytes:
    """A GIF with a frame of each colour."""
    made = BytesIO()
    first, *others = (Image.new("RGB", (64, 64), colour) for colour in colours)
    first.save(made, "GIF", save_all=True, append_images=others, duration=100)
    return made.getvalue()


def png_chunk(name: bytes, payload: bytes) -> bytes:
    """One chunk of a PNG, with its checksum."""
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def colour_of(content: bytes) -> tuple[int, ...]:
    """The colour of a picture on the whole."""
    with Image.open(BytesIO(content)) as image:
        return tuple(image.convert("RGB").resize((1, 1)).tobytes())
