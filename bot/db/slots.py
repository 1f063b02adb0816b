"""Reads and writes ordered references: the same columns wherever they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.db.connection import Connection, Row
from bot.domain.drafts import Slots, numbered
from bot.domain.images import StoredImage
from bot.domain.references import Reference

_COLUMNS = """place, role, filename, note, spoiler, sha256, content_type, width, height, size, marked,
    EXISTS (
        SELECT 1 FROM outputs JOIN predictions USING (prediction_id) JOIN jobs AS makers USING (job_id)
        WHERE outputs.sha256 = images.sha256 AND makers.taken_down_at IS NOT NULL AND makers.guild_id = {guild_id}
    ) AS taken_down"""


def columns(guild_id: str) -> str:
    """A reference's columns beside those of its image; `guild_id` is the column that says in which server it is used.

    A result that was hidden or deleted there is known again wherever it is used, as long as it is hidden.
    """
    return _COLUMNS.format(guild_id=guild_id)


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
            "spoiler": reference.is_spoiler,
            "of_style": reference.of_style,
        }
        connection.execute(statement, {**owner, **values})


def reference_of(row: Row) -> Reference:
    """A reference out of a row with these columns."""
    return Reference(
        row["place"],
        row["role"],
        row["filename"],
        image_of(row),
        row["note"],
        is_spoiler=bool(row["spoiler"]),
        is_marked=bool(row["marked"]),
        is_taken_down=bool(row["taken_down"]),
    )


def image_of(row: Row) -> StoredImage:
    """An image out of a row with the columns of its table."""
    return StoredImage(row["sha256"], row["content_type"], row["width"], row["height"], row["size"])
