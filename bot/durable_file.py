"""Writes a file so that after a crash or a power cut the old content or the new one stands there whole."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

UNFINISHED = ".part"
"""How the name of a file ends that was not yet moved into its place."""


def write_durably(path: Path, content: bytes) -> None:
    """Write beside the place, sync, move into place, sync the folder; only this user may read what is written.

    Raises:
        OSError: it cannot be written; what stood there stands there still.
    """
    with NamedTemporaryFile(dir=path.parent, suffix=UNFINISHED, delete=False) as file:  # mode 0600
        unfinished = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            file.close()  # Windows moves no open file
            unfinished.replace(path)
        except (OSError, KeyboardInterrupt):  # after Ctrl-C too: what is left over may hold a secret
            file.close()
            unfinished.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe against a power cut."""
    if sys.platform == "win32":  # there a folder cannot be opened; NTFS keeps its own journal of names
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
