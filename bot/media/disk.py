"""Free disk space: below a reserve no job is taken, so that running jobs can store their pictures."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

RESERVE_BYTES = 256 * 1024 * 1024
"""Enough for the pictures and the books of all jobs that a usual server has waiting."""


class Disks:
    """The disks under the folders that a bot writes to; there may be several."""

    def __init__(self, *folders: Path, reserve_bytes: int = RESERVE_BYTES) -> None:
        self._folders = folders
        self.reserve_bytes = reserve_bytes

    async def has_room(self) -> bool:
        """Whether a new job may be taken; what is taken already must find room for its pictures whatever else comes."""
        return await asyncio.to_thread(self._has_room)

    def _has_room(self) -> bool:
        return all(shutil.disk_usage(existing(each)).free >= self.reserve_bytes for each in self._folders)


def existing(folder: Path) -> Path:
    """The folder, or the one in which it would be made: where all is kept elsewhere nothing makes DATA_DIR."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())
