"""Temporary files of tests in memory: they commit many thousand times, and each commit waits for the disk elsewhere."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - only the parent of folders with names of their own
_ROOM_BYTES = 4 * 1024**3


def work_in_memory() -> None:
    """Let this process, and all that it starts, have its temporary files there; no test of them cuts the power."""
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None
