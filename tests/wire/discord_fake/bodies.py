"""Reads a request's body: JSON, or a multipart form with `payload_json` and `files[n]`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.wire.discord_fake.errors import Problem, invalid_form


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in."""

    filename: str
    data: bytes
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON (None if there is none) and the files by the number in their field's name."""

    data: Any = None
    files: dict[int, Upload] = field(default_factory=dict[int, Upload])


async def read_body(request: web.Request) -> Body:
    """Read a body whole.

    Raises:
        ApiError: 50035 when it is no JSON or a part's name is wrong.
    """
    if request.content_type != "multipart/form-data":
        return Body(_loads(await request.read()))
    data: Any = None
    files: dict[int, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise invalid_form(Problem("body", "MULTIPART_NESTED", "A part is itself multipart"))
        content = bytes(await part.read(decode=True))
        number = re.fullmatch(r"files\[(\d+)\]", part.name or "")
        if part.name == "payload_json":
            data = _loads(content)
        elif number:
            files[int(number[1])] = Upload(part.filename or "unknown", content, part.headers.get("Content-Type"))
        else:
            raise invalid_form(Problem("body", "MULTIPART_FIELD", f"No form field {part.name!r} is known"))
    return Body(data, files)


def _loads(content: bytes) -> Any:
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError as error:
        raise invalid_form(Problem("body", "INVALID_JSON", "The request body contains invalid JSON.")) from error
