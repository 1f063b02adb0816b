"""What Easel takes in as an image, what it refuses, and in which words."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import threading
import weakref
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PIL import Image, ImageChops

from bot.domain.errors import BadImage
from bot.domain.images import ImageLimits, ImageNote
from bot.domain.predictions import FailureReason, Refused
from bot.media import decode
from bot.media.checker import PillowChecker
from bot.media.encode import MOST_PIXELS
from bot.services.ports.images import ImageChecker
from tests.media import pictures
from tests.media.pictures import BLUE, GREEN, RED, YELLOW, corners, exif, noise, opened, saved, solid

ANN, BEN = 11, 12


@pytest.fixture
def checker() -> ImageChecker:
    return PillowChecker()


def _same_pixels(left: Image.Image, right: Image.Image) -> bool:
    return ImageChops.difference(left.convert("RGBA"), right.convert("RGBA")).getbbox(alpha_only=False) is None


# Refused --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", pictures.REFUSED)
async def test_refuses_hostile_files_in_one_sentence(checker: ImageChecker, name: str) -> None:
    """Whatever a file is called, its bytes decide, and the sentence says which file and what is wrong with it."""
    build, word = pictures.REFUSED[name]

    with pytest.raises(BadImage) as refusal:
        await checker.check_reference(build(), "fox.png", member_id=ANN)

    assert refusal.value.sentence.startswith("fox.png: ")
    assert word in refusal.value.sentence
    assert refusal.value.sentence.endswith(".")


def test_hostile_files_cost_little(tmp_path: Path) -> None:
    """No hostile file makes the process grow by more than 64 MiB or holds a thread for more than 2 s."""
    refused = {name: build for name, (build, _) in pictures.REFUSED.items()}
    for name, build in (refused | pictures.BLOATED | {"honest": lambda: saved(noise(2_000, 2_000), "PNG")}).items():
        (tmp_path / name).write_bytes(build())

    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", _MEASURE, str(tmp_path)], capture_output=True, text=True, check=True, timeout=120
    )
    measured = json.loads(done.stdout)
    honest = measured.pop("honest")

    assert honest["grown"] > 4 * 2_000 * 2_000 // 1024, "the gauge sees what decoding takes"
    assert len(measured) == len(pictures.REFUSED) + len(pictures.BLOATED) >= 20
    assert {name: figures for name, figures in measured.items() if figures["grown"] > 64 * 1024} == {}
    assert {name: figures for name, figures in measured.items() if figures["seconds"] > 2} == {}


_MEASURE = """
import json, sys, time
from pathlib import Path
from PIL import Image
from bot.domain.images import REFERENCE_LIMITS
from bot.media.container import DamagedImage
from bot.media.decode import inspect, take_in

def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))

Image.init()
figures = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    content = path.read_bytes()
    Path("/proc/self/clear_refs").write_text("5")  # starts the peak (VmHWM) anew
    before, began = memory("VmRSS"), time.process_time()
    try:
        take_in(inspect(content, REFERENCE_LIMITS), REFERENCE_LIMITS)
    except DamagedImage:
        pass
    seconds = time.process_time() - began
    figures[path.name] = {"grown": memory("VmHWM") - before, "seconds": seconds}
