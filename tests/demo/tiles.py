"""The tiles of a simulated picture, one for each reference, read back by their colours."""

from __future__ import annotations

from PIL import Image

from bot.demo.provider.painting import tile_boxes

COLOURS = {
    "red": (255, 0, 0),
    "lime": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "magenta": (255, 0, 255),
}


def colours_of_tiles(painted: Image.Image, count: int) -> list[str]:
    """The nearest named colour at the middle of each tile, in the order of the places."""
    names: list[str] = []
    for left, top, right, bottom in tile_boxes(painted.size, count):
        middle = painted.crop(
            ((left + right) // 2, (top + bottom) // 2, (left + right) // 2 + 1, (top + bottom) // 2 + 1)
        )
        pixel = middle.tobytes()
        distances = {name: sum(abs(a - b) for a, b in zip(rgb, pixel, strict=True)) for name, rgb in COLOURS.items()}
        names.append(min(distances, key=lambda name: distances[name]))
    return names
