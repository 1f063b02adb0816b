"""The account's side of the API: balance, the models on sale, a quote, the bill."""

from __future__ import annotations

from typing import cast

from aiohttp import web

from bot.demo.provider.answers import Site
from bot.demo.provider.billing import dollars
from bot.demo.provider.envelope import Json, Problem, read_count, read_instant, success
from bot.demo.provider.state import Call, Endpoint, State
from bot.demo.provider.validation import known_model
from bot.domain.image_models import ImageModel
from bot.domain.models import CATALOGUE
from bot.domain.parameters import ChoiceParameter, IntegerParameter, NumberParameter, Parameter, SizeParameter


async def balance(state: State, call: Call) -> web.Response:
    """What is left on the account, in dollars (page *Balance*)."""
    del call
    return success({"balance": dollars(state.balance_micros()), "currency": "USD"})


async def models(state: State, call: Call) -> web.Response:
    """Every model on sale with its parameters and list price, on one page."""
    del call
    return success([_listing(state, order, model) for order, model in enumerate(CATALOGUE) if model.id in state.prices])


async def price(state: State, call: Call) -> web.Response:
    """What one run with these inputs costs; missing inputs collapse to the base price."""
    fields = call.json()
    if not isinstance(fields.get("inputs", {}), dict):
        raise Problem(400, "Invalid parameter: inputs must be an object")
    model = known_model(str(fields.get("model_id", "")))
    if model.id not in state.prices:
        raise Problem(404, f"Model not found: {model.id}")
    listed, charged = state.list_prices[model.id], state.prices[model.id]
    quote: Json = {"model_id": model.id, "price": dollars(listed), "discounted_price": dollars(charged)}
    if charged < listed:
        quote["discount_rate"] = round(charged / listed, 4)
    return success({**quote, "currency": "USD"})


async def billing(state: State, call: Call) -> web.Response:
    """Search the bill, newest line first."""
    fields, now = call.json(), state.clock.now()
    page = read_count(fields, "page", default=1, maximum=10_000)
    size = read_count(fields, "page_size", default=10, maximum=100)
    after, before = read_instant(fields, "start_time"), read_instant(fields, "end_time")
    kind, model = fields.get("billing_type"), fields.get("model_uuid")
    if kind not in {None, "", "deduct", "refund"}:
        raise Problem(400, "Invalid parameter: billing_type must be deduct or refund")
    lines = [
        line
        for line in reversed(state.bill())
        if kind in {None, "", line.kind}
        and model in {None, "", line.model_id}
        and (after is None or line.billed_at >= after)
        and (before is None or line.billed_at <= before)
    ]
    statuses = {each.id: each.status(now) for each in state.predictions}
    shown = lines[(page - 1) * size : page * size]
    items = [line.view(statuses[line.prediction_id]) for line in shown]
    return success({"page": page, "has_more": len(lines) > page * size, "items": items})


def _listing(state: State, order: int, model: ImageModel) -> Json:
    kind = "text-to-image" if model.image_field is None else "image-to-image"
    schema: Json = {
        "type": "model_run",
        "method": "POST",
        "server": state.origin,
        "api_path": f"/api/v3/{model.id}",
        "request_schema": _schema(model),
    }
    return {
        "model_id": model.id,
        "name": model.id,
        "description": model.label,
        "type": kind,
        "base_price": dollars(state.list_prices[model.id]),
        "sort_order": order,
        "formula": '{"total_price":base_price * 1}',
        "api_schema": {"api_schemas": [schema]},
    }


def _schema(model: ImageModel) -> Json:
    image: Json = {"type": "string", "title": "Image", "x-ui-component": "uploader"}
    if model.takes_list:
        limits: Json = {"minItems": model.min_references, "maxItems": model.max_references}
        image = {"type": "array", "title": "Images", "items": {"type": "string"}, **limits}
    properties: Json = {"prompt": {"type": "string", "title": "Prompt"}}
    if model.image_field is not None:
        properties[model.image_field] = image
    required = cast("list[object]", list(properties))
    properties |= {parameter.name: _property(parameter) for parameter in model.parameters}
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "x-order-properties": cast("list[object]", list(properties)),
    }


def _property(parameter: Parameter) -> Json:
    match parameter:
        case IntegerParameter():
            return {"type": "integer", "minimum": parameter.minimum, "maximum": parameter.maximum}
        case NumberParameter():
            limits: Json = {"minimum": parameter.minimum, "maximum": parameter.maximum}
            return {"type": "number", **limits, "default": parameter.default, "x-ui-component": "slider"}
        case ChoiceParameter():
            default: Json = {} if parameter.always is None else {"default": parameter.always}
            return {"type": "string", "enum": list(parameter.choices), **default}
        case SizeParameter():
            return {"type": "string", "minimum": parameter.minimum, "maximum": parameter.maximum}


ENDPOINTS = (
    Endpoint("GET", "/api/v3/balance", balance, Site.BALANCE),
    Endpoint("GET", "/api/v3/models", models, Site.MODELS),
    Endpoint("POST", "/api/v3/model/price", price, Site.PRICE),
    Endpoint("POST", "/api/v3/billings/search", billing, Site.BILLING),
)
