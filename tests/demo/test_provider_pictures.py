"""The simulated pictures show what was asked for: the references in their order, the format, the seed."""

from __future__ import annotations

import io
from itertools import permutations
from typing import Any

import pytest
from PIL import Image, ImageChops

from bot.demo.provider.painting import canvas_size, paint, tile_boxes
from bot.domain.parameters import ASPECT_RATIOS
from tests.demo.provider_bench import Bench, picture
from tests.demo.tiles import COLOURS, colours_of_tiles


async def output(bench: Bench, view: dict[str, Any]) -> Image.Image:
    reply = await bench.ask("GET", view["outputs"][0], keyed=False)
    return Image.open(io.BytesIO(reply.body)).convert("RGB")


@pytest.mark.parametrize("order", [*permutations(["red", "lime", "blue"]), tuple(COLOURS), tuple(reversed(COLOURS))])
async def test_the_tiles_stand_in_the_order_of_the_request(bench: Bench, order: tuple[str, ...]) -> None:
    """Whatever order the uploads had, tile n shows the n-th image of the body."""
    addresses = {name: await bench.upload(picture(name)) for name in COLOURS}
    created = (await bench.submit_multi([addresses[name] for name in order])).data
    bench.clock.advance(60)
    painted = await output(bench, (await bench.result(created["id"])).data)

    assert list(order) == colours_of_tiles(painted, len(order))


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
async def test_a_picture_has_the_ratio_asked_for(bench: Bench, ratio: str) -> None:
    """Every choice gives about a megapixel in that ratio."""
    painted = await output(bench, await bench.finished(aspect_ratio=ratio))
    width, height = map(int, ratio.split(":"))

    assert width / height == pytest.approx(painted.width / painted.height, rel=0.03)
    assert painted.width * painted.height == pytest.approx(1_000_000, rel=0.03)


@pytest.mark.parametrize(("size", "expected"), [((200, 100), 2.0), ((100, 200), 0.5), ((1000, 10), 4.0)])
async def test_without_a_ratio_the_first_reference_gives_it(
    bench: Bench, size: tuple[int, int], expected: float
) -> None:
    """The first reference decides, extremes are bounded, later references do not matter."""
    images = [await bench.upload(picture("red", size)), await bench.upload(picture("blue", (50, 50)))]
    created = (await bench.submit_multi(images)).data
    bench.clock.advance(60)
    painted = await output(bench, (await bench.result(created["id"])).data)

    assert expected == pytest.approx(painted.width / painted.height, rel=0.03)


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
@pytest.mark.parametrize("count", range(1, 6))
def test_tiles_fit_above_the_caption_and_apart(ratio: str, count: int) -> None:
    """Tiles lie inside the upper three quarters, square, and none touches another."""
    size = canvas_size(ratio)
    boxes = tile_boxes(size, count)

    assert all(0 <= box[0] < box[2] <= size[0] and 0 <= box[1] < box[3] <= size[1] * 3 // 4 for box in boxes)
    assert all(box[2] - box[0] == box[3] - box[1] >= 90 for box in boxes)
    assert not any(
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
        for index, one in enumerate(boxes)
        for other in boxes[:index]
    )


async def test_the_seed_decides_the_background(bench: Bench) -> None:
    """The same seed gives the same picture, another seed another one."""
    image = await bench.upload()
    same, again, other = [await output(bench, await bench.finished(image=image, seed=seed)) for seed in (7, 7, 8)]

    assert ImageChops.difference(same, again).getbbox() is None
    assert ImageChops.difference(same, other).getbbox() is not None


def test_the_prompt_is_drawn() -> None:
    """Two prompts give two captions and the same tiles."""
    one, other = [
        Image.open(io.BytesIO(paint(prompt, [picture()], aspect_ratio="1:1", seed=1))) for prompt in ("a hat", "a cat")
    ]
    changed = ImageChops.difference(one, other).getbbox()

    assert changed is not None
    assert changed[1] >= one.height * 3 // 4 - 16


@pytest.mark.parametrize(
    "prompt", ["\u65e5\u672c\u8a9e", "\U0001f3a8 \u200d\u202e", "\ud800", "a\x00b\nc", "x" * 2000, "word " * 400, ""]
)
def test_any_prompt_can_be_drawn(prompt: str) -> None:
    """Foreign scripts, emoji, lone surrogates, control characters and endless words give a picture, no crash."""
    painted = Image.open(io.BytesIO(paint(prompt, [picture()], aspect_ratio="16:9", seed=1)))

    assert canvas_size("16:9") == painted.size


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_references_of_any_mode_are_shown(mode: str) -> None:
    """Grey, palette, transparent and print colours are all turned into RGB."""
    content = io.BytesIO()
    Image.new(mode, (64, 64)).save(content, "TIFF" if mode in {"CMYK", "I;16"} else "PNG")
    painted = Image.open(io.BytesIO(paint("a hat", [content.getvalue()], aspect_ratio=None, seed=1)))

    assert painted.size == canvas_size("1:1")