print(json.dumps(figures))
"""


@pytest.mark.parametrize("name", pictures.BLOATED)
async def test_what_unpacks_beside_the_pixels_is_never_kept(checker: ImageChecker, name: str) -> None:
    """A file that hides an avalanche beside its pixels is refused or comes out as the small picture that it shows."""
    try:
        checked = await checker.check_reference(pictures.BLOATED[name](), "fox.png", member_id=ANN)
    except BadImage:
        return

    assert opened(checked.content).size == (8, 8)


async def test_every_cut_of_a_file_is_refused_or_whole(checker: ImageChecker) -> None:
    """However much of its end a file loses, it is refused, or everything that it shows is still there."""
    for form in ("PNG", "JPEG", "WEBP", "GIF"):
        whole = saved(noise(24, 24), form)
        for length in range(0, len(whole), max(1, len(whole) // 60)):
            try:
                checked = await checker.check_reference(whole[:length], "fox.png", member_id=ANN)
            except BadImage:
                continue

            assert _same_pixels(opened(checked.content), opened(whole)), (form, length)


async def test_exactly_forty_megapixels_pass(checker: ImageChecker) -> None:
    """The limit is inclusive: 40 megapixels are taken."""
    content = saved(Image.new("L", (8_000, 5_000), 7), "PNG")

    checked = await checker.check_reference(content, "wide.png", member_id=ANN)

    assert (checked.width, checked.height) == (8_000, 5_000)


@pytest.mark.parametrize("length", [1, 2])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": "4:4:4"}, {"restart_marker_rows": 1}])
async def test_a_photo_without_its_end_marker_is_taken(
    checker: ImageChecker, options: dict[str, object], length: int
) -> None:
    """A JPEG that lacks its last two bytes, or one of them, shows all of its pixels, and is kept with them."""
    whole = saved(noise(90, 70), "JPEG", **options)

    checked = await checker.check_reference(whole[:-length], "photo.jpg", member_id=ANN)

    assert checked.content == whole
    assert (await checker.check_output(whole[:-length])).content == whole


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
async def test_a_photo_that_lacks_pixels_is_refused(checker: ImageChecker, options: dict[str, object]) -> None:
    """Without the end marker every lost byte counts, at the boundary of a scan or a restart as well as within one."""
    whole = saved(noise(40, 40), "JPEG", **options)
    seen = opened(whole)

    for lost in range(3, len(whole) - 700):
        try:
            checked = await checker.check_reference(whole[:-lost], "photo.jpg", member_id=ANN)
        except BadImage:
            continue
        assert _same_pixels(opened(checked.content), seen), lost


async def test_too_large_says_both_figures(checker: ImageChecker) -> None:
    """A member learns how large the file is and how large it may be."""
    content, _ = pictures.REFUSED["too-many-bytes"]

    with pytest.raises(BadImage) as refusal:
        await checker.check_reference(content(), "fox.png", member_id=ANN)

    assert refusal.value.sentence == "fox.png: the file has 20.0 MB; I can take up to 20 MB."
    assert refusal.value.money == "Nothing was spent."


# Taken in -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "content_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
async def test_still_upright_images_keep_their_coded_pixels(
    checker: ImageChecker, form: str, content_type: str
) -> None:
    """A still, upright image is never re-encoded: what comes out decodes to exactly the same pixels, in its format."""
    content = saved(noise(61, 47), form)

    checked = await checker.check_reference(content, "misleading.gif", member_id=ANN)

    assert _same_pixels(opened(content), opened(checked.content))
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
        assert _near(colour, seen.getpixel(point))


def _near(colour: tuple[int, int, int], pixel: object, tolerance: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    seen = cast("tuple[int, ...]", pixel)
    return all(abs(want - got) <= tolerance for want, got in zip(colour, seen[:3], strict=True))


@pytest.mark.parametrize("orientation", [0, 9, 77])
async def test_a_nonsense_orientation_means_upright(checker: ImageChecker, orientation: int) -> None:
    """An orientation that the standard does not know changes nothing."""
    checked = await checker.check_reference(
        saved(corners(), "JPEG", exif=exif(orientation)), "photo.jpg", member_id=ANN
    )

    assert (checked.width, checked.height) == (64, 48)


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


async def test_cmyk_becomes_rgb(checker: ImageChecker) -> None:
    """A print shop's JPEG comes out as the colours on the screen."""
    content = saved(Image.new("RGB", (30, 20), RED).convert("CMYK"), "JPEG", quality=95)

    checked = await checker.check_reference(content, "poster.jpg", member_id=ANN)

    assert checked.content_type == "image/png"
    assert _near(RED, opened(checked.content).getpixel((5, 5)))


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
async def test_an_animation_gives_its_first_frame_and_says_so(checker: ImageChecker, form: str) -> None:
    """Of an animation the first frame is used, alone, and the member is told."""
    checked = await checker.check_reference(pictures.animation(form), "dance.gif", member_id=ANN)
    frame = opened(checked.content)

    assert checked.notes == (ImageNote.FIRST_FRAME,)
    assert checked.content_type == "image/png"
    assert not getattr(frame, "is_animated", False)
    assert _near(RED, frame.convert("RGB").getpixel((20, 15)), tolerance=2)


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


# Outputs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_outputs_keep_every_byte(checker: ImageChecker, form: str) -> None:
    """What was paid for is delivered as it came, marks of its origin included."""
    content = solid(RED, form=form)

    checked = await checker.check_output(content)

    assert content == checked.content
    assert (64, 48, Image.MIME[form]) == (checked.width, checked.height, checked.content_type)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "MPO"])
