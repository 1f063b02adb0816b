"""Writes pictures: losslessly when a reference has to be redrawn, smaller when Discord takes no more."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from bot.domain.images import CheckedImage

QUALITIES = (95, 90, 85, 75)
SCALES = (1.0, 0.75, 0.5, 0.35, 0.25)

_PNG_EFFORT = 3
"""Of 9. A turned photo of 12 megapixels takes 0.9 s instead of the 3.1 s of Pillow's 6, and grows by one per cent."""

_PLAIN = frozenset(("L", "RGB", "RGBA"))
_PNG_MODES = _PLAIN | {"1", "LA", "I;16"}


def fit(content: bytes, max_bytes: int) -> CheckedImage | None:
    """Re-encode until it fits: quality first (95 to 75), then size (down to a quarter of each side); None if all fail.

    Pictures become JPEG, those with transparency WebP. One that fits comes back byte for byte.
    """
    with Image.open(BytesIO(content)) as image:
        if len(content) <= max_bytes:
            return CheckedImage(content, Image.MIME[image.format or ""], *image.size)
        picture = plain(image)
    for scale in SCALES:
        smaller = picture if scale == 1.0 else ImageOps.scale(picture, scale, Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            encoded = encode_lossy(smaller, quality=quality)
            if len(encoded.content) <= max_bytes:
                return encoded
    return None


def thumbnail(content: bytes, pixels: int) -> CheckedImage:
    """A PNG copy whose longer side has at most `pixels`."""
    with Image.open(BytesIO(content)) as image:
        image.draft(None, (2 * pixels, 2 * pixels))
        small = plain(image)
    small.thumbnail((pixels, pixels), Image.Resampling.LANCZOS)
    return encode_png(small)


def encode_png(image: Image.Image) -> CheckedImage:
    """Lossless, with its colour profile and nothing else beside the pixels."""
    image = image if image.mode in _PNG_MODES else plain(image)
    buffer = BytesIO()
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
