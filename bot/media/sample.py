"""The sample picture that comes with the package: a fox, drawn for it, so that anybody may use it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.domain.images import CheckedImage

_SIDE = 640


@cache
def sample_image() -> CheckedImage:
    """The picture as if somebody had sent it and it had been checked."""
    return CheckedImage(Path(__file__).with_name("sample.png").read_bytes(), "image/png", _SIDE, _SIDE)
