"""Stores images as files named by content hash, written atomically."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from bot.domain.images import CannotKeepImages, CheckedImage, ImageNotKept, StoredImage
from bot.durable_file import UNFINISHED, sync_folder, write_durably
from bot.media.names import hash_in, name_of

ABANDONED_SECONDS = 3_600
"""An unfinished file of another process is one that a crash left once nobody has written to it for so long."""


class FileVault:
    """Implements `ImageVault` with files under `root`, in a folder for each first two digits of the hash.

    Several processes, and hosts that share the folder, may use it at once.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    async def prepare(self) -> None:
        """Make the folder and clear away what a crash left unfinished, but not what somebody else is writing.

        Raises:
            CannotKeepImages: the folder cannot be made or read.
        """
        await asyncio.to_thread(self._prepare)

    async def keep(self, image: CheckedImage) -> StoredImage:
        """See `ImageVault.keep`."""
        return await asyncio.to_thread(self._keep, image)

    async def read(self, image: StoredImage) -> bytes:
        """See `ImageVault.read`."""
        return await asyncio.to_thread(self._read, image)

    async def has(self, image: StoredImage) -> bool:
        """See `ImageVault.has`."""
        return await asyncio.to_thread(self._has, image)

    async def older_than(self, seconds: float) -> tuple[str, ...]:
        """See `ImageVault.older_than`; by the machine's clock."""
        return await asyncio.to_thread(self._older_than, seconds)

    async def let_go(self, names: Iterable[str], *, unless_kept_within: float) -> None:
        """See `ImageVault.let_go`."""
        await asyncio.to_thread(self._let_go, tuple(names), unless_kept_within)

    def path(self, image: StoredImage) -> Path:
        """Where an image lies.

        Raises:
            ValueError: the hash is none.
        """
        return self._path(name_of(image))

    def _path(self, name: str) -> Path:
        if hash_in(name) is None:
            raise ValueError("not named after a sha256 in lower-case hex")
        return self._root / name[:2] / name

    def _let_go(self, names: tuple[str, ...], unless_kept_within: float) -> None:
        before = time.time() - unless_kept_within
        for path in map(self._path, names):
            if _changed(path) <= before:
                path.unlink(missing_ok=True)

    def _older_than(self, seconds: float) -> tuple[str, ...]:
        before = time.time() - seconds
        return tuple(path.name for path in self._root.glob("*/*") if hash_in(path.name) and _changed(path) < before)

    def _prepare(self) -> None:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            for unfinished in self._root.glob(f"*/*{UNFINISHED}"):
                if _changed(unfinished) < time.time() - ABANDONED_SECONDS:
                    unfinished.unlink(missing_ok=True)
        except OSError as error:
            raise _cannot_keep(error) from error

    def _keep(self, image: CheckedImage) -> StoredImage:
        digest = sha256(image.content).hexdigest()
        stored = StoredImage(digest, image.content_type, image.width, image.height, len(image.content))
        path = self.path(stored)
        try:
            if not (_holds(path, image.content) and _touched(path)):
                _write(path, image.content)
        except OSError as error:
            raise _cannot_keep(error) from error
        return stored

    def _has(self, image: StoredImage) -> bool:
        try:
            return self.path(image).stat().st_size == image.size
        except FileNotFoundError:
            return False

    def _read(self, image: StoredImage) -> bytes:
        try:
            content = self.path(image).read_bytes()
        except FileNotFoundError as error:
            raise ImageNotKept from error
        if sha256(content).hexdigest() != image.sha256:
            raise ImageNotKept
        return content


def _cannot_keep(error: OSError) -> CannotKeepImages:
    return CannotKeepImages(error.strerror or type(error).__name__)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _holds(path: Path, content: bytes) -> bool:
    """Whether the file is there and whole; a damaged one is written anew."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _touched(path: Path) -> bool:
    """Say that the file is wanted again; False if it went away meanwhile."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _write(path: Path, content: bytes) -> None:
    """Write beside the place, sync, move into place, sync the folders: after a power cut it is all there or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, content)
    sync_folder(path.parent.parent)
