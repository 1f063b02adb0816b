"""Checks that bytes are a picture that Easel can use, and takes them in without anything but the picture.

What a member sends is taken apart first (see `containers`), judged by its header, and only then decoded, one image at
a time in a thread. A still, upright PNG, JPEG or WebP keeps its coded pixels byte for byte; what has to be redrawn (a
GIF, an animated WebP, a photo that EXIF turns, CMYK) becomes a PNG, or a JPEG of quality 95 where the PNG would pass
the byte limit. Colour profiles stay: pixels that do not change must go on meaning the same colours.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import TypeVar

from PIL import Image

from bot.domain.errors import BadImage
from bot.domain.images import OUTPUT_LIMITS, REFERENCE_LIMITS, CheckedImage, ImageLimits, ImageNote
from bot.domain.predictions import FailureReason, Refused
from bot.media.container import Container, DamagedImage
from bot.media.containers import open_container
from bot.media.encode import encode_lossy, encode_png, fit, thumbnail
from bot.media.orientation import turn_upright
from bot.media.strip import draw_strip

_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}

_DECODER_ERRORS = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, AttributeError),
    *(MemoryError, RuntimeError, struct.error, zlib.error),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)
"""What Pillow's decoders raise on damaged input; there is no common base class."""

T = TypeVar("T")


class PillowChecker:
    """Implements `ImageChecker`. At most `parallel` images are decoded at once, 160 MB each at the limit of pixels."""

    def __init__(
        self,
        *,
        references: ImageLimits = REFERENCE_LIMITS,
        outputs: ImageLimits = OUTPUT_LIMITS,
        parallel: int = 1,
    ) -> None:
        self._references = references
        self._outputs = outputs
        self._turn = asyncio.Semaphore(parallel)

    async def check_reference(self, content: bytes, filename: str) -> CheckedImage:
        """See `ImageChecker.check_reference`."""
        try:
            return await self._in_thread(lambda: take_in(content, self._references))
        except DamagedImage as error:
            raise BadImage(filename, str(error)) from error

    async def check_output(self, content: bytes) -> CheckedImage:
        """See `ImageChecker.check_output`."""
        try:
            return await self._in_thread(lambda: verify(content, self._outputs))
        except DamagedImage as error:
            raise Refused(FailureReason.NO_PICTURE, f"the output is no usable picture: {error}") from error

    async def fit(self, content: bytes, max_bytes: int) -> CheckedImage | None:
        """See `ImageChecker.fit`."""
        return await self._in_thread(lambda: fit(content, max_bytes))

    async def thumbnail(self, content: bytes, pixels: int) -> CheckedImage:
        """See `ImageChecker.thumbnail`."""
        return await self._in_thread(lambda: thumbnail(content, pixels))

    async def strip(self, contents: Sequence[bytes]) -> CheckedImage:
        """See `ImageChecker.strip`."""
        return await self._in_thread(lambda: draw_strip(contents))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        async with self._turn:
            return await asyncio.to_thread(work)


def take_in(content: bytes, limits: ImageLimits) -> CheckedImage:
    """Check a reference and clean it; see `ImageChecker.check_reference`.

    Raises:
        DamagedImage: with the rest of a sentence that begins with the file's name.
    """
    container = _inspect(content, limits)
    notes = (ImageNote.FIRST_FRAME,) if container.animated else ()
    turn = turn_upright(container.exif)
    with decoding(container.still) as image:
        _refuse_too_many_pixels(*image.size, limits)
        if turn is not None or image.mode == "CMYK" or _must_be_redrawn(container):
            return _redrawn(image if turn is None else image.transpose(turn), limits, notes)
        decode_all(image)
    return CheckedImage(container.still, container.content_type, container.width, container.height, notes)


def verify(content: bytes, limits: ImageLimits) -> CheckedImage:
    """Check that all of a picture decodes, and leave its bytes as they are.

    Raises:
        DamagedImage: it does not.
    """
    container = _inspect(content, limits)
    with decoding(container.still) as image:
        _refuse_too_many_pixels(*image.size, limits)
        decode_all(image)
    return CheckedImage(content, container.content_type, container.width, container.height)


# Judging --------------------------------------------------------------------------------------------------------------


def _inspect(content: bytes, limits: ImageLimits) -> Container:
    if not content:
        raise DamagedImage("the file is empty.")
    if len(content) > limits.max_bytes:
        raise _too_large(len(content), limits)
    container = open_container(content)
    if container is None:
        raise DamagedImage(_name_other_kind(content))
    if not container.width or not container.height:
        raise DamagedImage("its header says that it has no pixels.")
    _refuse_too_many_pixels(container.width, container.height, limits)
    return container


def _too_large(size: int, limits: ImageLimits) -> DamagedImage:
    return DamagedImage(too_large_sentence(size, limits.max_bytes))


def too_large_sentence(size: int, max_bytes: int) -> str:
    """How large a file is and how large it may be, as the rest of a sentence."""
    return f"it has {size / 1_000_000:,.1f} MB; I can take up to {max_bytes / 1_000_000:g} MB."


def _refuse_too_many_pixels(width: int, height: int, limits: ImageLimits) -> None:
    if width * height > limits.max_pixels:
        raise DamagedImage(
            f"it has {width:,} \u00d7 {height:,} pixels; I can take up to {limits.max_pixels // 1_000_000} megapixels."
        )


_OTHER_KINDS: tuple[tuple[int, tuple[bytes, ...], str], ...] = (
    (4, (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"), "it is a HEIC photo; save it as JPEG first."),
    (4, (b"ftypavif", b"ftypavis"), "it is an AVIF image; save it as PNG or JPEG first."),
    (4, (b"ftyp",), "it is a video, not an image."),
    (0, (b"%PDF",), "it is a PDF, not an image."),
    (0, (b"BM",), "it is a BMP image; save it as PNG first."),
    (0, (b"II*\0", b"MM\0*"), "it is a TIFF image; save it as PNG or JPEG first."),
    (0, (b"\x1a\x45\xdf\xa3",), "it is a video, not an image."),
)


def _name_other_kind(content: bytes) -> str:
    for at, beginnings, sentence in _OTHER_KINDS:
        if content.startswith(beginnings, at):
            return sentence
    if b"<svg" in content[:4096].lower():
        return "it is an SVG drawing; save it as PNG first."
    return "it is not an image, whatever its name says."


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
        raise DamagedImage("the file is damaged or was not sent whole.") from error


def decode_all(image: Image.Image) -> None:
    """Go through every coded pixel; a JPEG at an eighth of its size, which reads the same bytes in less memory."""
    image.draft("L", (1, 1))
    image.load()


def _must_be_redrawn(container: Container) -> bool:
    return container.content_type == "image/gif" or (container.animated and container.content_type == "image/webp")


def _redrawn(image: Image.Image, limits: ImageLimits, notes: tuple[ImageNote, ...]) -> CheckedImage:
    drawn = encode_png(image)
    if len(drawn.content) > limits.max_bytes:
        drawn = encode_lossy(image, quality=95)
        notes = (*notes, ImageNote.COMPRESSED)
    if len(drawn.content) > limits.max_bytes:
        raise _too_large(len(drawn.content), limits)
    return replace(drawn, notes=notes)
