"""The shapes of WaveSpeed's REST API v3, read leniently: an odd answer becomes data or `Unreadable`, never a crash."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, NoReturn, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

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


# Lenient readers: each takes anything and returns its type or the type's nothing --------------------------------------


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    well_formed = value.encode(errors="replace").decode()
    return _CONTROL.sub(" ", well_formed).strip()


def _integer(value: object) -> int | None:
    if isinstance(value, Decimal) and abs(value) <= _MAX_INTEGER and value == int(value):
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_INTEGER:
        return value
    return None


def _dollars(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return None
    return amount if amount.is_finite() and abs(amount) <= _MAX_DOLLARS else None


def _identifier(value: object) -> str | None:
    return value if isinstance(value, str) and PREDICTION_ID.fullmatch(value) else None


def _address(value: object) -> str | None:
    found = value if isinstance(value, str) else _mapping(value).get("url")
    if not isinstance(found, str) or not found.isascii() or not found.startswith(("https://", "http://")):
        return None
    return found if found == _text(found) and " " not in found else None


def _addresses(value: object) -> tuple[str | None, ...]:
    if isinstance(value, str):
        return (_address(value),) if value else ()
    return tuple(_address(item) for item in cast("list[object]", value)) if isinstance(value, list) else ()


def _flags(value: object) -> tuple[bool, ...] | None:
    if not isinstance(value, list):
        return None
    flags = [flag for flag in cast("list[object]", value) if isinstance(flag, bool)]
    return tuple(flags) if len(flags) == len(cast("list[object]", value)) else None


def _instant(value: object) -> Instant | None:
    number = _dollars(value) if isinstance(value, int | Decimal) else None
    if isinstance(value, int) and not isinstance(value, bool) and _SECONDS_UNTIL <= value < _SECONDS_UNTIL * SECOND:
        return value
    if number is not None:
        return int(number * SECOND) if number >= 0 else None
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        elapsed = aware - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return max(0, (elapsed.days * 86_400 + elapsed.seconds) * SECOND + elapsed.microseconds // 1_000)


def _message(value: object, depth: int = 0) -> str:
    """Gather the words of `error`, which may be text, a list, or an object with its own `message` or `msg`."""
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        parts = [_message(part, depth + 1) for part in cast("list[object]", value)]
    else:
        inner = _mapping(value)
        parts = [_message(inner.get(key), depth + 1) for key in ("message", "msg", "error", "detail")]
    return "; ".join(part for part in parts if part)


def _headers(value: object) -> dict[str, str] | None:
    """Take headers that can be sent as they stand; None where one cannot."""
    headers: dict[str, str] = {}
    for name, content in _mapping(value).items():
        if not _HEADER_NAME.fullmatch(name) or not isinstance(content, str) or content != _text(content):
            return None
        headers[name] = content
    return headers


def _items(value: object) -> tuple[Mapping[str, object], ...]:
    """Take a list of objects; null is an empty list, as Go writes it."""
    if value is not None and not isinstance(value, list):
        raise Unreadable("items is no list")
    items = [_mapping(item) for item in cast("list[object]", value or [])]
    if not all(items):
        raise Unreadable("an item that is no object")
    return tuple(items)


_Text = Annotated[str, BeforeValidator(_text)]
_Integer = Annotated[int | None, BeforeValidator(_integer)]
_Dollars = Annotated[Decimal | None, BeforeValidator(_dollars)]
_Identifier = Annotated[str | None, BeforeValidator(_identifier)]
_Address = Annotated[str | None, BeforeValidator(_address)]
_Instant = Annotated[int | None, BeforeValidator(_instant)]
_Message = Annotated[str, BeforeValidator(_message)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


_Shape = TypeVar("_Shape", bound=_Wire)


def read(shape: type[_Shape], value: object) -> _Shape:
    """Read a JSON value as that shape.

    Raises:
        Unreadable: not an object.
    """
    if not isinstance(value, dict):
        raise Unreadable(f"{shape.__name__}: not an object")
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        raise Unreadable(f"{shape.__name__}: {error.error_count()} fields") from None


# The shapes -----------------------------------------------------------------------------------------------------------


class _Timings(_Wire):
    inference: _Integer = None


class Prediction(_Wire):
    """One prediction as submit, result and list show it; `outputs` holds None where an address is unusable."""

    id: _Identifier = None
    model: _Text = ""
    status: _Text = ""
    code: _Integer = None
    error: _Message = ""
    outputs: Annotated[tuple[str | None, ...], BeforeValidator(_addresses)] = ()
    has_nsfw_contents: Annotated[tuple[bool, ...] | None, BeforeValidator(_flags)] = None
    created_at: _Instant = None
    execution_ms: _Integer = Field(default=None, alias="executionTime")
    timings: Annotated[_Timings, BeforeValidator(_mapping)] = _Timings()


class Ticket(_Wire):
    """Where an upload goes, with which headers."""

    method: _Text = ""
    url: _Address = None
    headers: Annotated[dict[str, str] | None, BeforeValidator(_headers)] = Field(default_factory=dict)


class Upload(_Wire):
    """An uploaded file's public address, and before that the ticket to upload it."""

    download_url: _Address = None
    upload: Annotated[Ticket, BeforeValidator(_mapping)] = Ticket()


