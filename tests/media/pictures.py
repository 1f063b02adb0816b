"""Pictures for the tests: honest ones in every format, and files made to break whoever decodes them."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from functools import cache, partial
from io import BytesIO
from typing import cast

from PIL import Image, ImageChops, ImageCms, ImageDraw, PngImagePlugin

RED, GREEN, BLUE, YELLOW = (220, 30, 40), (30, 180, 60), (40, 60, 220), (240, 210, 30)
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def solid(colour: tuple[int, int, int], size: tuple[int, int] = (64, 48), form: str = "PNG") -> bytes:
    return saved(Image.new("RGB", size, colour), form)


def corners(width: int = 64, height: int = 48) -> Image.Image:
    """Four colours, one a quarter, so that every rotation and mirroring shows: red, green / blue, yellow."""
    image = Image.new("RGB", (width, height), RED)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height), BLUE)
    draw.rectangle((width // 2, height // 2, width, height), YELLOW)
    return image


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (width, height))
    return Image.frombytes(mode, image.size, random.Random(7).randbytes(len(image.tobytes())))


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """EXIF of a phone: orientation, maker, and where the photo was taken."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "SecretPhone"
    tags.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return tags


def colour_profile() -> bytes:
    """The sRGB profile as bytes."""
    # Pillow leaves the profile object untyped.
    standard = ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return ImageCms.ImageCmsProfile(standard).tobytes()  # pyright: ignore[reportUnknownArgumentType]


def animation(form: str, colours: tuple[tuple[int, int, int], ...] = (RED, BLUE, GREEN)) -> bytes:
    first, *rest = [Image.new("RGB", (40, 30), colour) for colour in colours]
    lossless = {"lossless": True} if form == "WEBP" else {}
    return saved(first, form, save_all=True, append_images=rest, duration=100, **lossless)


def opened(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content)) as image:
        image.load()
        return image


def same_pixels(left: Image.Image, right: Image.Image) -> bool:
    return ImageChops.difference(left.convert("RGBA"), right.convert("RGBA")).getbbox(alpha_only=False) is None


def near(colour: tuple[int, int, int], pixel: object, tolerance: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    seen = cast("tuple[int, ...]", pixel)
    return all(abs(want - got) <= tolerance for want, got in zip(colour, seen[:3], strict=True))


# Broken on purpose ----------------------------------------------------------------------------------------------------


def chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def png(width: int, height: int, *between: bytes, pixels: bytes | None = None) -> bytes:
    """A grey PNG by hand, with any chunks between its header and its pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress(bytes(width + 1) * height) if pixels is None else pixels
    return PNG_MAGIC + header + b"".join(between) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _patched(content: bytes, at: int, replacement: bytes) -> bytes:
    return content[:at] + replacement + content[at + len(replacement) :]


def _riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _jpeg() -> bytes:
    return saved(corners(), "JPEG")


def _stretched(content: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header tells of many more pixels than it has."""
    frame = content.index(b"\xff\xc2" if b"\xff\xc2" in content else b"\xff\xc0")
    return _patched(content, frame + 5, struct.pack(">HH", height, width))


def _huge_jpeg() -> bytes:
    return _stretched(_jpeg(), 65_000, 65_000)


def _progressive(subsampling: str) -> bytes:
    return saved(corners(), "JPEG", progressive=True, subsampling=subsampling)


HEIC_BRANDS = ("heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1")


def _ftyp(brand: bytes, *compatible: bytes) -> bytes:
    """The beginning of a file of boxes: the brand that it was written for, and those that it is compatible with."""
    body = b"ftyp" + brand + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 4 + len(body)) + body + b"\0\0\0\x08free"


def _jpeg_of_scans(scans: int) -> bytes:
    content = saved(corners(), "JPEG", progressive=True)
    start = content.index(b"\xff\xda")
    end = content.index(b"\xff\xda", start + 2)
    return content[:start] + content[start:end] * scans + content[start:]


