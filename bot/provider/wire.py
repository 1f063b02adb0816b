"""The shapes of WaveSpeed's REST API v3, read leniently: an odd answer becomes data or `Unreadable`, never a crash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.drift import ListedSchema
from bot.provider import lenient

_Text = Annotated[str, BeforeValidator(lenient.text)]
_Integer = Annotated[int | None, BeforeValidator(lenient.integer)]
_Dollars = Annotated[Decimal | None, BeforeValidator(lenient.dollars)]
_Identifier = Annotated[str | None, BeforeValidator(lenient.identifier)]
_Address = Annotated[str | None, BeforeValidator(lenient.address)]
_Instant = Annotated[int | None, BeforeValidator(lenient.instant)]
_Message = Annotated[str, BeforeValidator(lenient.message)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


_Shape = TypeVar("_Shape", bound=_Wire)


def read(shape: type[_Shape], value: object) -> _Shape:
    """Read a JSON value as that shape.

    Raises:
        Unreadable: not an object.
    """
    if not isinstance(value, dict):
        raise lenient.Unreadable(f"{shape.__name__}: not an object")
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        raise lenient.Unreadable(f"{shape.__name__}: {error.error_count()} fields") from None


# The shapes -----------------------------------------------------------------------------------------------------------


class Prediction(_Wire):
    """One prediction as submit, result and list show it; `outputs` holds None where an address is unusable.

    `has_nsfw_contents` is whatever was sent: what it means is read in one place, `bot.domain.marks`.
    """

    id: _Identifier = None
    model: _Text = ""
    status: _Text = ""
    code: _Integer = None
    error: _Message = ""
    outputs: Annotated[tuple[str | None, ...], BeforeValidator(lenient.addresses)] = ()
    has_nsfw_contents: object = None
    created_at: _Instant = None


class Ticket(_Wire):
    """Where an upload goes, with which headers."""

    method: _Text = ""
    url: _Address = None
    headers: Annotated[dict[str, str] | None, BeforeValidator(lenient.headers)] = Field(default_factory=dict)


class Upload(_Wire):
    """An uploaded file's public address, and before that the ticket to upload it."""

    download_url: _Address = None
    upload: Annotated[Ticket, BeforeValidator(lenient.mapping)] = Ticket()


class Price(_Wire):
    """A live quote in dollars."""

    price: _Dollars = None
    discounted_price: _Dollars = None


class Balance(_Wire):
    """What the account holds, in dollars."""

    balance: _Dollars = None


class WebhookSecret(_Wire):
    """Under what the account's webhooks are signed."""

    secret: _Text = ""


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
    prediction: Annotated[_Billed, BeforeValidator(lenient.mapping)] = _Billed()


class Deleted(_Wire):
    """How many predictions were deleted."""

    deleted_count: _Integer = None


class Listing(_Wire):
    """One page of a list. `has_more` and `total` are absent from some lists."""

    items: Annotated[tuple[Mapping[str, object], ...], BeforeValidator(lenient.items)]
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
    key = lenient.identifier(item.get("uuid") or item.get("id"))
    if key is None:
        raise lenient.Unreadable("a list item without id")
    return key


def listed_models(value: object) -> Sequence[ListedModel]:
    """Read the model list, leaving out entries without an id.

    Raises:
        Unreadable: not a list of objects.
    """
    return [model for item in lenient.items(value) if (model := read(ListedModel, item)).model_id]


def listings(value: object) -> Sequence[ListedSchema]:
    """Read the model list with each model's inputs: of its schemas the one of a run, which others may stand beside.

    Raises:
        Unreadable: not a list of objects.
    """
    return [
        ListedSchema(model.model_id, model.base_price, _run_schema(item))
        for item in lenient.items(value)
        if (model := read(ListedModel, item)).model_id
    ]


def _run_schema(item: Mapping[str, object]) -> Mapping[str, object]:
    schemas = lenient.mapping(item.get("api_schema")).get("api_schemas")
    each = [lenient.mapping(schema) for schema in cast("list[object]", schemas if isinstance(schemas, list) else [])]
    runs = [lenient.mapping(one.get("request_schema")) for one in each if one.get("type") == "model_run"]
    return runs[0] if runs else lenient.mapping(None)


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
    content = lenient.parse_json(body)
    if not isinstance(content, dict):
        raise lenient.Unreadable("not an object")
    fields = cast("dict[str, object]", content)
    data = fields.get("data")
    words = [lenient.message(fields.get(key)) for key in ("message", "error", "detail", "errors", "error_code")]
    words.append(lenient.message(lenient.mapping(data).get("error")))
    text = "; ".join(dict.fromkeys(word for word in words if word))
    return Answer(status, lenient.integer(fields.get("code")), text, data, retry_after)