class Price(_Wire):
    """A live quote in dollars."""

    price: _Dollars = None
    discounted_price: _Dollars = None


class Balance(_Wire):
    """What the account holds, in dollars."""

    balance: _Dollars = None


class ListedModel(_Wire):
    """One entry of the model list."""

    model_id: _Text = ""
    base_price: _Dollars = None


class _Billed(_Wire):
    uuid: _Identifier = None


class BillingLine(_Wire):
    """One line of the account's billing; `price` is in dollars."""

    billing_type: _Text = ""
    price: _Dollars = None
    created_at: _Instant = None
    prediction: Annotated[_Billed, BeforeValidator(_mapping)] = _Billed()


class Deleted(_Wire):
    """How many predictions were deleted."""

    deleted_count: _Integer = None


class Listing(_Wire):
    """One page of a list. `has_more` and `total` are absent from some lists."""

    items: Annotated[tuple[Mapping[str, object], ...], BeforeValidator(_items)]
    has_more: Annotated[bool | None, BeforeValidator(lambda value: value if isinstance(value, bool) else None)] = None
    total: _Integer = None

    def ends_at(self, seen: int) -> bool:
        """Whether the provider itself says that nothing follows after `seen` items."""
        return self.has_more is False or (self.has_more is None and self.total is not None and 0 < self.total <= seen)


def item_key(item: Mapping[str, object]) -> str:
    """The id by which a repeated list item is recognised.

    Raises:
        Unreadable: it has none, so that the list cannot be trusted to be whole.
    """
    key = _identifier(item.get("uuid") or item.get("id"))
    if key is None:
        raise Unreadable("a list item without id")
    return key


def listed_models(value: object) -> Sequence[ListedModel]:
    """Read the model list, leaving out entries without an id.

    Raises:
        Unreadable: not a list of objects.
    """
    return [model for item in _items(value) if (model := read(ListedModel, item)).model_id]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the API, opened: HTTP status, the envelope's own code, all its words, and the data.

    `retry_after` is in seconds.
    """

    status: int
    code: int | None
    text: str
    data: object
    retry_after: float | None = None

    @property
    def verdict(self) -> int:
        """The code that decides: the HTTP status, or within a 2xx the envelope's `code` where it disagrees."""
        accepted = range(200, 300)
        return self.status if self.status not in accepted or self.code is None or self.code == 0 else self.code


def open_envelope(status: int, body: bytes, retry_after: float | None = None) -> Answer:
    """Open `{code, message, data}`; errors may use `error`, `detail`, `errors` or `error_code` beside or instead.

    Raises:
        Unreadable: not a JSON object.
    """
    content = parse_json(body)
    if not isinstance(content, dict):
        raise Unreadable("not an object")
    fields = cast("dict[str, object]", content)
    data = fields.get("data")
    words = [_message(fields.get(key)) for key in ("message", "error", "detail", "errors", "error_code")]
    words.append(_message(_mapping(data).get("error")))
    text = "; ".join(dict.fromkeys(word for word in words if word))
    return Answer(status, _integer(fields.get("code")), text, data, retry_after)
