"""The frame around every answer of the API, `{code, message, data}`, and the instants written inside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, cast

from aiohttp import web

from bot.domain.clock import Instant

Json: TypeAlias = dict[str, object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Problem(Exception):
    """A request that the API refuses, with the HTTP status and the words that go into the envelope."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def response(self) -> web.Response:
        """The refusal as it goes over the wire."""
        return failure(self.status, self.message)


def success(data: object) -> web.Response:
    """An answer with data, as the page *Submit Task* shows it."""
    return as_json({"code": 200, "message": "success", "data": data})


def failure(
    status: int, message: str, *, code: int | None = None, headers: Mapping[str, str] | None = None, **extra: object
) -> web.Response:
    """A refusal: `code` repeats the HTTP status unless given, `extra` are further fields such as `error_code`."""
    frame: Json = {"code": status if code is None else code, "message": message, **extra}
    return as_json(frame, status=status, headers=headers)


def as_json(frame: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Any value as a JSON body."""
    return web.Response(
        body=json.dumps(frame).encode(), status=status, headers=headers, content_type="application/json"
    )


def read_json(body: bytes) -> Json:
    """Read a request's body as a JSON object; an empty body is an empty object.

    Raises:
        Problem: 400, it is something else.
    """
    try:
        parsed: object = json.loads(body or b"{}", parse_constant=_refuse_constant)
    except ValueError as error:
        raise Problem(400, "Invalid request body: not JSON") from error
    if not isinstance(parsed, dict):
        raise Problem(400, "Invalid request body: expected an object")
    return cast("Json", parsed)


def write_instant(at: Instant, nanoseconds: int = 0) -> str:
    """Print an instant with nine decimals, as the API does: `2025-05-19T06:09:15.948268264Z`.

    `nanoseconds` (0-999,999) are those below the millisecond.
    """
    moment = _EPOCH + at * _MILLISECOND
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}{nanoseconds:06d}Z"


def read_instant(fields: Json, name: str) -> Instant | None:
    """Read an optional RFC 3339 time from a request.

    Raises:
        Problem: 400, it is no such time or carries no zone.
    """
    text = fields.get(name)
    if text is None or text == "":
        return None
    try:
        moment = datetime.fromisoformat(str(text))
        return (moment - _EPOCH) // _MILLISECOND
    except (ValueError, TypeError) as error:
        raise Problem(400, f"Invalid parameter: {name} must be an RFC 3339 time") from error


def read_count(fields: Json, name: str, *, default: int, maximum: int) -> int:
    """Read an optional whole number from 1 to `maximum`.

    Raises:
        Problem: 400, it is something else.
    """
    value = fields.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= maximum:
        raise Problem(400, f"Invalid parameter: {name} must be a whole number from 1 to {maximum}")
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(name)
