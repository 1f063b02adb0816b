"""Submitting, looking at, listing and deleting predictions, and the pictures they end in."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from typing import cast

from aiohttp import web

from bot.demo.provider.answers import Site
from bot.demo.provider.envelope import Json, Problem, read_count, read_instant, success
from bot.demo.provider.fates import Fate, Served
from bot.demo.provider.faults import ELSEWHERE
from bot.demo.provider.predictions import Prediction
from bot.demo.provider.state import Call, Endpoint, State
from bot.demo.provider.storage import is_picture
from bot.demo.provider.validation import known_model, read_order
from bot.demo.provider.webhooks import Announcement
from bot.domain.clock import SECOND

SYNC_WINDOW_SECONDS = 90
"""How long a submit in sync mode stays open, as the official packages' tests have it."""

_UNREACHABLE = Fate(ending="failed", code=1402, error="Failed to download image from the provided URL.")
_NO_PICTURE = Fate(ending="failed", code=1401, error="Invalid parameter: the file is not a supported image.")


async def submit(state: State, call: Call) -> web.Response:
    """Check, accept and bill one task (page *Submit Task*)."""
    order = read_order(known_model(call.part("model_id")), call.json())
    references = [_stored(state, address) for address in order.addresses]
    decodable = await asyncio.to_thread(_all_pictures, references)
    now = state.clock.now()
    price = state.prices[order.model.id]
    if state.predictions.over_rate(now):
        raise Problem(429, "Too Many Requests")
    if state.balance_micros() < price:
        raise Problem(402, "Insufficient credits. Please top up your account.")
    fate = call.rule.fate
    if None in references:
        fate = _UNREACHABLE
    elif not decodable:
        fate = _NO_PICTURE
    there = [content for content in references if content is not None]
    prediction = state.predictions.accept(order, there, fate, price_micros=price, now=now)
    state.charged.enter(prediction)
    call.record.prediction_id = prediction.id
    _announce(state, call.request.query.get("webhook"), prediction)
    return success(await _finished(state, prediction) if order.waits else prediction.view(now, state.origin))


def _announce(state: State, address: str | None, prediction: Prediction) -> None:
    """Have an address called when the prediction ends, as the page *How to use Webhooks* has it."""
    if not address or math.isinf(prediction.ends_at):
        return

    async def when_it_ends() -> None:
        await state.pause(max(0.0, (prediction.ends_at - state.clock.now()) / SECOND))
        now = state.clock.now()
        body = {**prediction.view(now, state.origin), "input": {"prompt": prediction.order.prompt}}
        await state.webhooks.call(Announcement(address, prediction.id, body), state.webhook_secret, state.clock)

    state.webhooks.begin(when_it_ends())


async def webhook_secret(state: State, call: Call) -> web.Response:
    """Under what this account's webhooks are signed (page *Verifying Webhooks*)."""
    del call
    return success({"secret": state.webhook_secret})


async def result(state: State, call: Call) -> web.Response:
    """Show one prediction (page *Get Result*)."""
    return success(state.prediction(call.part("prediction_id")).view(state.clock.now(), state.origin))


async def list_predictions(state: State, call: Call) -> web.Response:
    """List predictions of the last seven days, newest first (page *Predictions*)."""
    fields, now = call.json(), state.clock.now()
    page = read_count(fields, "page", default=1, maximum=10_000)
    size = read_count(fields, "page_size", default=10, maximum=100)
    after, before = read_instant(fields, "created_after"), read_instant(fields, "created_before")
    found = [
        each.view(now, state.origin)
        for each in state.predictions.newest_first(now)
        if fields.get("model") in {None, "", each.model_id}
        and fields.get("status") in {None, "", each.status(now)}
        and (after is None or each.created_at >= after)
        and (before is None or each.created_at <= before)
    ]
    return success({"page": page, "total": len(found), "items": found[(page - 1) * size : page * size]})


async def delete(state: State, call: Call) -> web.Response:
    """Delete predictions and their outputs for good (page *Delete Task*)."""
    ids = call.json().get("ids")
    if not isinstance(ids, list) or not ids:
        raise Problem(400, "Invalid parameter: ids must be a non-empty array")
    return success({"deleted_count": state.predictions.delete(map(str, cast("list[object]", ids)), state.clock.now())})


async def output(state: State, call: Call) -> web.StreamResponse:
    """Serve the picture of a completed prediction; asks for no key."""
    prediction, now = state.prediction(call.part("prediction_id")), state.clock.now()
    kind = prediction.fate.picture
    if prediction.status(now) != "completed" or kind is Served.GONE:
        raise Problem(404, "Not found")
    if kind is Served.MOVED:
        return web.Response(status=302, headers={"Location": f"{state.origin}{ELSEWHERE}"})
    if kind is Served.NOT_AN_IMAGE:
        return web.Response(body=b"This is not a picture.", content_type="image/jpeg")
    picture = await state.picture(prediction)
    if kind is Served.TRUNCATED:
        return web.Response(body=picture[: len(picture) // 2], content_type="image/jpeg")
    if kind is Served.OCTET_STREAM:
        return web.Response(body=picture, content_type="binary/octet-stream")
    return web.Response(body=picture, content_type="image/jpeg")


def _stored(state: State, address: str) -> bytes | None:
    """The uploaded bytes behind an address; the simulation reaches no other host than itself."""
    if not address.startswith(f"{state.origin}/"):
        return None
    upload = state.storage.read(address.removeprefix(state.origin), state.clock.now())
    return None if upload is None else upload.content


def _all_pictures(contents: Iterable[bytes | None]) -> bool:
    return all(content is None or is_picture(content) for content in contents)


async def _finished(state: State, prediction: Prediction) -> Json:
    """Wait in sync mode; past the window the task goes on and the answer says so with code 5004."""
    seconds = (prediction.ends_at - state.clock.now()) / SECOND
    if seconds > SYNC_WINDOW_SECONDS:
        await state.pause(SYNC_WINDOW_SECONDS)
        view = prediction.view(state.clock.now(), state.origin)
        words = f"Sync mode timed out after {SYNC_WINDOW_SECONDS} seconds."
        return {**view, "code": 5004, "error": f"{words} The prediction is still processing asynchronously."}
    if seconds > 0:
        await state.pause(seconds)
    return prediction.view(state.clock.now(), state.origin)


_API = "/api/v3"
ENDPOINTS = (
    Endpoint("GET", f"{_API}/webhook/secret", webhook_secret),
    Endpoint("POST", f"{_API}/predictions", list_predictions, Site.LIST),
    Endpoint("POST", f"{_API}/predictions/delete", delete, Site.DELETE),
    Endpoint("GET", f"{_API}/predictions/{{prediction_id}}/result", result, Site.RESULT),
    Endpoint("GET", f"{_API}/predictions/{{prediction_id}}", result, Site.RESULT),
    Endpoint("GET", "/output/{prediction_id}.jpg", output, Site.OUTPUT, keyed=False),
)
SUBMIT = Endpoint("POST", f"{_API}/{{model_id:.+}}", submit, Site.SUBMIT)
"""Takes every other POST below the API, so it stands last."""
