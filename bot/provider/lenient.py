"""Lenient JSON readers: each returns its type, or an empty value where the JSON is odd."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import NoReturn, cast

from bot.domain.clock import SECOND, Instant

PREDICTION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What may stand as an id in a path of ours; real ones are 32 hexadecimal characters."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_MAX_INTEGER = 10**9
_MAX_DOLLARS = Decimal(10**9)
_MAX_DEPTH = 4
_SECONDS_UNTIL = 10**11
"""A bare number below this is seconds since 1970 (year 5138), above it milliseconds."""


class Unreadable(ValueError):
    """An answer that is no JSON, or lacks what it is for."""


def parse_json(body: bytes) -> object:
    """Parse a body, with every fraction as a Decimal, so that no price passes through a binary float.

    Raises:
        Unreadable: not JSON, NaN or Infinity, absurdly deep or long numbers.
    """
    try:
        return cast("object", json.loads(body, parse_float=Decimal, parse_constant=_no_constant))
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Unreadable(f"not JSON ({type(error).__name__})") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def mapping(value: object) -> Mapping[str, object]:
    """An object, or an empty one."""
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def text(value: object) -> str:
    """Well-formed text without control characters, or none."""
    if not isinstance(value, str):
        return ""
    well_formed = value.encode(errors="replace").decode()
    return _CONTROL.sub(" ", well_formed).strip()


def integer(value: object) -> int | None:
    """A whole number of at most nine digits, also written as text or as a fraction of zero."""
    if isinstance(value, Decimal) and abs(value) <= _MAX_INTEGER and value == int(value):
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_INTEGER:
        return value
    return None


def dollars(value: object) -> Decimal | None:
    """An amount in dollars, exact, of at most a billion either way."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return None
    return amount if amount.is_finite() and abs(amount) <= _MAX_DOLLARS else None


def identifier(value: object) -> str | None:
    """An id that may stand in a path of ours."""
    return value if isinstance(value, str) and PREDICTION_ID.fullmatch(value) else None


def address(value: object) -> str | None:
    """An http(s) address, given as text or as an object with a `url`."""
    found = value if isinstance(value, str) else mapping(value).get("url")
    if not isinstance(found, str) or not found.isascii() or not found.startswith(("https://", "http://")):
        return None
    return found if found == text(found) and " " not in found else None


def addresses(value: object) -> tuple[str | None, ...]:
    """A list of addresses, or a single one; None in the place of each that is unusable."""
    if isinstance(value, str):
        return (address(value),) if value else ()
    return tuple(address(item) for item in cast("list[object]", value)) if isinstance(value, list) else ()


def instant(value: object) -> Instant | None:
    """A time in milliseconds since 1970, from ISO 8601 (any number of decimals; UTC unless said) or a bare number."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if not 0 <= value < _SECONDS_UNTIL * SECOND:
            return None
        return int(value * SECOND) if value < _SECONDS_UNTIL else int(value)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        elapsed = aware - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return max(0, (elapsed.days * 86_400 + elapsed.seconds) * SECOND + elapsed.microseconds // 1_000)


def message(value: object, depth: int = 0) -> str:
    """Gather the words of `error`, which may be text, a list, or an object with its own `message` or `msg`."""
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        parts = [message(part, depth + 1) for part in cast("list[object]", value)]
    else:
        inner = mapping(value)
        parts = [message(inner[key], depth + 1) for key in ("message", "msg", "error", "detail") if key in inner]
    return "; ".join(part for part in parts if part)


def headers(value: object) -> dict[str, str] | None:
    """Take headers that can be sent as they stand; None where one cannot."""
    headers: dict[str, str] = {}
    for name, content in mapping(value).items():
        if not _HEADER_NAME.fullmatch(name) or not isinstance(content, str) or content != text(content):
            return None
        headers[name] = content
    return headers


def items(value: object) -> tuple[Mapping[str, object], ...]:
    """Take a list of objects; null is an empty list, as Go writes it."""
    if value is not None and not isinstance(value, list):
        raise Unreadable("items is no list")
    items = [mapping(item) for item in cast("list[object]", value or [])]
    if not all(items):
        raise Unreadable("an item that is no object")
    return tuple(items)
