"""Pictures to try things with: the package's sample and a few painted ones, laid where a file chooser can take them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from bot.domain.samples import SAMPLE_FILENAME
from bot.media.sample import sample_image

_SIDE = 640


def save_samples(folder: Path) -> dict[str, Path]:
    """Save all samples in `folder`, which is made; returns their paths by name, in a fixed order."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {SAMPLE_FILENAME: sample_image().content} | {name: _painted(name) for name in _SAMPLES}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


@cache
def _painted(name: str) -> bytes:
    """One sample as a PNG file, painted once in a process."""
    image = Image.new("RGB", (_SIDE, _SIDE))
    _SAMPLES[name](ImageDraw.Draw(image))
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _sky(draw: ImageDraw.ImageDraw, top: tuple[int, int, int], bottom: tuple[int, int, int]) -> None:
    for y in range(_SIDE):
        part = y / _SIDE
        red, green, blue = (round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        draw.line([(0, y), (_SIDE, y)], fill=(red, green, blue))


def _coat(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (226, 233, 240), (196, 206, 218))
    draw.polygon(
        [(210, 130), (430, 130), (540, 300), (470, 340), (470, 580), (170, 580), (170, 340), (100, 300)],
        fill=(28, 92, 104),
    )
    draw.polygon([(260, 130), (320, 250), (380, 130)], fill=(240, 200, 90))
    draw.line([(320, 250), (320, 580)], fill=(14, 54, 62), width=6)
    for y in (310, 390, 470):
        draw.ellipse([338, y, 366, y + 28], fill=(240, 200, 90))


def _street(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (24, 20, 58), (92, 48, 110))
    for n, (height, colour) in enumerate(((380, (38, 34, 82)), (460, (48, 40, 96)), (330, (34, 30, 74)))):
        left = n * 215
        draw.rectangle([left, _SIDE - height - 60, left + 205, _SIDE - 60], fill=colour)
        for row in range(height // 70):
            for column in range(3):
                x, y = left + 28 + column * 58, _SIDE - height - 30 + row * 66
                lit = (row * 3 + column + n) % 4 != 0
                draw.rectangle([x, y, x + 30, y + 38], fill=(255, 214, 120) if lit else (60, 54, 110))
    draw.rectangle([0, _SIDE - 60, _SIDE, _SIDE], fill=(20, 18, 40))
    for x in range(20, _SIDE, 130):
        draw.rectangle([x, _SIDE - 34, x + 70, _SIDE - 26], fill=(214, 90, 160))


def _cat(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (205, 230, 214), (150, 196, 170))
    for ear in ([(170, 250), (190, 90), (310, 200)], [(470, 250), (450, 90), (330, 200)]):
        draw.polygon(ear, fill=(74, 78, 88))
    draw.ellipse([140, 170, 500, 520], fill=(92, 96, 108))
    for x in (240, 400):
        draw.ellipse([x - 34, 300, x + 34, 368], fill=(214, 224, 90))
        draw.ellipse([x - 9, 304, x + 9, 364], fill=(20, 20, 24))
    draw.polygon([(296, 410), (344, 410), (320, 440)], fill=(240, 150, 160))
    for y in (430, 450):
        draw.line([(130, y - 14), (280, y)], fill="white", width=4)
        draw.line([(510, y - 14), (360, y)], fill="white", width=4)


def _lamp(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (70, 40, 30), (30, 18, 20))
    for radius in range(300, 60, -12):
        glow = 255 - radius // 2
        draw.ellipse([320 - radius, 240 - radius, 320 + radius, 240 + radius], fill=(glow, glow * 3 // 4, 60))
    draw.polygon([(220, 300), (420, 300), (380, 150), (260, 150)], fill=(255, 240, 200))
    draw.rectangle([312, 300, 328, 560], fill=(40, 26, 20))
    draw.ellipse([230, 540, 410, 590], fill=(40, 26, 20))


_SAMPLES: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "coat.png": _coat,
    "street.png": _street,
    "cat.png": _cat,
    "lamp.png": _lamp,
}
