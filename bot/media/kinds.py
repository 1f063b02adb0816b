"""Names files of other kinds than Easel takes, so that whoever sent one knows what to do with it."""

from __future__ import annotations

from collections.abc import Iterator

_HEIC = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1", b"miaf")
)
_AVIF = frozenset((b"avif", b"avis"))
"""Brands of ISO/IEC 23008-12 (HEIF, its annexes B and C) and of AV1 Image File Format, section 4."""

_LONGEST_LIST_OF_BRANDS = 1024

_IS_HEIC = "it is a HEIC photo; save it as JPEG first."
_IS_AVIF = "it is an AVIF image; save it as PNG or JPEG first."
_IS_VIDEO = "it is a video, not an image."

_OTHERS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"%PDF",), "it is a PDF, not an image."),
    ((b"BM",), "it is a BMP image; save it as PNG first."),
    ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), "it is a TIFF image; save it as PNG or JPEG first."),
    ((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"), "it is a JPEG XL image; save it as PNG or JPEG first."),
    ((b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n"), "it is a JPEG 2000 image; save it as PNG or JPEG first."),
    ((b"8BPS",), "it is a Photoshop file (PSD); save it as PNG or JPEG first."),
    ((b"\0\0\1\0", b"\0\0\2\0"), "it is an icon (ICO); save it as PNG first."),
    ((b"\x1a\x45\xdf\xa3",), _IS_VIDEO),
)


def name_other_kind(content: bytes) -> str:
    """What a file is that is none of the four formats, and the way out, as the rest of a sentence."""
    if content[4:8] == b"ftyp":
        return _name_by_brands(frozenset(_brands(content)))
    for beginnings, sentence in _OTHERS:
        if content.startswith(beginnings):
            return sentence
    if b"<svg" in content[:4096].lower():
        return "it is an SVG drawing; save it as PNG first."
    return "it is not an image, whatever its name says."


def _name_by_brands(brands: frozenset[bytes]) -> str:
    if brands & _AVIF:
        return _IS_AVIF
    return _IS_HEIC if brands & _HEIC else _IS_VIDEO


def _brands(content: bytes) -> Iterator[bytes]:
    """The brand that a file was written for and those that it is compatible with (ISO/IEC 14496-12, File Type Box)."""
    size = min(int.from_bytes(content[:4], "big"), _LONGEST_LIST_OF_BRANDS, len(content))
    yield content[8:12]
    for at in range(16, size - 3, 4):
        yield content[at : at + 4]
