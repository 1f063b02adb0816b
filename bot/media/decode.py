"""Decodes and validates an image, and drops everything but the picture.

What a member sends is taken apart first (see `containers`), judged by its header, and only then decoded. A still,
upright PNG, JPEG or WebP keeps its coded pixels byte for byte; what has to be redrawn (a GIF, an animated WebP, a photo
that EXIF turns, CMYK) becomes a PNG, or a JPEG of quality 95 where the PNG would pass the byte limit. A photo of more
pixels than a picture may have is decoded at a fraction of its size and kept as a JPEG. Colour profiles stay: pixels
that do not change must go on meaning the same colours.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO

from PIL import Image

from bot import texts
from bot.domain.images import REFERENCE_LIMITS, CheckedImage, ImageLimits, ImageNote
from bot.media.container import Container, DamagedImage
from bot.media.containers import open_container
from bot.media.encode import MOST_PIXELS, QUALITIES, Overflow, encode_lossy, encode_png, reduced
from bot.media.jpeg import EOI
from bot.media.kinds import name_other_kind
from bot.media.orientation import turn_upright

Image.MAX_IMAGE_PIXELS = REFERENCE_LIMITS.max_photo_pixels
"""Pillow's own alarm goes off at half of what a phone makes; here every header is judged before Pillow sees it."""

_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}
_JPEG = "image/jpeg"

_FRACTIONS = (1, 2, 4, 8)
"""At which parts of its width and height a JPEG can be decoded without decoding it whole (libjpeg's scaling)."""

_RASTER_BYTES = 4
"""A pixel, in Pillow's memory, of every picture in colours."""

_DECODER_ERRORS = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, AttributeError),
    *(MemoryError, RuntimeError, struct.error, zlib.error),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)
"""What Pillow's decoders raise on damaged input; there is no common base class."""


def inspect(content: bytes, limits: ImageLimits) -> Container:
    """Take a file apart and judge it by what its header says, without decoding.

    Raises:
        DamagedImage: says what is wrong with it.
    """
    if not content:
        raise DamagedImage(texts.images.EMPTY)
    if len(content) > limits.max_bytes:
        raise _too_large(len(content), limits)
    container = open_container(content)
    if container is None:
        raise DamagedImage(name_other_kind(content))
    if not container.width or not container.height:
        raise DamagedImage(texts.images.NO_PIXELS)
    _refuse_too_many_pixels(container.width, container.height, container.content_type, limits)
    _refuse_too_much_memory(container, limits)
    return container


def take_in(container: Container, limits: ImageLimits) -> CheckedImage:
    """Decode a reference and clean it; see `ImageChecker.check_reference`.

    Raises:
        DamagedImage: says what is wrong with it.
    """
    container = _closed(container)
    notes = (ImageNote.FIRST_FRAME,) if container.animated else ()
    turn = turn_upright(container.exif)
    scaled = container.width * container.height > limits.max_pixels
    with decoding(container.still) as image:
        _refuse_too_many_pixels(*image.size, container.content_type, limits)
        if scaled or turn is not None or image.mode == "CMYK" or _must_be_redrawn(container):
            return _redrawn(image, turn, limits, notes)
        decode_all(image)
    return CheckedImage(container.still, container.content_type, container.width, container.height, notes)


def verify(content: bytes, container: Container, limits: ImageLimits) -> CheckedImage:
    """Check that all of an output decodes, and leave its bytes as they are.

    Of several frames only the first is checked, so that only the first is kept.

    Raises:
        DamagedImage: it does not.
    """
    checked = _closed(container)
    with decoding(checked.still) as image:
        _refuse_too_many_pixels(*image.size, container.content_type, limits)
        decode_all(image)
    if container.animated or container.other_frames:
        kept = container.still
    elif container.whole:
        kept = content[: container.end]
    else:
        kept = content.removesuffix(b"\xff") + EOI
    return CheckedImage(kept, container.content_type, container.width, container.height)


# Judging --------------------------------------------------------------------------------------------------------------


def _too_large(size: int, limits: ImageLimits) -> DamagedImage:
    return DamagedImage(texts.images.TOO_LARGE, size=size / 1_000_000, most=limits.max_bytes / 1_000_000)


