"""Smaller copies of a picture: fitted into Discord's limit, and thumbnails."""

from __future__ import annotations

import pytest
from PIL import Image

from bot.services.ports.images import ImageChecker
from tests.media.pictures import RED, corners, noise, opened, saved, solid


async def test_a_picture_that_fits_is_left_alone(checker: ImageChecker) -> None:
    """Nothing is re-encoded without need."""
    content = solid(RED, form="WEBP")

    fitted = await checker.fit(content, len(content))

    assert fitted is not None
    assert (content, "image/webp") == (fitted.content, fitted.content_type)


@pytest.mark.parametrize(("max_bytes", "same_size"), [(200_000, True), (60_000, False)])
async def test_fitting_gives_up_quality_before_size(checker: ImageChecker, max_bytes: int, *, same_size: bool) -> None:
    """Discord's limit is met by compressing first and shrinking only where that is not enough."""
    content = saved(noise(400, 300), "PNG")

    fitted = await checker.fit(content, max_bytes)

    assert fitted is not None
    assert len(fitted.content) <= max_bytes
    assert ((fitted.width, fitted.height) == (400, 300)) is same_size
    assert opened(fitted.content).size == (fitted.width, fitted.height)


async def test_fitting_keeps_transparency(checker: ImageChecker) -> None:
    """A picture with see-through parts still has them when it is smaller."""
    image = noise(200, 200).convert("RGBA")
    image.putpixel((0, 0), (0, 0, 0, 0))

    fitted = await checker.fit(saved(image, "PNG"), 60_000)

    assert fitted is not None
    assert (fitted.content_type, opened(fitted.content).mode) == ("image/webp", "RGBA")


async def test_what_cannot_fit_says_so(checker: ImageChecker) -> None:
    """A limit below any useful copy gives no copy."""
    assert await checker.fit(saved(noise(400, 300), "PNG"), 500) is None


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "I;16", "CMYK"])
async def test_thumbnails_keep_proportions(checker: ImageChecker, mode: str) -> None:
    """The longer side gets the asked length, whatever kind of image it is."""
    image = Image.new("I;16", (300, 200), 30_000) if mode == "I;16" else corners(300, 200).convert(mode)

    small = await checker.thumbnail(saved(image, "JPEG" if mode == "CMYK" else "PNG"), 96)

    assert (small.width, small.height, small.content_type) == (96, 64, "image/png")
    assert opened(small.content).size == (96, 64)


async def test_deep_greys_stay_grey(checker: ImageChecker) -> None:
    """A 16-bit grey is scaled to 8 bits in copies, not cut off at white."""
    small = await checker.thumbnail(saved(Image.new("I;16", (30, 20), 30_000), "PNG"), 10)

    assert opened(small.content).convert("L").getpixel((5, 3)) == 30_000 // 256
