"""Uploaded files and the tickets for uploading them, kept in memory for the provider's seven days."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from random import Random

from PIL import Image, UnidentifiedImageError

from bot.demo.provider.predictions import RETENTION
from bot.domain.clock import HOUR, Instant

MAX_UPLOAD_BYTES = 200 * 1024 * 1024
"""The official packages refuse more by themselves."""

TICKET_LIFE = HOUR

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to PUT one file, once, exactly as announced, before `expires_at`."""

    id: str
    signature: str
    filename: str
    size: int
    content_type: str
    expires_at: Instant

    @property
    def path(self) -> str:
        """Where the file is put, and later read, below the server's origin."""
        return f"/media/{self.id}/{_UNSAFE.sub('_', self.filename)[-80:].lstrip('.') or 'file'}"


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """A stored file."""

    content: bytes
    content_type: str
    stored_at: Instant


@dataclass(slots=True)
class Storage:
    """The tickets given out and the files that came."""

    rng: Random
    tickets: dict[str, Ticket] = field(default_factory=dict[str, Ticket])
    uploads: dict[str, StoredUpload] = field(default_factory=dict[str, StoredUpload])

    def ticket(self, filename: str, size: int, content_type: str, now: Instant) -> Ticket:
        """Give out leave for one file."""
        ticket = Ticket(
            id=f"{self.rng.getrandbits(96):024x}",
            signature=f"{self.rng.getrandbits(160):040x}",
            filename=filename,
            size=size,
            content_type=content_type,
            expires_at=now + TICKET_LIFE,
        )
        self.tickets[ticket.id] = ticket
        return ticket

    def store(self, ticket: Ticket, content: bytes, now: Instant) -> None:
        """Keep the file of a ticket."""
        self.uploads[ticket.path] = StoredUpload(content, ticket.content_type, now)

    def read(self, path: str, now: Instant) -> StoredUpload | None:
        """The file at a path below the origin, while it is kept."""
        upload = self.uploads.get(path)
        return upload if upload is not None and now < upload.stored_at + RETENTION else None


def is_picture(content: bytes) -> bool:
    """Whether Pillow can decode this whole file; slow, for a thread."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True