def _big_frame_gif() -> bytes:
    content = solid(RED, (10, 10), "GIF")
    return _patched(content, content.index(b"\x2c\0\0\0\0") + 5, struct.pack("<HH", 60_000, 60_000))


def _gif_without_end() -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0, 0, 0) + b"\x21\xfe" + b"\x01a" * 2_000_000


def _later_header_png() -> bytes:
    return png(8, 8, chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)))


def _bad_checksum() -> bytes:
    content = saved(noise(32, 32), "PNG")
    return _patched(content, content.index(b"IDAT") + 20, b"\0\0\0\0")


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "text": (lambda: b"hello, I am a picture" * 50, "not an image"),
    "html": (lambda: b"<!doctype html><html><body>404</body></html>", "not an image"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "SVG"),
    "svg-behind-xml": (lambda: b'<?xml version="1.0"?>\n<!-- x -->\n<SVG width="9"></SVG>', "SVG"),
    "pdf": (lambda: b"%PDF-1.7\n%....", "PDF"),
    "heic": (lambda: _ftyp(b"heic", b"mif1", b"heic"), "HEIC"),
    **{f"heic-{brand}": (partial(_ftyp, brand.encode()), "HEIC") for brand in HEIC_BRANDS},
    "heic-compatible-only": (lambda: _ftyp(b"isom", b"iso8", b"heic"), "HEIC"),
    "heif-compatible-only": (lambda: _ftyp(b"MiHE", b"mif1", b"miaf"), "HEIC"),
    "avif-of-heif": (lambda: _ftyp(b"mif1", b"miaf", b"avif"), "AVIF"),
    "avif-sequence": (lambda: _ftyp(b"avis", b"msf1", b"hevc"), "AVIF"),
    "jpeg-xl": (lambda: b"\xff\x0a" + bytes(60), "JPEG XL"),
    "jpeg-xl-boxed": (lambda: b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ", "JPEG XL"),
    "jpeg-2000": (lambda: saved(corners(), "JPEG2000"), "JPEG 2000"),
    "jpeg-2000-codestream": (lambda: saved(corners(), "JPEG2000", no_jp2=True), "JPEG 2000"),
    "ico": (lambda: saved(corners(), "ICO"), "ICO"),
    "psd": (lambda: b"8BPS\0\1" + bytes(60), "PSD"),
    "avif": (lambda: saved(corners(), "AVIF"), "AVIF"),
    "mp4": (lambda: _ftyp(b"isom", b"iso2", b"avc1", b"mp41"), "video"),
    "mov": (lambda: _ftyp(b"qt  "), "video"),
    "ftyp-that-lies": (lambda: b"\xff\xff\xff\xffftypmp42\0\0\0\0" + bytes(9_000), "video"),
    "webp-of-much-memory": (lambda: _riff(b"VP8X\x0a\0\0\0" + bytes(4) + b"\x9f\x0f\0\xdb\x0a\0"), "ordinary JPEG"),
    "progressive-of-much-memory": (lambda: _stretched(_progressive("4:4:4"), 6_000, 5_000), "ordinary JPEG"),
    "webm": (lambda: b"\x1a\x45\xdf\xa3" + bytes(60), "video"),
    "bmp": (lambda: solid(RED, form="BMP"), "BMP"),
    "tiff": (lambda: solid(RED, form="TIFF"), "TIFF"),
    "too-many-bytes": (lambda: solid(RED) + bytes(20_000_000), "20 MB"),
    "png-cut": (lambda: saved(noise(200, 200), "PNG")[:50_000], "breaks off"),
    "jpeg-cut": (lambda: saved(noise(200, 200), "JPEG")[:9_000], "damaged"),
    "jpeg-cut-in-header": (lambda: _jpeg()[:200], "breaks off"),
    "webp-cut": (lambda: saved(noise(200, 200), "WEBP")[:9_000], "breaks off"),
    "gif-cut": (lambda: saved(noise(200, 200, "P"), "GIF")[:9_000], "breaks off"),
    "png-magic-only": (lambda: PNG_MAGIC, "breaks off"),
    "jpeg-magic-only": (lambda: b"\xff\xd8\xff\xe0", "breaks off"),
    "webp-magic-only": (lambda: b"RIFF\x04\0\0\0WEBP", "header"),
    "gif-magic-only": (lambda: b"GIF89a", "breaks off"),
    "png-30000": (lambda: png(30_000, 30_000, pixels=b"x"), "megapixels"),
    "png-just-over": (lambda: png(8_000, 5_001, pixels=b"x"), "megapixels"),
    "png-max": (lambda: png(0xFFFF_FFFF, 0xFFFF_FFFF, pixels=b"x"), "megapixels"),
    "jpeg-65000": (_huge_jpeg, "megapixels"),
    "webp-16384": (lambda: _riff(b"VP8X\x0a\0\0\0" + bytes(4) + b"\xff\x3f\0\xff\x3f\0"), "megapixels"),
    "webp-lossless-16384": (lambda: _riff(b"VP8L\x06\0\0\0\x2f\xff\xff\xff\x0f\0"), "megapixels"),
    "gif-screen-65535": (lambda: _patched(solid(RED, form="GIF"), 6, b"\xff\xff\xff\xff"), "megapixels"),
    "gif-frame-beyond-screen": (_big_frame_gif, "megapixels"),
    "gif-without-end": (_gif_without_end, "breaks off"),
    "gif-unknown-block": (lambda: b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0, 0, 0) + b"\x99\0", "damaged"),
    "png-no-pixels": (lambda: png(0, 10), "no pixels"),
    "png-second-header": (_later_header_png, "header"),
    "png-starts-elsewhere": (lambda: PNG_MAGIC + chunk(b"tEXt", b"a\0b") + png(8, 8)[8:], "header"),
    "png-chunk-length-lies": (lambda: PNG_MAGIC + b"\x7f\xff\xff\xffIHDR" + bytes(40), "breaks off"),
    "png-bad-checksum": (_bad_checksum, "damaged"),
    "png-garbage-pixels": (lambda: png(64, 64, pixels=b"not zlib at all"), "damaged"),
    "png-too-few-pixels": (lambda: png(64, 64, pixels=zlib.compress(bytes(100))), "damaged"),
    "png-of-headers": (lambda: png(8, 8, chunk(b"tEXt", b"a\0b") * 200_000), "small parts"),
    "jpeg-of-headers": (lambda: b"\xff\xd8" + b"\xff\xe1\0\x02" * 2_000_000 + _jpeg()[2:], "small parts"),
    "jpeg-of-scans": (lambda: _jpeg_of_scans(500), "small parts"),
    "jpeg-of-noise": (lambda: b"\xff\xd8\xff" + random.Random(1).randbytes(2_000_000), ""),
    "webp-of-noise": (lambda: _riff(b"VP8 \0\x20\0\0\x30\x01\0\x9d\x01\x2a\x40\0\x40\0" + bytes(8182)), "damaged"),
    "webp-of-headers": (lambda: _riff(b"JUNK\0\0\0\0" * 500_000), "small parts"),
    "webp-length-lies": (lambda: b"RIFF\xff\xff\xff\x7fWEBPVP8 " + bytes(60), "breaks off"),
}
"""Hostile or useless files, each with a word of the sentence that refuses it (empty: any sentence)."""


@cache
def _avalanche() -> bytes:
    """200 MB of zeros, packed to 200 kB."""
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(200)), packer.flush()])


BLOATED: dict[str, Callable[[], bytes]] = {
    "bloated-text": lambda: png(8, 8, chunk(b"zTXt", b"Comment\0\0" + _avalanche())),
    "bloated-pixels": lambda: png(8, 8, pixels=_avalanche()),
    "bloated-profile": lambda: png(8, 8, chunk(b"iCCP", b"p\0\0" + _avalanche())),
}
"""Small files that unpack to something enormous beside or behind their pixels; taken or refused, but never unpacked."""


def png_text() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "SecretPlace")
    info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SecretPlace</x:xmpmeta>")
    return info
