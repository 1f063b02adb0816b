"""Large images: decoded one at a time beside everything else, scaled down as they come, in little memory."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.errors import BadImage
from bot.domain.images import ImageNote
from bot.media import decode
from bot.media.checker import PillowChecker
from bot.media.encode import MOST_PIXELS
from bot.services.ports.images import ImageChecker
from tests.media.pictures import RED, exif, noise, opened, saved, solid

ANN, BEN = 11, 12


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
