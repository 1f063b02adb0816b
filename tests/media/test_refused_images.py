"""What Easel refuses as an image, in which words and at what cost, and what just passes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.errors import BadImage
from bot.media import decode
from bot.services.ports.images import ImageChecker
from tests.media import pictures
from tests.media.pictures import corners, noise, opened, same_pixels, saved

ANN = 11


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

            assert same_pixels(opened(checked.content), opened(whole)), (form, length)


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
        assert same_pixels(opened(checked.content), seen), lost


async def test_too_large_says_both_figures(checker: ImageChecker) -> None:
    """A member learns how large the file is and how large it may be."""
    content, _ = pictures.REFUSED["too-many-bytes"]

    with pytest.raises(BadImage) as refusal:
        await checker.check_reference(content(), "fox.png", member_id=ANN)

    assert refusal.value.sentence == "fox.png: the file has 20.0 MB; I can take up to 20 MB."
    assert refusal.value.money == "Nothing was spent."


def test_the_checker_opens_no_other_format() -> None:
    """Pillow's dozens of other decoders are out of reach, whatever a container claims."""
    with pytest.raises(ValueError, match="damaged"), decode.decoding(saved(corners(), "BMP")):
        pytest.fail("a BMP was opened")
