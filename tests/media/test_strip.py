"""The reference strip shows the right images, in the right order, at the right places."""

from __future__ import annotations

import itertools
from typing import cast

import pytest
from PIL import Image

from bot.media.checker import PillowChecker
from bot.media.strip import GAP, SQUARE, WIDTH, draw_strip
from tests.media.pictures import BLUE, GREEN, RED, YELLOW, opened, saved, solid

CYAN = (20, 200, 210)
COLOURS = (RED, GREEN, BLUE, YELLOW, CYAN)
BADGE = (0x58, 0x65, 0xF2)


def _pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    return cast("tuple[int, ...]", image.getpixel((x, y)))


def _left(place: int) -> int:
    return (place - 1) * (SQUARE + GAP)


@pytest.mark.parametrize("order", list(itertools.permutations(COLOURS, 3)))
def test_images_stand_in_their_order(order: tuple[tuple[int, int, int], ...]) -> None:
    """Place n of the strip shows the n-th image, whatever the order in which they are given."""
    strip = opened(draw_strip([solid(colour) for colour in order]).content)

    assert [(*colour, 255) for colour in order] == [_pixel(strip, _left(n) + 80, 80) for n in (1, 2, 3)]


@pytest.mark.parametrize("number", range(1, 6))
def test_always_room_for_five(number: int) -> None:
    """A square has the same size however many images there are; what is not used stays transparent."""
    strip = opened(draw_strip([solid(RED)] * number).content)

    assert (strip.size, strip.mode) == ((600, 112), "RGBA")
    assert [_pixel(strip, _left(n) + 80, 80)[3] for n in range(1, 6)] == [255] * number + [0] * (5 - number)


def test_gaps_and_corners_are_transparent() -> None:
    """Squares stand ten pixels apart, their corners round, with nothing behind them."""
    strip = opened(draw_strip([solid(RED)] * 5).content)

    assert _left(5) + SQUARE == WIDTH
    for place in range(1, 5):
        assert {_pixel(strip, x, 56)[3] for x in range(_left(place) + SQUARE, _left(place + 1))} == {0}
    for x, y in ((0, 0), (111, 0), (0, 111), (111, 111), (2, 2)):
        assert _pixel(strip, x, y)[3] == 0


def test_round_edges_keep_the_colour() -> None:
    """The half-transparent pixels of a rounded edge are as bright as the image: no dark rim on any background."""
    strip = opened(draw_strip([solid(RED)]).content)
    edge = [_pixel(strip, x, y) for x in range(60, 112) for y in range(60, 112) if 0 < _pixel(strip, x, y)[3] < 255]

    assert edge
    assert {pixel[:3] for pixel in edge} == {RED}


def test_each_square_has_its_own_number() -> None:
    """The blue badge carries the place in white, and no two places look alike."""
    strip = opened(draw_strip([solid(RED)] * 5).content)
    badges = [strip.crop((_left(n) + 8, 8, _left(n) + 36, 36)) for n in range(1, 6)]

    assert all(_pixel(badge, 14, 2) == (*BADGE, 255) for badge in badges)
    assert all((255, 255, 255, 255) in {_pixel(b, x, y) for x in range(28) for y in range(28)} for b in badges)
    assert len({badge.tobytes() for badge in badges}) == 5


def test_images_are_cropped_to_fill() -> None:
    """A wide image fills its square with its middle: its left and right ends are cut, nothing is squeezed."""
    wide = Image.new("RGB", (300, 100), GREEN)
    wide.paste(RED, (0, 0, 95, 100))
    wide.paste(BLUE, (205, 0, 300, 100))

    strip = opened(draw_strip([saved(wide, "PNG")]).content)

    assert {_pixel(strip, x, 80)[:3] for x in range(2, 110)} == {GREEN}


def test_the_same_images_give_the_same_bytes() -> None:
    """The strip of a job can be drawn again at any time and is the same file."""
    contents = [solid(colour, form=form) for colour, form in zip(COLOURS, ("PNG", "JPEG", "WEBP") * 2, strict=False)]

    assert draw_strip(contents).content == draw_strip(contents).content


@pytest.mark.parametrize("number", [0, 7])
def test_only_one_to_six(number: int) -> None:
    """A job has at most five references, and at most six pictures."""
    with pytest.raises(ValueError, match="1 to 6"):
        draw_strip([solid(RED)] * number)


async def test_the_checker_draws_it_too() -> None:
    """The use cases get the same strip, drawn in a thread."""
    contents = [solid(RED), solid(BLUE)]

    assert await PillowChecker().strip(contents) == draw_strip(contents)
