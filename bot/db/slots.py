"""Reads and writes ordered references: the same columns wherever they are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.drafts import Slots, numbered
from bot.domain.images import StoredImage
from bot.domain.orders import OrderedReference

COLUMNS = "place, role, filename, note, sha256, content_type, width, height, size"


def read_slots(rows: Iterable[sqlite3.Row]) -> Slots:
    """References out of rows in the order of their places; gaps close up."""
    return numbered(_reference(row) for row in rows)


def write_slots(connection: sqlite3.Connection, statement: str, owner: Mapping[str, Any], slots: Slots) -> None:
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


def _reference(row: sqlite3.Row) -> OrderedReference:
    image = StoredImage(row["sha256"], row["content_type"], row["width"], row["height"], row["size"])
    return OrderedReference(row["place"], row["role"], row["filename"], image, row["note"])
