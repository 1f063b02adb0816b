"""Copies a SQLite database while it is in use, and verifies the copy."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.db.database import BadBackup
from bot.db.invariants import violations


def back_up(target: Path, connection: sqlite3.Connection) -> None:
    """Copy beside the target's name, which the copy takes only when it has passed.

    Raises:
        BadBackup: the copy did not pass its checks, or the file exists already, or its folder does not.
    """
    if target.exists():
        raise BadBackup(f"There is a file {target} already.", advice="Choose another name.")
    if not target.parent.is_dir():
        raise BadBackup(f"There is no folder {target.parent}.", advice="Make it, or choose another one.")
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(unfinished)) as copy:
            connection.backup(copy)
            _check(copy)
        unfinished.replace(target)
    except (OSError, sqlite3.OperationalError) as error:
        raise BadBackup(
            f"{target} could not be written: {error}.", advice="See that I may write there and that the disk has room."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _check(copy: sqlite3.Connection) -> None:
    integrity: str = copy.execute("PRAGMA integrity_check").fetchone()[0]
    broken = [*violations(copy)] if integrity == "ok" else [integrity]
    if broken:
        raise BadBackup(f"The copy is not sound: {broken[0]}.")
