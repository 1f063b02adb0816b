"""Images as all layers know them: checked, stored, and their limits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot import texts
from bot.domain.errors import EaselError, Unavailable

EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
"""The content types that Easel handles, each with the file ending it is stored and posted under."""


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """How large an image may be.

    `max_bytes` is what the provider takes in one upload (20 MB, the smallest figure on its pages).
    `max_pixels` bounds the memory that decoding takes: 4 bytes a pixel, so 160 MB. A JPEG can be decoded at a fraction
    of its size, so that one may have up to `max_photo_pixels`; phones make up to 200 megapixels. `max_memory` is what
    decoding may take in all, where the format's decoder needs more than the pixels themselves.
    """

    max_bytes: int = 20_000_000
    max_pixels: int = 40_000_000
    max_photo_pixels: int = 256_000_000
    max_memory: int = 160_000_000


REFERENCE_LIMITS = ImageLimits()
OUTPUT_LIMITS = ImageLimits(max_bytes=64_000_000, max_photo_pixels=40_000_000, max_memory=1_000_000_000)
"""The provider's pictures are a few megabytes; the cap only keeps a broken answer from filling the memory."""


class ImageNote(StrEnum):
    """What a member should know about how their image was taken in."""

    FIRST_FRAME = "first frame of an animation used"
    COMPRESSED = "compressed to stay within 20 MB"
    SCALED = "scaled down to what the models can use"


@dataclass(frozen=True, slots=True)
class CheckedImage:
    """An image that decodes, with its size in pixels as it is seen (any rotation applied).

    `content_type` is one of `EXTENSIONS`, found in the bytes themselves.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    notes: tuple[ImageNote, ...] = ()

    @property
    def extension(self) -> str:
        """The file ending, without its dot."""
        return EXTENSIONS[self.content_type]


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image in our store, named after its content: `sha256` is 64 lower-case hex digits, `size` counts bytes."""

    sha256: str
    content_type: str
    width: int
    height: int
    size: int

    @property
    def extension(self) -> str:
        """The file ending, without its dot."""
        return EXTENSIONS[self.content_type]


@dataclass(frozen=True, slots=True)
class Tile:
    """One place of a contact sheet: its number, its words, and its checked image, or None where there is none.

    `missing` is what the place says then.
    """

    number: int
    words: str
    content: bytes | None
    missing: str = ""


class ImageNotKept(EaselError):
    """A picture whose file is gone or no longer what it was: deleted after its time, or lost with a disk."""

    def __init__(self, filename: str = texts.images.OF_OUR_OWN) -> None:
        super().__init__(texts.images.NOT_KEPT, filename=filename)


class CannotKeepImages(Unavailable):
    """The disk takes no more images. `detail` is the system's own word, for the operator's log."""

    def __init__(self, detail: str) -> None:
        super().__init__(texts.images.CANNOT_KEEP)
        self.detail = detail


class CannotReadImages(Unavailable):
    """Where images are kept is out of reach. `detail` is the system's own word, for the operator's log."""

    def __init__(self, detail: str) -> None:
        super().__init__(texts.images.CANNOT_READ)
        self.detail = detail
