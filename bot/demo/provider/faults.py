"""Sends the faulty answers that the behaviour table describes."""

from __future__ import annotations

import asyncio
import json
from typing import cast

from aiohttp import web

from bot.demo.provider.answers import Breakage, Mangles, Redirects, Says, ShowsPage
from bot.demo.provider.envelope import Json, as_json, failure
from bot.demo.provider.state import Call, Handler, State

ELSEWHERE = "/_simulated/elsewhere"
"""Where redirects lead: whoever comes here has followed one."""

_DRIP_PIECES = 8
_DRIP_SECONDS = 0.25
_GARBAGE = b"\x00\xff\xfe<<<no text>>>\x9d\x80"


async def perform(state: State, call: Call, handler: Handler) -> web.StreamResponse:
    """Answer a call as its rule wants: truly, oddly, or after doing the work only.

    Raises:
        Problem: the true answer is a refusal.
    """
    answer = call.rule.answer
    if answer is None:
        return await handler(state, call)
    done = await handler(state, call) if call.rule.acts else web.Response()
    match answer:
        case Says():
            return _says(answer)
        case ShowsPage():
            return _page(answer.status)
        case Redirects():
            return web.Response(status=answer.status, headers={"Location": f"{state.origin}{ELSEWHERE}"})
        case Mangles():
            return _mangled(answer, _whole(done))
        case Breakage():
            return await _break(answer, state, call, done)


async def _break(how: Breakage, state: State, call: Call, done: web.StreamResponse) -> web.StreamResponse:
    match how:
        case Breakage.DRIPS:
            return await _drip(state, call, _whole(done))
        case Breakage.BREAKS:
            return await _cut_off(call, _whole(done))
        case Breakage.HANGS:
            await state.closing.wait()
        case Breakage.DROPS:
            pass
    call.record.outcome = "dropped"
    if call.request.transport is not None:
        call.request.transport.abort()
    return web.Response()


def _says(answer: Says) -> web.Response:
    headers = {"Retry-After": answer.retry_after} if answer.retry_after else None
    if answer.error_code is None:
        return failure(answer.status, answer.message, code=answer.code, headers=headers)
    return failure(answer.status, answer.message, code=answer.code, headers=headers, error_code=answer.error_code)


def _page(status: int) -> web.Response:
    reason = web.Response(status=status).reason
    page = f"<html><head><title>{status} {reason}</title></head><body><h1>{status} {reason}</h1></body></html>"
    return web.Response(status=status, text=page, content_type="text/html")


def _whole(response: web.StreamResponse) -> web.Response:
    if not isinstance(response, web.Response):
        raise TypeError("only a complete answer can be spoilt")
    return response


def _bytes(response: web.Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b""


def _mangled(how: Mangles, true: web.Response) -> web.Response:
    body = _bytes(true)
    match how:
        case Mangles.EMPTY:
            return web.Response(status=true.status, content_type=true.content_type)
        case Mangles.NOT_JSON:
            return web.Response(body=_GARBAGE, status=true.status, content_type=true.content_type)
        case Mangles.HALVED:
            return web.Response(body=body[: len(body) // 2], status=true.status, content_type=true.content_type)
        case _:
            frame = cast("Json", json.loads(body))
            _spoil(how, frame)
            return as_json(frame)


def _spoil(how: Mangles, frame: Json) -> None:
    if how is Mangles.WRONG_TYPE:
        frame["data"] = "see the dashboard"
        return
    if how is Mangles.NO_DATA:
        frame["data"] = None
        return
    data = cast("Json", frame["data"])
    if how is Mangles.NO_ID:
        del data["id"]
    elif how is Mangles.DOUBLED:
        data["items"] = [item for item in cast("list[object]", data["items"]) for _ in range(2)]
    elif how is Mangles.TICKET_BY_POST:
        cast("Json", data["upload"])["method"] = "POST"
    else:
        del cast("Json", data["upload"])["url"]


async def _cut_off(call: Call, true: web.Response) -> web.StreamResponse:
    body = _bytes(true)
    response = web.StreamResponse(status=true.status)
    response.content_type, response.content_length = true.content_type, max(2, len(body))
    await response.prepare(call.request)
    await response.write(body[: len(body) // 2] or b"\x00")
    await asyncio.sleep(0)
    call.record.outcome = "dropped"
    if call.request.transport is not None:
        call.request.transport.close()
    return response


async def _drip(state: State, call: Call, true: web.Response) -> web.StreamResponse:
    body = _bytes(true)
    response = web.StreamResponse(status=true.status)
    response.content_type, response.content_length = true.content_type, len(body)
    await response.prepare(call.request)
    step = max(1, -(-len(body) // _DRIP_PIECES))
    for start in range(0, len(body), step):
        await state.pause(_DRIP_SECONDS)
        await response.write(body[start : start + step])
    await response.write_eof()
    return response
