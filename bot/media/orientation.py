"""Reads the orientation from EXIF, and nothing else."""

from __future__ import annotations

import struct

from PIL import Image

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_SHORT = 3


def turn_upright(exif: bytes) -> Image.Transpose | None:
    """How to turn the stored pixels so that they are seen upright; None if they are, or if the block cannot be read.

    The tag is one 16-bit entry of the first directory (CIPA DC-008, "Orientation"); 1 to 8, of which 1 is upright.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(entries):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * entry)
            if (tag, kind) == (_ORIENTATION, _SHORT):
                return _TURNS.get(value)
    except struct.error:
        return None
    return None
