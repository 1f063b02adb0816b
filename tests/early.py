"""What has to stand before pytest imports anything else: bytecode that is kept, and temporary folders in memory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.in_memory import work_in_memory

_ROOT = Path(__file__).parents[1]


def _keep_bytecode() -> None:
    """Keep bytecode with pytest's own cache where Python was told to write none beside the sources.

    Compiling everything anew takes two thirds of an interpreter's start, in every worker and every bot that tests run.
    """
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(_ROOT / ".pytest_cache" / "bytecode")
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


_keep_bytecode()
work_in_memory()