def _refuse_too_many_pixels(width: int, height: int, content_type: str, limits: ImageLimits) -> None:
    most = limits.max_photo_pixels if content_type == _JPEG else limits.max_pixels
    if width * height > most:
        raise DamagedImage(texts.images.TOO_MANY_PIXELS, width=width, height=height, most=most // 1_000_000)


def _refuse_too_much_memory(container: Container, limits: ImageLimits) -> None:
    if not container.working_bytes:
        return
    pixels = container.width * container.height
    raster = 0 if container.content_type == _JPEG else _RASTER_BYTES * pixels
    if container.working_bytes + raster > limits.max_memory:
        is_jpeg = container.content_type == _JPEG
        words = texts.images.TOO_MUCH_MEMORY_JPEG if is_jpeg else texts.images.TOO_MUCH_MEMORY_WEBP
        raise DamagedImage(words, width=container.width, height=container.height)


# Decoding -------------------------------------------------------------------------------------------------------------


@contextmanager
def decoding(content: bytes) -> Generator[Image.Image]:
    """Open an image, and turn whatever its decoder raises into DamagedImage."""
    try:
        with Image.open(BytesIO(content), formats=tuple(_FORMATS.values())) as image:
            yield image
    except DamagedImage:
        raise
    except _DECODER_ERRORS as error:
        raise DamagedImage(texts.images.DAMAGED) from error


def decode_all(image: Image.Image) -> None:
    """Go through every coded pixel; a JPEG at an eighth of its size, which reads the same bytes in less memory."""
    image.draft("L", (1, 1))
    image.load()


def _must_be_redrawn(container: Container) -> bool:
    return container.content_type == "image/gif" or (container.animated and container.content_type == "image/webp")


def _redrawn(
    image: Image.Image, turn: Image.Transpose | None, limits: ImageLimits, notes: tuple[ImageNote, ...]
) -> CheckedImage:
    """The picture with new coded pixels, never more of them than the models can use."""
    stored = image.size
    is_photo = image.format == "JPEG"
    picture = reduced(image, _fraction(*stored))
    if picture.size != stored:
        notes = (*notes, ImageNote.SCALED)
    if turn is not None:
        unturned, picture = picture, picture.transpose(turn)
        unturned.close()  # its memory is wanted for what follows
    drawn = None if is_photo and ImageNote.SCALED in notes else _lossless(picture, limits)
    if drawn is not None:
        return replace(drawn, notes=notes)
    drawn = encode_lossy(picture, quality=QUALITIES[0])
    is_best = len(drawn.content) <= limits.max_bytes
    if not (is_best and is_photo and ImageNote.SCALED in notes):
        notes = (*notes, ImageNote.COMPRESSED)
    for quality in QUALITIES[1:]:
        if len(drawn.content) > limits.max_bytes:
            drawn = encode_lossy(picture, quality=quality)
    if len(drawn.content) > limits.max_bytes:
        raise _too_large(len(drawn.content), limits)
    return replace(drawn, notes=notes)


def _lossless(picture: Image.Image, limits: ImageLimits) -> CheckedImage | None:
    """As a PNG; None where that would be too large."""
    try:
        return encode_png(picture, limits.max_bytes)
    except Overflow:
        return None


def _fraction(width: int, height: int) -> int:
    """The divisor of both sides that leaves at most as many pixels as the models can use."""
    fitting = (each for each in _FRACTIONS if width * height <= MOST_PIXELS * each * each)
    return next(fitting, _FRACTIONS[-1])


# A missing end --------------------------------------------------------------------------------------------------------


def _not_pixels(seed: bytes) -> bytes:
    noise = hashlib.shake_256(seed).digest(64).replace(b"\xff", b"\xfe")
    return b"".join(noise + bytes((0xFF, 0xD0 + n)) for n in range(8)) + noise


_NOT_PIXELS = (_not_pixels(b"this"), _not_pixels(b"that"))
"""Stand where more pixels would: bits unlike the zeros that a decoder puts there itself, behind every restart."""

_MOST_LOOKED_AT = 40_000_000
"""Pixels that are compared in full; a larger photo without its end marker is not taken."""


def _closed(container: Container) -> Container:
    """The same with its end marker, if only that is missing.

    Where coded pixels are missing, a decoder shows something made up in their place, and does not say so: it shows
    something else if something else follows them.

    Raises:
        DamagedImage: pixels are missing, too.
    """
    if container.whole:
        return container
    coded = container.still.removesuffix(b"\xff")
    closed = coded + EOI
    look = _look(closed)
    if any(_look(coded + other + EOI) != look for other in _NOT_PIXELS):
        raise DamagedImage(texts.images.DAMAGED)
    return replace(container, still=closed)


def _look(content: bytes) -> bytes:
    """A hash of every pixel."""
    with decoding(content) as image:
        if image.size[0] * image.size[1] > _MOST_LOOKED_AT:
            raise DamagedImage(texts.images.DAMAGED)
        image.load()
        seen = hashlib.sha256()
        for top in range(0, image.height, 64):
            seen.update(image.crop((0, top, image.width, min(top + 64, image.height))).tobytes())
        return seen.digest()
