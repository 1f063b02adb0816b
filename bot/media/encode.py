"""Writes pictures: losslessly when a reference has to be redrawn, smaller when Discord takes no more."""

from __future__ import annotations

from io import BytesIO
from math import ceil, sqrt
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from bot.domain.images import CheckedImage
from bot.media.container import Container

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MOST_PIXELS = 4096 * 4096
"""What any of the provider's models makes or looks at ("4k"); what is redrawn is never larger."""

QUALITIES = (95, 90, 85, 75)
SCALES = (1.0, 0.75, 0.5, 0.35, 0.25)

_PNG_EFFORT = 3
"""Of 9. A turned photo of 12 megapixels takes 0.9 s instead of the 3.1 s of Pillow's 6, and grows by one per cent."""

_PLAIN = frozenset(("L", "RGB", "RGBA"))
_PNG_MODES = _PLAIN | {"1", "LA", "I;16"}

_BAND_PIXELS = 1024 * 1024
"""How much of a large picture is converted at a time, so that it is never in memory twice."""


def fit(content: bytes, container: Container, max_bytes: int) -> CheckedImage | None:
    """Re-encode until it fits: quality first (95 to 75), then size (down to a quarter of each side); None if all fail.

    Pictures become JPEG, those with transparency WebP. One that fits comes back byte for byte.
    """
    if len(content) <= max_bytes:
        return CheckedImage(content, container.content_type, container.width, container.height)
    with Image.open(BytesIO(container.still)) as image:
        picture = reduced(image, ceil(sqrt(image.width * image.height / MOST_PIXELS)))
        picture = plain(picture)
    for scale in SCALES:
        smaller = picture if scale == 1.0 else ImageOps.scale(picture, scale, Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            encoded = encode_lossy(smaller, quality=quality)
            if len(encoded.content) <= max_bytes:
                return encoded
    return None


def thumbnail(container: Container, pixels: int) -> CheckedImage:
    """A PNG copy whose longer side has at most `pixels`."""
    with Image.open(BytesIO(container.still)) as image:
        small = plain(reduced(image, max(image.size) // (2 * pixels)))
    small.thumbnail((pixels, pixels), Image.Resampling.LANCZOS)
    return encode_png(small)


def reduced(image: Image.Image, divisor: int) -> Image.Image:
    """An open picture with its sides divided, by averages; a JPEG is decoded at a fraction, others band by band.

    A divisor below 2 gives the picture as it is. What a JPEG's decoder cannot divide by is divided afterwards.
    """
    stored = image.size
    if divisor > 1:
        image.draft(None, (max(1, stored[0] // divisor), max(1, stored[1] // divisor)))
    rest = divisor // max(1, round(stored[0] / image.width))
    if rest <= 1:
        image.load()
        return image
    rows = rest * max(1, _BAND_PIXELS // (image.width * rest))
    bands = [
        plain(image.crop((0, top, image.width, min(top + rows, image.height)))).reduce(rest)
        for top in range(0, image.height, rows)
    ]
    whole = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    whole.info = bands[0].info
    for n, band in enumerate(bands):
        whole.paste(band, (0, n * rows // rest))
    return whole


class Overflow(Exception):
    """What is being written became larger than it may be."""


class _Capped(BytesIO):
    """Gives up as soon as too much was written, with what time and memory the rest would have cost."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._left = max_bytes

    def write(self, data: ReadableBuffer) -> int:
        self._left -= memoryview(data).nbytes
        if self._left < 0:
            raise Overflow
        return super().write(data)


def encode_png(image: Image.Image, max_bytes: int | None = None) -> CheckedImage:
    """Lossless, with its colour profile and nothing else beside the pixels.

    Raises:
        Overflow: it would have more than `max_bytes`.
    """
    image = image if image.mode in _PNG_MODES else plain(image)
    buffer = BytesIO() if max_bytes is None else _Capped(max_bytes)
    image.save(buffer, "PNG", compress_level=_PNG_EFFORT, icc_profile=image.info.get("icc_profile"))
    return CheckedImage(buffer.getvalue(), "image/png", *image.size)


def encode_lossy(image: Image.Image, *, quality: int) -> CheckedImage:
    """JPEG without colour subsampling, or WebP where there is transparency."""
    image = plain(image)
    profile = image.info.get("icc_profile")
    buffer = BytesIO()
    if image.mode == "RGBA":
        image.save(buffer, "WEBP", quality=quality, icc_profile=profile)
        return CheckedImage(buffer.getvalue(), "image/webp", *image.size)
    image.save(buffer, "JPEG", quality=quality, subsampling="4:4:4", icc_profile=profile)
    return CheckedImage(buffer.getvalue(), "image/jpeg", *image.size)


def plain(image: Image.Image) -> Image.Image:
    """The picture as grey, RGB or RGBA of 8 bits, the three that every encoder takes.

    A palette keeps its colour profile; a profile for other inks (CMYK) would no longer fit the pixels and goes.
    """
    if image.mode == "I;16":
        return image.point(lambda grey: grey / 256).convert("L")
    if image.mode in _PLAIN and (image.mode == "RGBA" or not image.has_transparency_data):
        image.load()
        return image
    converted = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode not in {"RGB", "P"}:
        converted.info.pop("icc_profile", None)
    return converted
