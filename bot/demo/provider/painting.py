"""Paints a simulated output: the references as numbered tiles in their order, the prompt, and an honest mark."""

from __future__ import annotations

import colorsys
import io
import math
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

Size: TypeAlias = tuple[int, int]
Box: TypeAlias = tuple[int, int, int, int]
Colour: TypeAlias = tuple[int, int, int]

MEGAPIXEL = 1_000_000
_MULTIPLE = 16
_WHITE: Colour = (255, 255, 255)
_INK: Colour = (28, 30, 38)
_MARK = "simulated"
_MARK_SIZE = 22
_TEXT_SIZE = 28
_ELLIPSIS = "..."


def paint(
    prompt: str, references: Sequence[bytes], *, aspect_ratio: str | None, seed: int, pixels: int = MEGAPIXEL
) -> bytes:
    """Paint one JPEG; slow, for a thread.

    Args:
        prompt: what to write into it; what does not fit is clipped, what the font lacks is shown as boxes.
        references: image files in their order, all decodable; without any it paints from the words alone.
        aspect_ratio: `W:H`, or None for that of the first reference, and square without any.
        seed: varies the background; the same seed gives the same picture.
        pixels: about how many it has.
    """
    pictures = [_open(content) for content in references]
    first = f"{pictures[0].width}:{pictures[0].height}" if pictures else "1:1"
    size = canvas_size(aspect_ratio or first, pixels)
    canvas = _background(size, Random(seed))  # noqa: S311 - a picture's colours, no secret
    for place, (picture, box) in enumerate(zip(pictures, tile_boxes(size, len(pictures)), strict=True), start=1):
        _tile(canvas, picture, box, place)
    _caption(canvas, prompt)
    output = io.BytesIO()
    canvas.save(output, "JPEG", quality=88)
    return output.getvalue()


def canvas_size(aspect_ratio: str, pixels: int = MEGAPIXEL) -> Size:
    """About so many pixels in this ratio (between 1:4 and 4:1), sides in multiples of 16."""
    width, height = (float(part) for part in aspect_ratio.split(":"))
    ratio = min(4.0, max(0.25, width / height))
    exact = (math.sqrt(pixels * ratio), math.sqrt(pixels / ratio))
    return (round(exact[0] / _MULTIPLE) * _MULTIPLE, round(exact[1] / _MULTIPLE) * _MULTIPLE)


def tile_boxes(size: Size, count: int) -> tuple[Box, ...]:
    """Where the tiles of `count` references lie, in their order: the largest squares that a grid gives room for."""
    if not count:
        return ()
    width, gap = size[0], min(size) // 24
    room = (width - gap, _caption_top(size) - gap)
    columns = max(range(1, count + 1), key=lambda n: _tile_side(room, n, count, gap))
    side, rows = _tile_side(room, columns, count, gap), math.ceil(count / columns)
    top = (_caption_top(size) - rows * side - (rows - 1) * gap) // 2
    boxes: list[Box] = []
    for index in range(count):
        row, column = divmod(index, columns)
        in_row = min(columns, count - row * columns)
        left = (width - in_row * side - (in_row - 1) * gap) // 2
        x, y = left + column * (side + gap), top + row * (side + gap)
        boxes.append((x, y, x + side, y + side))
    return tuple(boxes)


def _tile_side(room: Size, columns: int, count: int, gap: int) -> int:
    rows = math.ceil(count / columns)
    return min(room[0] // columns, room[1] // rows) - gap


def _caption_top(size: Size) -> int:
    return size[1] * 3 // 4


def _open(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as picture:
        upright = ImageOps.exif_transpose(picture)
        return _on_white(upright) if upright.has_transparency_data else upright.convert("RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    paper = Image.new("RGBA", picture.size, _WHITE)
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("RGB")


def _background(size: Size, rng: Random) -> Image.Image:
    """Soft lights of neighbouring hues on a dark ground."""
    hue = rng.random()
    small = (max(1, size[0] // 8), max(1, size[1] // 8))
    canvas = Image.new("RGB", small, _colour(hue, 0.55, 0.35))
    draw = ImageDraw.Draw(canvas)
    for _ in range(7):
        x, y, radius = rng.uniform(0, small[0]), rng.uniform(0, small[1]), rng.uniform(0.15, 0.4) * max(small)
        colour = _colour(hue + rng.uniform(-0.12, 0.12), rng.uniform(0.35, 0.6), rng.uniform(0.5, 0.9))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    blurred = canvas.filter(ImageFilter.GaussianBlur(max(small) / 12))
    return blurred.resize(size, Image.Resampling.BICUBIC)


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _tile(canvas: Image.Image, picture: Image.Image, box: Box, place: int) -> None:
    side = box[2] - box[0]
    radius, frame = side // 16, max(2, side // 60)
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, side - 1, side - 1), radius, fill=255)
    canvas.paste(ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS), box[:2], mask)
    draw = ImageDraw.Draw(canvas)
    draw.rounded_rectangle(box, radius, outline=_WHITE, width=frame)
    badge = max(24, side // 6)
    corner = (box[0] + frame * 3, box[1] + frame * 3)
    draw.ellipse((*corner, corner[0] + badge, corner[1] + badge), fill=_INK, outline=_WHITE, width=frame)
    centre = (corner[0] + badge / 2, corner[1] + badge / 2)
    draw.text(centre, str(place), _WHITE, _font(round(badge * 0.62)), anchor="mm")


def _caption(canvas: Image.Image, prompt: str) -> None:
    width, height = canvas.size
    margin, top = min(canvas.size) // 32, _caption_top(canvas.size)
    panel = (margin, top, width - margin, height - margin)
    draw = ImageDraw.Draw(canvas, "RGBA")
    draw.rounded_rectangle(panel, margin // 2, fill=(*_INK, 205))
    mark, text = _font(_MARK_SIZE), _font(_TEXT_SIZE)
    left, inner = panel[0] + margin // 2, panel[2] - panel[0] - margin
    line_height = round(text.size * 1.25)
    room = panel[3] - panel[1] - margin - round(mark.size * 1.4)
    for number, line in enumerate(_lines(_drawable(prompt), text, inner, max(1, room // line_height))):
        draw.text((left, top + margin // 2 + number * line_height), line, _WHITE, text)
    draw.text((panel[2] - margin // 2, panel[3] - margin // 2), _MARK, (*_WHITE, 170), mark, anchor="rs")


def _drawable(text: str) -> str:
    """The text on one line, without what no font can take: control characters and lone surrogates."""
    encodable = text.encode("utf-8", "replace").decode()
    return " ".join("".join(char if char.isprintable() else " " for char in encodable).split())


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """Break a text into at most `most` lines of this width; what is left over becomes an ellipsis."""
    lines: list[str] = []
    while text and len(lines) < most:
        fitting = _fitting(text, font, width)
        if fitting < len(text) and len(lines) == most - 1:
            cut = _fitting(text, font, width - round(font.getlength(_ELLIPSIS)))
            return [*lines, text[:cut].rstrip() + _ELLIPSIS]
        lines.append(text[:fitting].rstrip())
        text = text[fitting:].lstrip()
    return lines


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    """How many characters go on one line, up to a space if there is one; at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if font.getlength(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    if low == len(text) or text[low] == " ":
        return low
    space = text.rfind(" ", 0, low)
    return space if space > 0 else low


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, so it has no scalable font")
    return font
