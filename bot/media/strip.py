"""Draws the reference strip: the small picture that shows a job's references side by side, numbered in their order."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

from bot.domain.images import CheckedImage
from bot.domain.models import MAX_REFERENCES
from bot.media.encode import plain

SQUARE = 112
GAP = 10
WIDTH = MAX_REFERENCES * SQUARE + (MAX_REFERENCES - 1) * GAP
"""Always room for five, so that a square has the same size on the screen however many there are."""

_RADIUS = 16
_BADGE = 28
_BADGE_INSET = 8
_BADGE_RADIUS = 8
_BLUE = (0x58, 0x65, 0xF2, 0xFF)
_WHITE = (0xFF, 0xFF, 0xFF, 0xFF)
_SMOOTH = 4
"""Rounded shapes are drawn this many times larger and scaled down, which gives them smooth edges."""


def draw_strip(contents: Sequence[bytes]) -> CheckedImage:
    """Draw one to five checked images as rounded squares, cropped to fill, each with its place on a blue badge.

    The same images give the same bytes.

    Raises:
        ValueError: none, or more than five.
    """
    if not 1 <= len(contents) <= MAX_REFERENCES:
        message = f"a strip shows 1 to {MAX_REFERENCES} images, not {len(contents)}"
        raise ValueError(message)
    strip = Image.new("RGBA", (WIDTH, SQUARE))
    outline = _rounded(SQUARE, _RADIUS)
    for place, content in enumerate(contents, start=1):
        square = _square(content)
        square.alpha_composite(_badge(str(place)), (_BADGE_INSET, _BADGE_INSET))
        square.putalpha(ImageChops.multiply(square.getchannel("A"), outline))
        strip.paste(square, ((place - 1) * (SQUARE + GAP), 0))
    buffer = BytesIO()
    strip.save(buffer, "PNG", optimize=True)
    return CheckedImage(buffer.getvalue(), "image/png", *strip.size)


def _square(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content)) as image:
        image.draft(None, (2 * SQUARE, 2 * SQUARE))
        return ImageOps.fit(plain(image).convert("RGBA"), (SQUARE, SQUARE), Image.Resampling.LANCZOS)


def _rounded(side: int, radius: int) -> Image.Image:
    """A mask: a white rounded square with smooth edges."""
    large = Image.new("L", (side * _SMOOTH, side * _SMOOTH))
    box = (0, 0, side * _SMOOTH - 1, side * _SMOOTH - 1)
    ImageDraw.Draw(large).rounded_rectangle(box, radius * _SMOOTH, fill=0xFF)
    return large.resize((side, side), Image.Resampling.LANCZOS)


def _badge(text: str) -> Image.Image:
    badge = Image.new("RGBA", (_BADGE, _BADGE), _BLUE)
    font = ImageFont.load_default(size=20)
    centre = (_BADGE / 2, _BADGE / 2)
    ImageDraw.Draw(badge).text(centre, text, _WHITE, font=font, anchor="mm", stroke_width=0.6, stroke_fill=_WHITE)
    badge.putalpha(_rounded(_BADGE, _BADGE_RADIUS))
    return badge
