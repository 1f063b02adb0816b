"""What lies beside a SQLite file whose books were moved elsewhere: no bot goes on with it by mistake.

It would send the jobs a second time that are sent from the other database by now.
"""

from __future__ import annotations

from pathlib import Path

from bot.db.database import UnusableDatabase


def mark_moved(database: Path, name: str) -> None:
    """Note to where the books of a file were moved; `name` is an address as a person may read it."""
    _note(database).write_text(f"{name}\n", encoding="utf-8")


def see_not_moved(database: Path) -> None:
    """Refuse a file whose books were moved, until somebody takes the note away.

    Raises:
        UnusableDatabase: they were.
    """
    note = _note(database)
    if note.exists():
        raise UnusableDatabase(
            f"The books in {database} were moved to {note.read_text(encoding='utf-8').strip()}: put that address into"
            f" DATABASE_URL. To go back to the file as it was then, stop every worker there and delete {note}."
        )


def _note(database: Path) -> Path:
    return database.with_name(f"{database.name}.moved")
