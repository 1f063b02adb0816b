"""What Easel takes in as an image keeps its pixels, upright and as a still picture, and changes are said."""

from __future__ import annotations

import pytest
from PIL import Image

from bot.domain.errors import BadImage
from bot.domain.images import ImageLimits, ImageNote
from bot.media.checker import PillowChecker
from bot.services.ports.images import ImageChecker
from tests.media import pictures
from tests.media.pictures import BLUE, GREEN, RED, YELLOW, corners, exif, near, noise, opened, same_pixels, saved

ANN = 11


@pytest.mark.parametrize(
    ("form", "content_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
async def test_still_upright_images_keep_their_coded_pixels(
    checker: ImageChecker, form: str, content_type: str
) -> None:
    """A still, upright image is never re-encoded: what comes out decodes to exactly the same pixels, in its format."""
    content = saved(noise(61, 47), form)

    checked = await checker.check_reference(content, "misleading.gif", member_id=ANN)

    assert same_pixels(opened(content), opened(checked.content))
    assert (content_type, 61, 47, ()) == (checked.content_type, checked.width, checked.height, checked.notes)
    assert opened(checked.content).format == form


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
async def test_every_kind_of_png_survives(checker: ImageChecker, mode: str) -> None:
    """Palettes, transparency, greys and 16 bits pass unchanged."""
    image = noise(20, 20, "RGBA").convert(mode) if mode != "I;16" else noise(20, 20, "I;16")

    checked = await checker.check_reference(saved(image, "PNG"), "a.png", member_id=ANN)

    assert opened(checked.content).mode == mode
    assert opened(checked.content).tobytes() == opened(saved(image, "PNG")).tobytes()


_HELD = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera held that way stores an upright scene."""


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
async def test_exif_orientation_is_applied(checker: ImageChecker, form: str, orientation: int) -> None:
    """A photo comes out as its taker saw it, for each of the eight ways a camera can be held, without the tag."""
    upright = corners()
    lossless = {"lossless": True} if form == "WEBP" else {}
    stored = upright if orientation == 1 else upright.transpose(_HELD[orientation])
    content = saved(stored, form, exif=exif(orientation), **lossless)

    checked = await checker.check_reference(content, "photo.jpg", member_id=ANN)
    seen = opened(checked.content).convert("RGB")

    assert upright.size == seen.size == (checked.width, checked.height)
    assert not seen.getexif()
    for point, colour in {(8, 8): RED, (56, 8): GREEN, (8, 40): BLUE, (56, 40): YELLOW}.items():
        assert near(colour, seen.getpixel(point))


@pytest.mark.parametrize("orientation", [0, 9, 77])
async def test_a_nonsense_orientation_means_upright(checker: ImageChecker, orientation: int) -> None:
    """An orientation that the standard does not know changes nothing."""
    checked = await checker.check_reference(
        saved(corners(), "JPEG", exif=exif(orientation)), "photo.jpg", member_id=ANN
    )

    assert (checked.width, checked.height) == (64, 48)


async def test_cmyk_becomes_rgb(checker: ImageChecker) -> None:
    """A print shop's JPEG comes out as the colours on the screen."""
    content = saved(Image.new("RGB", (30, 20), RED).convert("CMYK"), "JPEG", quality=95)

    checked = await checker.check_reference(content, "poster.jpg", member_id=ANN)

    assert checked.content_type == "image/png"
    assert near(RED, opened(checked.content).getpixel((5, 5)))


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
async def test_an_animation_gives_its_first_frame_and_says_so(checker: ImageChecker, form: str) -> None:
    """Of an animation the first frame is used, alone, and the member is told."""
    checked = await checker.check_reference(pictures.animation(form), "dance.gif", member_id=ANN)
    frame = opened(checked.content)

    assert checked.notes == (ImageNote.FIRST_FRAME,)
    assert checked.content_type == "image/png"
    assert not getattr(frame, "is_animated", False)
    assert near(RED, frame.convert("RGB").getpixel((20, 15)), tolerance=2)


@pytest.mark.parametrize("transparent", [False, True])
async def test_a_still_gif_becomes_a_png(checker: ImageChecker, *, transparent: bool) -> None:
    """A GIF without motion is taken without a note, its transparency kept."""
    image = Image.new("RGBA", (10, 10), (*RED, 255))
    if transparent:
        image.putpixel((0, 0), (0, 0, 0, 0))

    checked = await checker.check_reference(saved(image, "GIF"), "dot.gif", member_id=ANN)

    assert (checked.content_type, checked.notes) == ("image/png", ())
    assert opened(checked.content).convert("RGBA").getpixel((0, 0)) == ((0, 0, 0, 0) if transparent else (*RED, 255))


async def test_a_redrawn_image_stays_within_the_limit() -> None:
    """Where a lossless copy of a turned photo would be too large, it is compressed, and the member is told."""
    content = saved(noise(300, 300), "JPEG", quality=70, exif=exif(6))
    limits = ImageLimits(max_bytes=220_000)
    assert len(content) <= limits.max_bytes < len(saved(noise(300, 300), "PNG"))

    checked = await PillowChecker(references=limits).check_reference(content, "photo.jpg", member_id=ANN)

    assert (checked.content_type, checked.notes) == (("image/jpeg"), (ImageNote.COMPRESSED,))
    assert len(checked.content) <= limits.max_bytes


async def test_a_redrawn_image_that_never_fits_is_refused() -> None:
    """If even the compressed copy is too large, the member reads how large it became."""
    content = saved(noise(300, 300), "JPEG", quality=5, exif=exif(6))

    with pytest.raises(BadImage, match=r"I can take up to 0\.0\d+ MB"):
        await PillowChecker(references=ImageLimits(max_bytes=len(content))).check_reference(
            content, "photo.jpg", member_id=ANN
        )
