"""File names of stored images: content hash and file ending."""

from __future__ import annotations

import re

from bot.domain.images import EXTENSIONS, StoredImage

_NAME = re.compile(rf"(?P<hash>[0-9a-f]{{64}})\.(?:{'|'.join(EXTENSIONS.values())})")


def name_of(image: StoredImage) -> str:
    """The name of an image.

    Raises:
        ValueError: its hash is none.
    """
    name = f"{image.sha256}.{image.extension}"
    if hash_in(name) is None:
        raise ValueError("not a sha256 in lower-case hex")
    return name


def hash_in(name: str) -> str | None:
    """The hash in a name; None where it is not the name of an image."""
    match = _NAME.fullmatch(name)
    return None if match is None else match["hash"]
