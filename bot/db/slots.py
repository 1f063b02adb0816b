"""Reads and writes ordered references: the same columns wherever they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.db.connection import Connection, Row
from bot.domain.drafts import Slots, numbered
from bot.domain.images import StoredImage
from bot.domain.jobs import Reference

COLUMNS = "place, role, filename, note, sha256, content_type, width, height, size"


def read_slots(rows: Iterable[Row]) -> Slots:
    """References out of rows in the order of their places; gaps close up."""
    return numbered(reference_of(row) for row in rows)


def write_slots(connection: Connection, statement: str, owner: Mapping[str, Any], slots: Slots) -> None:
    """Insert each reference with its owner's columns."""
    for reference in slots:
        values = {
            "place": reference.place,
            "role": reference.role,
            "filename": reference.filename,
            "sha256": reference.image.sha256,
            "note": reference.note,
        }
        connection.execute(statement, {**owner, **values})


def reference_of(row: Row) -> Reference:
    """A reference out of a row with these columns."""
    return Reference(row["place"], row["role"], row["filename"], image_of(row), row["note"])


def image_of(row: Row) -> StoredImage:
    """An image out of a row with the columns of its table."""
    return StoredImage(row["sha256"], row["content_type"], row["width"], row["height"], row["size"])
