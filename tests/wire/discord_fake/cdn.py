"""The CDN: keeps every file, signs addresses for a day, answers 404 when a signature is wrong or expired."""

from __future__ import annotations

import hashlib
import hmac
import io
import mimetypes
from urllib.parse import quote

from aiohttp import web
from PIL import Image, UnidentifiedImageError

from bot.domain.clock import SECOND, Clock
from tests.wire.discord_fake.ids import Snowflakes
from tests.wire.discord_fake.shapes import Json
from tests.wire.discord_fake.world import Attachment

_KEY = b"the fake's own signing key"
FILE = "GET file"
"""The route by which a fault is planted at the CDN."""

LINK_LIFETIME = 24 * 3600
"""Seconds between `is` and `ex`, as in Discord's example of a signed address."""


class Cdn:
    """Files by id; `base` is set once the server knows its port."""

    def __init__(self, clock: Clock, ids: Snowflakes) -> None:
        self.base = ""
        self.lifetime: int = LINK_LIFETIME
        self.files: dict[int, Attachment] = {}
        self.served: list[int] = []
        """Ids of the files served, in order."""
        self._clock = clock
        self._ids = ids

    def store(
        self,
        channel_id: int,
        filename: str,
        data: bytes,
        *,
        content_type: str | None = None,
        ephemeral: bool = False,
        description: str | None = None,
    ) -> Attachment:
        """Keep a file under a new id; a picture's size is read from its header."""
        kind = content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream"
        width, height = _size(data)
        attachment = Attachment(
            self._ids.mint(), channel_id, filename, data, kind, width, height, ephemeral, description
        )
        self.files[attachment.id] = attachment
        return attachment

    def url(self, attachment: Attachment) -> str:
        """Sign an address that lives from now on for a day."""
        folder = "ephemeral-attachments" if attachment.ephemeral else "attachments"
        path = f"/{folder}/{attachment.channel_id}/{attachment.id}/{quote(attachment.filename)}"
        issued = self._clock.now() // SECOND
        expires = issued + self.lifetime
        return f"{self.base}{path}?ex={expires:x}&is={issued:x}&hm={_sign(path, expires, issued)}&"

    def payload(self, attachment: Attachment) -> Json:
        """Build the attachment object, with a fresh address."""
        url = self.url(attachment)
        payload: Json = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": len(attachment.data),
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
        }
        if attachment.width is not None:
            payload |= {"width": attachment.width, "height": attachment.height}
        if attachment.ephemeral:
            payload["ephemeral"] = True
        if attachment.description:
            payload["description"] = attachment.description
        return payload

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a GET of a signed address."""
        try:
            expires, issued = int(request.query["ex"], 16), int(request.query["is"], 16)
        except (KeyError, ValueError):
            return _gone()
        path = quote(request.path)
        attachment = self.files.get(int(request.match_info["attachment_id"]))
        genuine = hmac.compare_digest(_sign(path, expires, issued), request.query.get("hm", ""))
        if attachment is None or not genuine or self._clock.now() // SECOND >= expires:
            return _gone()
        self.served.append(attachment.id)
        return web.Response(body=attachment.data, headers={"Content-Type": attachment.content_type})

    def forget(self, attachment: Attachment) -> None:
        """Remove a file, as Discord does with ephemeral ones after a while."""
        self.files.pop(attachment.id, None)


def _gone() -> web.Response:
    return web.Response(status=404, text="This content is no longer available.")


def _sign(path: str, expires: int, issued: int) -> str:
    return hmac.new(_KEY, f"{path}:{expires}:{issued}".encode(), hashlib.sha256).hexdigest()


def _size(data: bytes) -> tuple[int | None, int | None]:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError):
        return None, None
