"""Draws the reference strip: the small picture that shows a job's references side by side, numbered in their order."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

from bot.domain.images import CheckedImage
from bot.domain.models import MAX_REFERENCES
from bot.domain.storyboards import MAX_PICTURES
from bot.media.container import Container
from bot.media.containers import opened
from bot.media.encode import encode_png, plain, reduced

SQUARE = 112
GAP = 10


def _width(squares: int) -> int:
    return squares * SQUARE + max(0, squares - 1) * GAP


WIDTH = _width(MAX_REFERENCES)
"""Always room for five, so that a square has the same size on the screen however many there are."""

_RADIUS = 16
_BADGE = 28
_BADGE_INSET = 8
_BADGE_RADIUS = 8
_BLUE = (0x58, 0x65, 0xF2, 0xFF)
_GREY = (0x4E, 0x50, 0x58, 0xFF)
_WHITE = (0xFF, 0xFF, 0xFF, 0xFF)
_SMOOTH = 4
"""Rounded shapes are drawn this many times larger and scaled down, which gives them smooth edges."""


def draw_strip(contents: Sequence[bytes | None], numbers: Sequence[int] | None = None) -> CheckedImage:
    """Draw one to six checked images as rounded squares, cropped to fill, each with its number on a blue badge.

    A plain grey square stands for one that must not be shown (None). The same images give the same bytes.

    Raises:
        ValueError: none, or more than six.
    """
    if not 1 <= len(contents) <= MAX_PICTURES:
        message = f"a strip shows 1 to {MAX_PICTURES} images, not {len(contents)}"
        raise ValueError(message)
    strip = Image.new("RGBA", (max(WIDTH, _width(len(contents))), SQUARE))
    outline = _rounded(SQUARE, _RADIUS)
    for place, content in enumerate(contents):
        cell = _covered() if content is None else _square(opened(content))
        number = place + 1 if numbers is None else numbers[place]
        cell.alpha_composite(badge(str(number)), (_BADGE_INSET, _BADGE_INSET))
        cell.putalpha(ImageChops.multiply(cell.getchannel("A"), outline))
        strip.paste(cell, (_width(place) + GAP * (place > 0), 0))
    buffer = BytesIO()
    # Not `optimize`: that takes four times as long in all, for three hundredths of the size.
    strip.save(buffer, "PNG")
    return CheckedImage(buffer.getvalue(), "image/png", *strip.size)


def square(container: Container) -> CheckedImage:
    """One checked image as it stands in a strip, cropped to fill; `draw_strip` takes it for the image itself."""
    return encode_png(_square(container))


def _square(container: Container) -> Image.Image:
    with Image.open(BytesIO(container.still)) as image:
        small = plain(reduced(image, min(image.size) // (2 * SQUARE)))
        return ImageOps.fit(small.convert("RGBA"), (SQUARE, SQUARE), Image.Resampling.LANCZOS)


def _covered() -> Image.Image:
    return Image.new("RGBA", (SQUARE, SQUARE), _GREY)


def _rounded(side: int, radius: int) -> Image.Image:
    """A mask: a white rounded square with smooth edges."""
    large = Image.new("L", (side * _SMOOTH, side * _SMOOTH))
    box = (0, 0, side * _SMOOTH - 1, side * _SMOOTH - 1)
    ImageDraw.Draw(large).rounded_rectangle(box, radius * _SMOOTH, fill=0xFF)
    return large.resize((side, side), Image.Resampling.LANCZOS)


def badge(text: str) -> Image.Image:
    """A short number on a small blue square, as it stands on pictures that are chosen by it."""
    drawn = Image.new("RGBA", (_BADGE, _BADGE), _BLUE)
    font = ImageFont.load_default(size=20)
    centre = (_BADGE / 2, _BADGE / 2)
    ImageDraw.Draw(drawn).text(centre, text, _WHITE, font=font, anchor="mm", stroke_width=0.6, stroke_fill=_WHITE)
    drawn.putalpha(_rounded(_BADGE, _BADGE_RADIUS))
    return drawn
