"""Uploading references: by ticket and PUT, or by the older multipart form; and reading them back."""

from __future__ import annotations

from aiohttp import BodyPartReader, web

from bot.demo.provider.answers import Site
from bot.demo.provider.envelope import Json, Problem, success, write_instant
from bot.demo.provider.state import Call, Endpoint, State
from bot.demo.provider.storage import MAX_UPLOAD_BYTES, Ticket

_MEDIA_TYPES = ("image/", "video/", "audio/")
_OCTETS = "application/octet-stream"


async def ticket(state: State, call: Call) -> web.Response:
    """Give out leave to PUT one file (page *Upload Files*)."""
    fields = call.json()
    filename, size = fields.get("filename"), fields.get("size")
    content_type = fields.get("content_type", _OCTETS)
    if not isinstance(filename, str) or not filename:
        raise Problem(400, "Missing parameter: filename")
    if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
        raise Problem(400, "Invalid parameter: size must be a positive integer")
    if size > MAX_UPLOAD_BYTES:
        raise Problem(413, "File size exceeds the 200 MB limit")
    if not isinstance(content_type, str) or not content_type.startswith((*_MEDIA_TYPES, _OCTETS)):
        raise Problem(400, "Invalid file format")
    given = state.storage.ticket(filename, size, content_type, state.clock.now())
    upload: Json = {
        "method": "PUT",
        "url": f"{state.origin}{given.path}?signature={given.signature}",
        "headers": {"Content-Type": content_type, "If-None-Match": "*"},
        "expires_at": write_instant(given.expires_at),
    }
    return success({**_described(state, given), "upload": upload})


async def put(state: State, call: Call) -> web.Response:
    """Take the bytes of a ticket as object storage does: signed, once, exactly as announced, without the key."""
    found = state.storage.tickets.get(call.part("ticket_id"))
    if found is None or not _signed(call.request, found):
        return _storage_error(403, "SignatureDoesNotMatch")
    if "Authorization" in call.request.headers:
        return _storage_error(400, "InvalidArgument")
    if state.clock.now() >= found.expires_at:
        return _storage_error(403, "AccessDenied")
    if len(call.body) != found.size:
        return _storage_error(400, "IncompleteBody" if len(call.body) < found.size else "EntityTooLarge")
    if found.path in state.storage.uploads:
        return _storage_error(412, "PreconditionFailed")
    state.storage.store(found, call.body, state.clock.now())
    return web.Response()


async def multipart(state: State, call: Call) -> web.Response:
    """Take a file in the form field `file`, the flow from before the tickets."""
    if not call.request.content_type.startswith("multipart/"):
        raise Problem(400, "Invalid request body: expected multipart/form-data")
    reader = await call.request.multipart()
    while (part := await reader.next()) is not None:
        if isinstance(part, BodyPartReader) and part.name == "file":
            content_type = part.headers.get("Content-Type", _OCTETS)
            return _keep(state, part.filename or "upload", content_type, bytes(await part.read()))
    raise Problem(400, "Missing parameter: file")


async def read_back(state: State, call: Call) -> web.Response:
    """Serve an uploaded file; asks for no key."""
    upload = state.storage.read(call.request.path, state.clock.now())
    if upload is None:
        return _storage_error(404, "NoSuchKey")
    return web.Response(body=upload.content, content_type=upload.content_type)


def _signed(request: web.Request, given: Ticket) -> bool:
    """Whether address and headers are those of the ticket."""
    announced = (given.path, given.signature, given.content_type, "*")
    return announced == (
        request.path,
        request.rel_url.query.get("signature"),
        request.headers.get("Content-Type"),
        request.headers.get("If-None-Match"),
    )


def _keep(state: State, filename: str, content_type: str, content: bytes) -> web.Response:
    now = state.clock.now()
    given = state.storage.ticket(filename, len(content), content_type, now)
    state.storage.store(given, content, now)
    return success(_described(state, given))


def _described(state: State, given: Ticket) -> Json:
    kind = given.content_type.partition("/")[0]
    return {
        "type": kind if kind in {"image", "video", "audio"} else "file",
        "download_url": f"{state.origin}{given.path}",
        "filename": given.filename,
        "size": given.size,
    }


def _storage_error(status: int, code: str) -> web.Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return web.Response(status=status, text=body, content_type="application/xml")


_FILE = "/media/{ticket_id}/{filename}"
ENDPOINTS = (
    Endpoint("POST", "/api/v3/media/uploads", ticket, Site.TICKET),
    Endpoint("POST", "/api/v3/media/upload/binary", multipart, Site.MULTIPART, reads_body=False),
    Endpoint("PUT", _FILE, put, Site.PUT, keyed=False),
    Endpoint("GET", _FILE, read_back, keyed=False),
)