async def test_of_several_frames_the_checked_one_is_kept(checker: ImageChecker, form: str) -> None:
    """Frames that nobody looked at, and whatever else follows the picture, are never delivered."""
    if form == "MPO":
        content = saved(corners(), form, save_all=True, append_images=[Image.new("RGB", (64, 48), BLUE)])
    else:
        content = pictures.animation(form)

    checked = await checker.check_output(content + b"TRAILER")
    kept = opened(checked.content)

    assert getattr(kept, "n_frames", 1) == 1
    assert b"TRAILER" not in checked.content
    assert len(checked.content) < len(content)
    assert _near(RED, kept.convert("RGB").getpixel((5, 5)))


@pytest.mark.parametrize("build", [lambda: b"", lambda: b"<html>not found</html>", lambda: solid(RED)[:60]])
async def test_an_output_that_is_no_picture_is_refused(checker: ImageChecker, build: Callable[[], bytes]) -> None:
    """An empty, foreign or cut output is no picture, and nobody pays for it."""
    with pytest.raises(Refused) as refusal:
        await checker.check_output(build())

    assert refusal.value.reason == FailureReason.NO_PICTURE


# Threads --------------------------------------------------------------------------------------------------------------


async def test_decoding_leaves_the_loop_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """While an image is decoded in its thread, the event loop goes on serving everyone else."""
    decoding, go_on = threading.Event(), threading.Event()
    whole = decode.decode_all

    def slow(image: Image.Image) -> None:
        decoding.set()
        assert go_on.wait(10)
        whole(image)

    monkeypatch.setattr(decode, "decode_all", slow)
    task = asyncio.create_task(PillowChecker().check_reference(solid(RED), "a.png", member_id=ANN))
    await asyncio.to_thread(decoding.wait, 10)
    go_on.set()

    assert (await task).width == 64


