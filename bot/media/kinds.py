"""Recognises other file types by their first bytes, so that a refusal can name them."""

from __future__ import annotations

from collections.abc import Iterator

from bot import texts
from bot.texts.templates import Refusal

_HEIC = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1", b"miaf")
)
_AVIF = frozenset((b"avif", b"avis"))
"""Brands of ISO/IEC 23008-12 (HEIF, its annexes B and C) and of AV1 Image File Format, section 4."""

_LONGEST_LIST_OF_BRANDS = 1024

_OTHERS: tuple[tuple[tuple[bytes, ...], Refusal], ...] = (
    ((b"%PDF",), texts.images.IS_PDF),
    ((b"BM",), texts.images.IS_BMP),
    ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), texts.images.IS_TIFF),
    ((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"), texts.images.IS_JPEG_XL),
    ((b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n"), texts.images.IS_JPEG_2000),
    ((b"8BPS",), texts.images.IS_PSD),
    ((b"\0\0\1\0", b"\0\0\2\0"), texts.images.IS_ICON),
    ((b"\x1a\x45\xdf\xa3",), texts.images.IS_VIDEO),
)


def name_other_kind(content: bytes) -> Refusal:
    """What is said of a file that is none of the four formats: what it is, and the way out."""
    if content[4:8] == b"ftyp":
        return _name_by_brands(frozenset(_brands(content)))
    for beginnings, words in _OTHERS:
        if content.startswith(beginnings):
            return words
    if b"<svg" in content[:4096].lower():
        return texts.images.IS_SVG
    return texts.images.NO_IMAGE


def _name_by_brands(brands: frozenset[bytes]) -> Refusal:
    if brands & _AVIF:
        return texts.images.IS_AVIF
    return texts.images.IS_HEIC if brands & _HEIC else texts.images.IS_VIDEO


def _brands(content: bytes) -> Iterator[bytes]:
    """The brand that a file was written for and those that it is compatible with (ISO/IEC 14496-12, File Type Box)."""
    size = min(int.from_bytes(content[:4], "big"), _LONGEST_LIST_OF_BRANDS, len(content))
    yield content[8:12]
    for at in range(16, size - 3, 4):
        yield content[at : at + 4]
