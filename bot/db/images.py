"""Which images are stored, and their URLs at the provider while those last."""

from __future__ import annotations

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.domain.clock import Instant
from bot.domain.images import StoredImage

# An image whose file is written; the same content again is the same image.
KEEP = """
INSERT INTO images (sha256, content_type, width, height, size, stored_at)
VALUES (:sha256, :content_type, :width, :height, :size, :at)
ON CONFLICT (sha256) DO UPDATE SET stored_at = excluded.stored_at
"""

UPLOADED = "SELECT url FROM uploads WHERE sha256 = :sha256 AND expires_at > :at"

# Where the provider has an image now; a fresh upload replaces an older one.
SET_UPLOADED = """
INSERT INTO uploads (sha256, url, expires_at) VALUES (:sha256, :url, :expires_at)
ON CONFLICT (sha256) DO UPDATE SET url = excluded.url, expires_at = excluded.expires_at
"""

FORGET_UPLOAD = "DELETE FROM uploads WHERE sha256 = :sha256"


class ImageStore(Store):
    """Which images we keep, and where the provider already has them."""

    @writes
    def keep(self, connection: Connection, image: StoredImage, at: Instant) -> bool:
        """Record an image whose file is written; returns whether the provider marked it when it was made here."""
        keep_image(connection, image, at)
        return bool(connection.execute(MARKED, {"sha256": image.sha256}).fetchone()["marked"])

    @reads
    def uploaded(self, connection: Connection, sha256: str, at: Instant) -> str | None:
        """Where the provider has that image, if it still does."""
        row = connection.execute(UPLOADED, {"sha256": sha256, "at": at}).fetchone()
        return None if row is None else row["url"]

    @writes
    def set_uploaded(self, connection: Connection, sha256: str, url: str, expires_at: Instant) -> None:
        """Remember where the provider has it."""
        connection.execute(SET_UPLOADED, {"sha256": sha256, "url": url, "expires_at": expires_at})

    @writes
    def forget_upload(self, connection: Connection, sha256: str) -> None:
        """The provider could not read it there."""
        connection.execute(FORGET_UPLOAD, {"sha256": sha256})


MARKED = "SELECT marked FROM images WHERE sha256 = :sha256"

MARK = "UPDATE images SET marked = 1 WHERE sha256 = :sha256"

CLEAR = """
UPDATE images SET marked = 0 WHERE sha256 IN (SELECT sha256 FROM outputs WHERE prediction_id = :prediction_id)
"""


def mark_image(connection: Connection, image: StoredImage) -> None:
    """Have an image known as marked by the provider wherever it is used."""
    connection.execute(MARK, {"sha256": image.sha256})


def clear_images(connection: Connection, prediction_id: int) -> None:
    """A moderator let a prediction's pictures be shown: they are shown like any other."""
    connection.execute(CLEAR, {"prediction_id": prediction_id})


def keep_image(connection: Connection, image: StoredImage, at: Instant) -> None:
    """Record an image whose file is written."""
    row = {
        "sha256": image.sha256,
        "content_type": image.content_type,
        "width": image.width,
        "height": image.height,
        "size": image.size,
        "at": at,
    }
    connection.execute(KEEP, row)