def _watched(
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[list[tuple[int, int]], threading.Event, threading.Event, list[int]]:
    """Hold up every decoding of a large picture: what was decoded, when one begins, when to go on, how many at once."""
    order: list[tuple[int, int]] = []
    started, go_on = threading.Event(), threading.Event()
    at_once: list[int] = []
    running: list[int] = []
    whole = decode.decode_all

    def watched(image: Image.Image) -> None:
        size = image.size
        if size[0] >= LARGE:
            running.append(1)
            at_once.append(len(running))
            started.set()
            assert go_on.wait(10)
            running.pop()
        whole(image)
        order.append(size)

    monkeypatch.setattr(decode, "decode_all", watched)
    return order, started, go_on, at_once


LARGE = 2_100


def _large(more: int = 0) -> bytes:
    return saved(Image.new("L", (LARGE + more, LARGE), 7), "PNG")


async def test_large_pictures_one_at_a_time_and_members_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve large pictures need the memory of one, and another member's is not the thirteenth."""
    order, _, go_on, at_once = _watched(monkeypatch)
    go_on.set()
    checker = PillowChecker()
    content = _large()
    anns = [asyncio.create_task(checker.check_reference(content, "a.png", member_id=ANN)) for _ in range(12)]
    bens = asyncio.create_task(checker.check_reference(_large(1), "b.png", member_id=BEN))
    await asyncio.gather(*anns, bens)

    assert max(at_once) == 1
    assert order.index((LARGE + 1, LARGE)) <= 3


async def test_a_small_picture_never_waits_for_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one large picture is decoded and others wait, small ones are taken, the same member's and others'."""
    order, _, go_on, _ = _watched(monkeypatch)
    checker = PillowChecker()
    content = _large()
    large = [asyncio.create_task(checker.check_reference(content, "a.png", member_id=ANN)) for _ in range(12)]
    for member in (ANN, BEN):
        async with asyncio.timeout(10):
            assert (await checker.check_reference(solid(RED), "b.png", member_id=member)).width == 64

    assert order == [(64, 48)] * 2
    go_on.set()
    await asyncio.gather(*large)


async def test_a_turn_lasts_as_long_as_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who gives up waiting does not let a second large picture into the memory beside the first."""
    _, started, go_on, at_once = _watched(monkeypatch)
    checker = PillowChecker()
    first, second = (
        asyncio.create_task(checker.check_reference(_large(), "a.png", member_id=member)) for member in (ANN, BEN)
    )
    await asyncio.to_thread(started.wait, 10)
    first.cancel()
    await asyncio.wait([first])
    await checker.check_reference(solid(RED), "b.png", member_id=ANN)

    go_on.set()
    await second
    assert at_once == [1, 1]


async def test_a_refusal_holds_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever keeps an error keeps its sentence, and not the file or what was decoded of it."""
    rasters: list[weakref.ref[Image.Image]] = []

    def fail(image: Image.Image) -> None:
        held = Image.new("L", (100, 100))
        rasters.append(weakref.ref(held))
        raise OSError(image.size)

    monkeypatch.setattr(decode, "decode_all", fail)
    with pytest.raises(BadImage) as kept:
        await PillowChecker().check_reference(_large(), "a.png", member_id=ANN)

    assert kept.value.sentence.startswith("a.png: ")
    assert [each() for each in rasters] == [None]


# Large photos ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(8_064, 6_048), (12_000, 9_000), (16_320, 12_240)])
async def test_photos_of_phones_are_taken_at_a_fraction(checker: ImageChecker, size: tuple[int, int]) -> None:
    """48, 108 and 200 megapixels: decoded smaller, as large as the models can use, upright, and said."""
    content = saved(Image.new("L", size, 90), "JPEG", exif=exif(6))

    checked = await checker.check_reference(content, "photo.jpg", member_id=ANN)

    assert checked.notes == (ImageNote.SCALED,)
    assert checked.content_type == "image/jpeg"
    assert 2_000_000 <= checked.width * checked.height <= MOST_PIXELS
    assert abs(checked.height / checked.width - size[0] / size[1]) < 0.01
    assert opened(checked.content).size == (checked.width, checked.height)


@pytest.mark.slow
def test_large_pictures_need_little_memory(tmp_path: Path) -> None:
    """Taking one in and drawing its copies needs less than 190 MiB, and it is given back afterwards."""
    photo = noise(600, 500).resize((7_200, 5_400), Image.Resampling.NEAREST)
    saved_as: dict[str, bytes] = {
        "turned.jpg": saved(photo, "JPEG", quality=50, exif=exif(6)),
        "progressive.jpg": saved(photo, "JPEG", quality=50, progressive=True),
        "just-whole.jpg": saved(photo.crop((0, 0, 4_096, 4_096)), "JPEG", quality=80, exif=exif(8)),
        "flat.png": saved(Image.new("RGBA", (7_200, 5_400), (9, 8, 7, 99)), "PNG", compress_level=1),
        "wide.webp": saved(Image.new("RGB", (3_900, 2_560), RED), "WEBP", method=0),
        "phone.jpg": saved(Image.new("L", (16_320, 12_240), 90), "JPEG"),
    }
    for name, content in saved_as.items():
        (tmp_path / name).write_bytes(content)

    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", _MEASURE_LARGE, str(tmp_path)], capture_output=True, text=True, check=True, timeout=300
    )
    measured = json.loads(done.stdout)

    assert measured.keys() == saved_as.keys()
    assert {name: figures for name, figures in measured.items() if figures["grown"] > 190 * 1024} == {}
    assert {name: figures for name, figures in measured.items() if figures["kept"] > 48 * 1024} == {}


_MEASURE_LARGE = """
import asyncio, json, sys
from pathlib import Path
from PIL import Image
from bot.media.checker import PillowChecker
from bot.media.encode import MOST_PIXELS

def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))

async def measure(path):
    content = path.read_bytes()
    Path("/proc/self/clear_refs").write_text("5")  # starts the peak (VmHWM) anew
    before = memory("VmRSS")
    checker = PillowChecker()
    checked = await checker.check_reference(content, path.name, member_id=1)
    await checker.square(checked.content)
    await checker.thumbnail(checked.content, 480)
    return {"grown": memory("VmHWM") - before, "kept": memory("VmRSS") - before}

Image.init()
print(json.dumps({path.name: asyncio.run(measure(path)) for path in sorted(Path(sys.argv[1]).iterdir())}))
"""


# Copies ---------------------------------------------------------------------------------------------------------------


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


def test_the_checker_opens_no_other_format() -> None:
    """Pillow's dozens of other decoders are out of reach, whatever a container claims."""
    with pytest.raises(ValueError, match="damaged"), decode.decoding(saved(corners(), "BMP")):
        pytest.fail("a BMP was opened")
