"""REST over HTTP: records each request, strikes it with faults, checks token, limits and rules, answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.domain.clock import Clock
from tests.wire.discord_fake import errors
from tests.wire.discord_fake.bodies import Body, read_body
from tests.wire.discord_fake.faults import Fault, Faults, Kind
from tests.wire.discord_fake.interactions import InteractionDesk
from tests.wire.discord_fake.journal import Journal, Request, Violation
from tests.wire.discord_fake.openapi import OpenApi
from tests.wire.discord_fake.payloads import dumps
from tests.wire.discord_fake.rate_limits import RateLimiter, Verdict
from tests.wire.discord_fake.routes import WITHOUT_TOKEN, Answer, Call, Handler
from tests.wire.discord_fake.unknown_fields import unknown_fields

PREFIX = "/api/v10"
_VIA = "1.1 google"
_DRIPS = 8


@dataclass(frozen=True, slots=True)
class Rest:
    """One handler for every route of the table, and a 404 for the rest; `changed` is called after each request."""

    clock: Clock
    journal: Journal
    limiter: RateLimiter
    faults: Faults
    interactions: InteractionDesk
    openapi: OpenApi | None
    token: str
    changed: Callable[[], None]

    def mount(self, app: web.Application, table: dict[str, Handler]) -> None:
        """Add every route to the application, fixed paths before those with parameters."""
        for route, handler in sorted(table.items(), key=lambda item: item[0].split(" ")[1].count("{")):
            method, path = route.split(" ")
            app.router.add_route(method, PREFIX + path, self._serving(route, handler))
        app.router.add_route("*", PREFIX + "/{anything:.*}", self._unknown)

    def _serving(self, route: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            record = Request(self.clock.now(), route, request.path, dict(request.match_info))
            self.journal.requests.append(record)
            try:
                return await self._answer(request, record, handler)
            except ConnectionResetError:
                # The bot was killed while it sent; nobody is there to be answered.
                return web.Response(status=499)
            finally:
                self.changed()

        return serve

    async def page(
        self, route: str, request: web.Request, serve: Callable[[web.Request], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        """Serve what is none of the API's and in no journal; a fault planted at `route` strikes all the same."""
        fault, record = self.faults.strike(route), Request(self.clock.now(), route, request.path, {})
        try:
            if fault and not fault.after and (struck := await self._strike_before(request, record, fault)) is not None:
                return struck
            response = await serve(request)
            return await self._strike_after(request, record, fault, response) if fault and fault.after else response
        except ConnectionResetError:
            return web.Response(status=499)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        route = f"{request.method} {request.path.removeprefix(PREFIX)}"
        self.journal.requests.append(Request(self.clock.now(), route, request.path, {}, status=404))
        self.journal.violations.append(Violation(route, "UNKNOWN_ROUTE", "The fake knows no such route"))
        return _json(404, errors.not_found().body())

    async def _answer(self, request: web.Request, record: Request, handler: Handler) -> web.StreamResponse:
        fault = self.faults.strike(record.route)
        record.fault = fault.kind if fault else None
        try:
            body = await read_body(request)
        except errors.ApiError as error:
            return self._refuse(record, error, {})
        record.body = body.data
        record.files = [(each.filename, len(each.data)) for each in body.files.values()]
        if fault and not fault.after:
            struck = await self._strike_before(request, record, fault)
            if struck is not None:
                return struck
        response = self._act(request, record, body, handler)
        if fault and fault.after:
            return await self._strike_after(request, record, fault, response)
        return response

    def _act(self, request: web.Request, record: Request, body: Body, handler: Handler) -> web.Response:
        path = record.route.split(" ")[1]
        open_to_all = path.startswith(WITHOUT_TOKEN) or path == "/gateway"
        if not open_to_all and request.headers.get("Authorization") != f"Bot {self.token}":
            return self._refuse(record, errors.unauthorized(), {})
        verdict = self.limiter.take(record.route, self._keys(record))
        if verdict.retry_after is not None:
            return self._slow_down(record, verdict)
        try:
            status, answer = self._checked(record, Call(record.params, dict(request.query), body), handler)
        except errors.ApiError as error:
            return self._refuse(record, error, verdict.headers)
        record.status = status
        record.acted = True
        return _json(status, answer, verdict.headers)

    def _checked(self, record: Request, call: Call, handler: Handler) -> Answer:
        try:
            return handler(call)
        finally:
            self._note(record.route, unknown_fields(record.route, call.body.data))
            difference = self.openapi.check_request(record.route, call.body.data) if self.openapi else None
            if difference:
                self.journal.violations.append(Violation(record.route, "OPENAPI", difference))

    def _note(self, route: str, problems: list[errors.Problem]) -> None:
        self.journal.violations += [Violation(route, each.code, f"{each.path}: {each.text}") for each in problems]

    def _keys(self, record: Request) -> dict[str, str]:
        token = record.params.get("webhook_token")
        channel = self.interactions.channel_of(token) if token else None
        return {**record.params, **({"channel_id": str(channel.id)} if channel else {})}

    def _refuse(self, record: Request, error: errors.ApiError, headers: dict[str, str]) -> web.Response:
        record.status, record.code = error.status, error.code
        self._note(record.route, error.problems)
        return _json(error.status, error.body(), headers)

    def _slow_down(self, record: Request, verdict: Verdict) -> web.Response:
        record.status, record.shared = 429, verdict.scope == "shared"
        scope = {"X-RateLimit-Scope": verdict.scope}
        return _too_many(
            verdict.retry_after, {**verdict.headers, **scope, "Via": _VIA}, everywhere=verdict.scope == "global"
        )

    async def _strike_before(self, request: web.Request, record: Request, fault: Fault) -> web.StreamResponse | None:
        if fault.kind is Kind.LATE:
            await self.clock.sleep(fault.seconds)
            return None
        return await self._strike(request, record, fault)

    async def _strike_after(
        self, request: web.Request, record: Request, fault: Fault, response: web.Response
    ) -> web.StreamResponse:
        if fault.kind is Kind.LATE:
            await self.clock.sleep(fault.seconds)
            return response
        if fault.kind is Kind.TRUNCATED:
            return await _send_half(request, response)
        if fault.kind is Kind.SLOW_DRIP:
            return await self._drip(request, response, fault.seconds)
        return await self._strike(request, record, fault)

    async def _strike(self, request: web.Request, record: Request, fault: Fault) -> web.StreamResponse:
        if fault.kind is Kind.HANG:
            await self.clock.sleep(fault.seconds)
        if fault.kind in {Kind.HANG, Kind.DROP}:
            record.status = 0
            _abort(request)
            return web.Response()
        response = _faulty(fault)
        record.status = response.status
        return response

    async def _drip(self, request: web.Request, response: web.Response, seconds: float) -> web.StreamResponse:
        body = _bytes(response)
        stream = web.StreamResponse(status=response.status, headers=response.headers)
        stream.content_length = len(body)
        await stream.prepare(request)
        step = max(1, len(body) // _DRIPS)
        for start in range(0, len(body), step):
            await self.clock.sleep(seconds / _DRIPS)
            await stream.write(body[start : start + step])
        return stream


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    if status == 204:
        return web.Response(status=status, headers=headers)
    # discord.py compares the content type as a whole, so that a charset behind it would break it.
    return web.Response(
        body=dumps(body).encode(), status=status, headers={"Content-Type": "application/json", **(headers or {})}
    )


def _too_many(retry_after: float | None, headers: dict[str, str], *, everywhere: bool) -> web.Response:
    body: dict[str, Any] = {"message": "You are being rate limited.", "global": everywhere}
    if retry_after is not None:
        body["retry_after"] = retry_after
        headers = {**headers, "Retry-After": str(max(1, round(retry_after)))}
    return _json(429, body, headers)


def _faulty(fault: Fault) -> web.Response:
    if fault.kind is Kind.RATE_LIMIT:
        headers = {"X-RateLimit-Scope": "user", **({"Via": _VIA} if fault.via else {})}
        return _too_many(fault.retry_after, headers, everywhere=False)
    if fault.kind is Kind.GARBAGE:
        return web.Response(body=b"\x00\xff{not json", headers={"Content-Type": "text/plain"})
    if fault.kind is Kind.REDIRECT:
        return web.Response(status=307, headers={"Location": "/elsewhere"})
    if fault.kind is Kind.WRONG_TYPE:
        return _json(200, [{"unexpected": True}])
    if fault.kind is Kind.REFUSAL:
        return _json(fault.status, {"message": "refused", "code": fault.code})
    return web.Response(status=fault.status, text="<html>upstream error</html>", content_type="text/html")


async def _send_half(request: web.Request, response: web.Response) -> web.StreamResponse:
    body = _bytes(response)
    stream = web.StreamResponse(status=response.status, headers=response.headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    await stream.write(body[: len(body) // 2])
    _abort(request)
    return stream


def _bytes(response: web.Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b""


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
