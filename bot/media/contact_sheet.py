"""Draws the contact sheet: all shots of a storyboard on one page, numbered, with their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TypeAlias
from unicodedata import bidirectional

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bot.domain.images import CheckedImage, Tile
from bot.media.containers import opened
from bot.media.encode import encode_lossy, plain
from bot.media.strip import badge

TILE_PIXELS = 640
"""Width of a shot, and the most that a picture needs for it on either side."""

_COLUMNS = 3
_GAP = 24
_PICTURE_HEIGHT = 480
_LINE = 30
_LINES = 3
_BADGE_INSET = 10
_TEXT_SIZE = 20
_PAPER, _INK, _EMPTY = (0x2B, 0x2D, 0x31), (0xF2, 0xF3, 0xF5), (0x4E, 0x50, 0x58)
_QUALITY = 90
_ELLIPSIS = "\u2026"
_NO_GLYPH = "\uffff"
_FROM_THE_RIGHT = frozenset({"R", "AL"})

Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont


def draw_sheet(tiles: Sequence[Tile]) -> CheckedImage:
    """Draw checked images in rows of two or three, whole, each with its number and its words below; a JPEG.

    Where there is no image its place says why. Words with letters that the font lacks are left out: boxes say nothing.
    """
    # Four are two rows of two, and not three and one.
    columns = 2 if len(tiles) in {2, 4} else min(_COLUMNS, len(tiles))
    rows = -(-len(tiles) // columns)
    height = _PICTURE_HEIGHT + _LINES * _LINE + _GAP
    sheet = Image.new("RGB", (_GAP + columns * (TILE_PIXELS + _GAP), _GAP + rows * (height + _GAP)), _PAPER)
    for place, tile in enumerate(tiles):
        row, column = divmod(place, columns)
        _draw(sheet, tile, _GAP + column * (TILE_PIXELS + _GAP), _GAP + row * (height + _GAP))
    return encode_lossy(sheet, quality=_QUALITY)


def _draw(sheet: Image.Image, tile: Tile, left: int, top: int) -> None:
    pen = ImageDraw.Draw(sheet)
    font = _font()
    if tile.content is None:
        pen.rectangle((left, top, left + TILE_PIXELS - 1, top + _PICTURE_HEIGHT - 1), _EMPTY)
        middle = (left + TILE_PIXELS / 2, top + _PICTURE_HEIGHT / 2)
        pen.text(middle, "\n".join(_wrapped(tile.missing, font)), _INK, font=font, anchor="mm", align="center")
    else:
        picture = _picture(tile.content)
        sheet.paste(picture, (left + (TILE_PIXELS - picture.width) // 2, top + (_PICTURE_HEIGHT - picture.height) // 2))
    number = badge(str(tile.number))
    sheet.paste(number, (left + _BADGE_INSET, top + _BADGE_INSET), number)
    for n, line in enumerate(_wrapped(tile.words, font)):
        pen.text((left, top + _PICTURE_HEIGHT + _GAP // 2 + n * _LINE), line, _INK, font=font)


def _picture(content: bytes) -> Image.Image:
    with Image.open(BytesIO(opened(content).still)) as image:
        small = plain(image).convert("RGBA")
    whole = ImageOps.contain(small, (TILE_PIXELS, _PICTURE_HEIGHT), Image.Resampling.LANCZOS)
    paper = Image.new("RGBA", whole.size, (*_PAPER, 0xFF))
    return Image.alpha_composite(paper, whole).convert("RGB")


@cache
def _font() -> Font:
    """DejaVu Sans, which Matplotlib brings along: Pillow's own font has no letters beyond English."""
    matplotlib = find_spec("matplotlib")
    folders = () if matplotlib is None else matplotlib.submodule_search_locations or ()
    paths = (Path(folder) / "mpl-data/fonts/ttf/DejaVuSans.ttf" for folder in folders)
    path = next((each for each in paths if each.is_file()), None)
    return ImageFont.load_default(_TEXT_SIZE) if path is None else ImageFont.truetype(path, _TEXT_SIZE)


def _wrapped(words: str, font: Font) -> list[str]:
    """The words in at most three lines of a tile's width; none where the font cannot draw them."""
    if not _can_draw(words, font):
        return []
    lines = list(_lines(words, font))
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], _cut(lines[_LINES - 1], font)]
    return lines


def _lines(words: str, font: Font) -> Iterator[str]:
    line = ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > TILE_PIXELS:
            yield line
            line = word
        else:
            line = longer
        while font.getlength(line) > TILE_PIXELS:
            fits = next(n for n in range(len(line) - 1, 0, -1) if font.getlength(line[:n]) <= TILE_PIXELS)
            yield line[:fits]
            line = line[fits:]
    if line:
        yield line


def _cut(line: str, font: Font) -> str:
    while line and font.getlength(line + _ELLIPSIS) > TILE_PIXELS:
        line = line[:-1]
    return line.rstrip() + _ELLIPSIS


def _can_draw(words: str, font: Font) -> bool:
    """Whether the font has all these letters, in a script that runs from left to right.

    For a letter that it lacks it draws what it draws for no letter at all.
    """
    unknown = _drawn(_NO_GLYPH, font)
    letters = [letter for letter in set(words) if not letter.isspace()]
    return all(bidirectional(each) not in _FROM_THE_RIGHT and _drawn(each, font) != unknown for each in letters)


def _drawn(letter: str, font: Font) -> bytes:
    cell = Image.new("L", (2 * _TEXT_SIZE, 2 * _TEXT_SIZE))
    ImageDraw.Draw(cell).text((0, 0), letter, 0xFF, font=font)
    return cell.tobytes()
