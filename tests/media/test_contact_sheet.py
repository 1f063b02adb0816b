"""The contact sheet shows every shot in its place, whole, numbered, with its words or with why there is no picture."""

from __future__ import annotations

import pytest
from PIL import Image

from bot.domain.images import CheckedImage, Tile
from bot.media.checker import PillowChecker
from bot.media.contact_sheet import TILE_PIXELS, draw_sheet
from tests.media.pictures import BLUE, GREEN, RED, opened, saved, solid

GAP, PICTURE = 24, 480
TILE_HEIGHT = PICTURE + 3 * 30 + GAP
BADGE = (0x58, 0x65, 0xF2)


def corner(place: int) -> tuple[int, int]:
    """The upper left corner of a place, counted from 0."""
    row, column = divmod(place, 3)
    return GAP + column * (TILE_PIXELS + GAP), GAP + row * (TILE_HEIGHT + GAP)


def near(sheet: Image.Image, at: tuple[int, int], colour: tuple[int, ...]) -> bool:
    """Whether a pixel has that colour, as far as JPEG keeps it."""
    pixel = sheet.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    return all(abs(ours - theirs) < 12 for ours, theirs in zip(pixel, colour, strict=True))


def inked(sheet: CheckedImage, place: int) -> int:
    """How many light pixels stand where the words of a place do."""
    left, top = corner(place)
    words = opened(sheet.content).convert("L").crop((left, top + PICTURE, left + TILE_PIXELS, top + TILE_HEIGHT))
    return sum(words.histogram()[200:])


def test_shots_stand_in_their_order() -> None:
    """Row by row, each with its words below."""
    tiles = [Tile(n, f"shot {n}", solid(colour)) for n, colour in enumerate((RED, GREEN, BLUE, GREEN, RED), start=1)]
    drawn = draw_sheet(tiles)
    sheet = opened(drawn.content)

    assert drawn.content_type == "image/jpeg"
    for place, colour in enumerate((RED, GREEN, BLUE, GREEN, RED)):
        left, top = corner(place)
        assert near(sheet, (left + TILE_PIXELS // 2, top + PICTURE // 2), colour)
    for place in range(5):
        assert inked(drawn, place)


def test_a_picture_is_shown_whole() -> None:
    """A tall one stands in the middle of its place; nothing of it is cut."""
    tall = Image.new("RGB", (100, 400), GREEN)
    tall.paste(RED, (0, 0, 100, 40))
    tall.paste(BLUE, (0, 360, 100, 400))
    sheet = opened(draw_sheet([Tile(1, "", saved(tall, "PNG")), Tile(2, "", solid(RED))]).content)
    left, top = corner(0)
    middle = left + TILE_PIXELS // 2

    assert near(sheet, (middle, top + 20), RED)
    assert near(sheet, (middle, top + PICTURE - 20), BLUE)
    assert near(sheet, (left + 200, top + PICTURE // 2), (0x2B, 0x2D, 0x31))


def test_a_missing_shot_keeps_its_place() -> None:
    """A grey place that says so, under its own number."""
    with_reason = draw_sheet([Tile(1, "a", solid(RED)), Tile(2, "b", None, "No picture"), Tile(3, "c", solid(BLUE))])
    without = draw_sheet([Tile(1, "a", solid(RED)), Tile(2, "b", None), Tile(3, "c", solid(BLUE))])
    sheet = opened(with_reason.content)
    left, top = corner(1)

    assert near(sheet, (left + 20, top + PICTURE - 20), (0x4E, 0x50, 0x58))
    assert near(sheet, (left + 12, top + 24), BADGE)
    assert with_reason.content != without.content
    third, _ = corner(2)
    assert near(sheet, (third + TILE_PIXELS // 2, top + PICTURE // 2), BLUE)


@pytest.mark.parametrize("words", ["\u72d0", "\U0001f98a wakes", "\u0644\u064a\u0644"])
def test_words_that_cannot_be_drawn_are_left_out(words: str) -> None:
    """A row of boxes says nothing; the number is there."""
    assert inked(draw_sheet([Tile(1, words, solid(RED))]), 0) == 0
    assert inked(draw_sheet([Tile(1, "un été à Łódź", solid(RED))]), 0)


def test_long_words_stay_in_their_place() -> None:
    """Three lines and no more, a word without end among them."""
    short = draw_sheet([Tile(1, "x" * 40, solid(RED)), Tile(2, "", solid(RED))])
    long = draw_sheet([Tile(1, "x" * 500, solid(RED)), Tile(2, "", solid(RED))])

    assert (long.width, long.height) == (short.width, short.height)
    assert inked(long, 1) == 0
    assert inked(long, 0) > inked(short, 0)


async def test_it_is_drawn_in_a_thread() -> None:
    """As every picture is, so that nothing waits for it."""
    drawn = await PillowChecker().contact_sheet([Tile(1, "a", solid(RED)), Tile(2, "b", None, "No picture")])

    assert drawn.content == draw_sheet([Tile(1, "a", solid(RED)), Tile(2, "b", None, "No picture")]).content
