"""A parsed image file of any format, and the errors of parsing."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from bot.domain.errors import BadImage, Fact
from bot.texts.templates import Refusal

MAX_PARTS = 50_000
"""Chunks, segments or blocks in one file: a photo has a few thousand, a file made to keep us busy has millions."""


class DamagedImage(ValueError):
    """A file that breaks the rules of its own format; whoever knows its name says so with `words` and `facts`."""

    def __init__(self, words: Refusal, /, **facts: Fact) -> None:
        super().__init__(words)
        self.words = words
        self.facts = facts

    def __str__(self) -> str:
        return str(BadImage(self.words, filename=texts.images.OUTPUT, **self.facts))


@dataclass(frozen=True, slots=True)
class Container:
    """A file taken apart.

    `still` is the same picture (of an animation: the first frame) without metadata, its pixels untouched. `width` and
    `height` are as stored, before the rotation that `exif` may ask for. `exif` is the raw EXIF block, empty if none.
    `other_frames`: the file says that there are more pictures in it. `end` is where in the file this one ends. `whole`
    is False where the format's end marker is missing: then only decoding can tell whether pixels are, too.
    `working_bytes` is what a decoder needs in memory beside the pixels that it gives back.
    """

    content_type: str
    width: int
    height: int
    animated: bool
    exif: bytes
    still: bytes
    end: int
    other_frames: bool = False
    whole: bool = True
    working_bytes: int = 0


def cut_off() -> DamagedImage:
    """What a file is told that ends too early."""
    return DamagedImage(texts.images.CUT_OFF)


def bounded(part: int) -> None:
    """Refuse a file at its part number `part` if that is absurdly many.

    Raises:
        DamagedImage: it is.
    """
    if part >= MAX_PARTS:
        raise DamagedImage(texts.images.TOO_MANY_PARTS)
