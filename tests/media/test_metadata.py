"""Of what stands beside the pixels colour profiles stay, everything else goes, and none of it refuses a picture."""

from __future__ import annotations

import random
import zlib

import pytest

from bot.services.ports.images import ImageChecker
from tests.media import pictures
from tests.media.pictures import corners, exif, opened, saved

ANN = 11


async def test_unreadable_exif_does_not_refuse_the_photo(checker: ImageChecker) -> None:
    """Broken metadata is dropped like any other; the picture is what counts."""
    content = saved(corners(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7fgarbage")

    checked = await checker.check_reference(content, "photo.jpg", member_id=ANN)

    assert b"garbage" not in checked.content


_SECRETS = (b"SecretPhone", b"SecretPlace", b"Exif", b"xmpmeta", b"GPS", b"TRAILER")


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_metadata_is_gone(checker: ImageChecker, form: str, orientation: int) -> None:
    """Neither GPS nor maker, comment, XMP or anything behind the image's end stays in what we keep."""
    every: dict[str, dict[str, object]] = {
        "PNG": {"exif": exif(orientation), "pnginfo": pictures.png_text()},
        "JPEG": {"exif": exif(orientation), "comment": b"SecretPlace", "xmp": b"<x:xmpmeta>SecretPlace</x:xmpmeta>"},
        "WEBP": {"exif": exif(orientation), "xmp": b"<x:xmpmeta>SecretPlace</x:xmpmeta>"},
        "GIF": {"comment": b"SecretPlace"},
    }
    content = saved(corners(), form, **every[form]) + b"TRAILER"
    assert any(secret in content for secret in _SECRETS[:2]), "the test's own file carries secrets"

    checked = await checker.check_reference(content, "photo", member_id=ANN)
    kept = opened(checked.content)

    assert not [secret for secret in _SECRETS if secret in checked.content]
    assert not kept.getexif()
    assert not {"exif", "xmp", "comment", "Comment"} & set(kept.info)


async def test_a_second_picture_behind_a_jpeg_is_gone(checker: ImageChecker) -> None:
    """Phones append previews and depth maps with metadata of their own; only the picture stays."""
    content = saved(corners(), "MPO", save_all=True, append_images=[corners()], exif=exif())

    checked = await checker.check_reference(content, "photo.jpg", member_id=ANN)

    assert checked.content.count(b"\xff\xd8\xff") == 1
    assert checked.notes == ()


async def test_the_preview_in_a_jfif_header_is_gone(checker: ImageChecker) -> None:
    """A preview may show what was cropped away; the header that announces it says afterwards that there is none."""
    plain = saved(corners(), "JPEG")
    preview = b"\xff\xe0" + (16 + 3).to_bytes(2, "big") + plain[6:18] + b"\x01\x01" + b"\xaa\xbb\xcc"

    checked = await checker.check_reference(b"\xff\xd8" + preview + plain[20:], "photo.jpg", member_id=ANN)

    assert b"\xaa\xbb\xcc" not in checked.content
    assert checked.content == plain


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 3])
async def test_colour_profiles_stay(checker: ImageChecker, form: str, orientation: int) -> None:
    """Pixels that do not change must go on meaning the same colours."""
    profile = pictures.colour_profile()
    content = saved(corners(), form, icc_profile=profile, exif=exif(orientation))

    checked = await checker.check_reference(content, "photo", member_id=ANN)

    assert opened(checked.content).info["icc_profile"] == profile


def _unsound_colour_data() -> dict[str, bytes]:
    """Chunks beside the pixels that make Pillow give the whole picture up."""
    large = pictures.chunk(b"iCCP", b"p\0\0" + zlib.compress(random.Random(5).randbytes(1_500_000)))
    return {
        "a profile of 1.5 MB": large,
        "a profile packed in another way": pictures.chunk(b"iCCP", b"p\0\7" + zlib.compress(b"x")),
        "a profile that breaks off": pictures.chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(900))[:-6]),
        "a profile without a name": pictures.chunk(b"iCCP", b"p"),
        "a damaged profile": large[:-1] + b"?",
        "too little gamma": pictures.chunk(b"gAMA", b"\0"),
        "too few chromaticities": pictures.chunk(b"cHRM", bytes(7)),
        "an empty sRGB": pictures.chunk(b"sRGB", b""),
    }


@pytest.mark.parametrize("kind", _unsound_colour_data())
async def test_unsound_colour_data_does_not_refuse_the_picture(checker: ImageChecker, kind: str) -> None:
    """What stands beside the pixels is never told as their damage, in a reference or an output, whoever draws it."""
    rows = b"".join(b"\0" + random.Random(row).randbytes(300) for row in range(200))
    content = pictures.png(300, 200, _unsound_colour_data()[kind], pixels=zlib.compress(rows))

    taken = await checker.check_reference(content, "scan.png", member_id=ANN)
    made = await checker.check_output(content)

    assert (taken.width, taken.height, opened(taken.content).size) == (300, 200, (300, 200))
    assert made.content == content
    assert (await checker.thumbnail(content, 20)).width == 20
    assert (await checker.strip([content])).content == (await checker.strip([taken.content])).content
    assert await checker.fit(content, 50_000) is not None
