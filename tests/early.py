"""What has to stand before pytest imports anything else: bytecode that is kept, and temporary folders in memory."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_MEMORY = Path("/dev/shm")  # noqa: S108 - only the parent of folders with names of their own
_ROOM_BYTES = 4 * 1024**3


def _keep_bytecode() -> None:
    """Keep bytecode with pytest's own cache where Python was told to write none beside the sources.

    Compiling everything anew takes two thirds of an interpreter's start, in every worker and every bot that tests run.
    """
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(_ROOT / ".pytest_cache" / "bytecode")
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _work_in_memory() -> None:
    """Put temporary files into memory where there is room.

    Tests commit many thousand transactions, and each waits for the disk; none of them cuts the power.
    """
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


_keep_bytecode()
_work_in_memory()
