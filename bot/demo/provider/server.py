"""The simulated provider as its users hold it: starts and stops the HTTP server, scripts it, looks into it."""

from __future__ import annotations

import hmac
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email.utils import formatdate
from functools import partial
from random import Random

from aiohttp import web

from bot.demo.provider import account_routes, admin_routes, media_routes, task_routes
from bot.demo.provider.answers import Site
from bot.demo.provider.behaviours import RULES, Behaviour
from bot.demo.provider.billing import BillLine, total
from bot.demo.provider.envelope import Problem
from bot.demo.provider.faults import perform
from bot.demo.provider.history import History, Request
from bot.demo.provider.predictions import Limits, Pace, Predictions
from bot.demo.provider.script import asked_for
from bot.demo.provider.state import Call, Endpoint, State
from bot.demo.provider.storage import MAX_UPLOAD_BYTES, Storage
from bot.demo.provider.webhooks import Webhooks
from bot.domain.clock import SECOND, Clock
from bot.domain.money import MICROS_PER_DOLLAR, Micros

_LAST_GOODBYE_SECONDS = 1.0


async def _not_found(state: State, call: Call) -> web.Response:
    del state, call
    raise Problem(404, "Not found")


_ENDPOINTS: tuple[Endpoint, ...] = (
    *admin_routes.ENDPOINTS,
    *account_routes.ENDPOINTS,
    *media_routes.ENDPOINTS,
    *task_routes.ENDPOINTS,
    task_routes.SUBMIT,
    Endpoint("*", "/{rest:.*}", _not_found, keyed=False),
)


class SimulatedProvider:
    """WaveSpeed's REST API v3 on a loopback port, with money that is not real and oddities on request.

    Predictions go from created over processing to their end on the clock that is handed in; ids, signatures and colours
    follow from `seed`. Pictures are painted from the bytes that were uploaded, in their order.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        api_key: str,
        pace: Pace | None = None,
        limits: Limits | None = None,
        balance_micros: Micros = 100 * MICROS_PER_DOLLAR,
        seed: int = 0,
    ) -> None:
        rng = Random(seed)  # noqa: S311 - the ids of a simulation should come out the same again
        self._state = State(
            clock=clock,
            api_key=api_key,
            predictions=Predictions(rng, pace or Pace(), limits or Limits()),
            storage=Storage(rng),
            opening_balance_micros=balance_micros,
        )

    @asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[str]:
        """Listen until the block ends and yield the base address of the API, which ends with `/api/v3`.

        Port 0 takes any free one. Serve once; the state stays readable afterwards.
        """
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=_LAST_GOODBYE_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            self._state.origin = f"http://{host}:{runner.addresses[0][1]}"
            yield f"{self._state.origin}/api/v3"
        finally:
            self._state.closing.set()
            await self._state.webhooks.close()
            await runner.cleanup()

    def script(self, site: Site, *behaviours: Behaviour, times: int = 1) -> None:
        """Queue behaviours for the next calls at a site, the whole row `times` times; NORMAL lets one call pass.

        aiohttp's client repeats a GET, PUT or DELETE once by itself when a connection breaks without an answer: its
        caller notices only the second drop.

        Raises:
            ValueError: one of them cannot happen there.
        """
        self._state.script.add(site, *behaviours, times=times)

    def clear_script(self) -> None:
        """Forget the behaviours that still wait."""
        self._state.script.clear()

    def set_price(self, model_id: str, price_micros: Micros, *, listed_micros: Micros | None = None) -> None:
        """Charge another price from now on; the listed base price follows unless given, a higher one is a discount."""
        self._state.prices[model_id] = price_micros
        self._state.list_prices[model_id] = price_micros if listed_micros is None else listed_micros

    def set_pixels(self, pixels: int) -> None:
        """Paint pictures of about so many pixels from now on; before that they have a million, as WaveSpeed's."""
        self._state.pixels = pixels

    def withdraw(self, model_id: str) -> None:
        """Offer a model no longer: it is on no list and has no quote, until `set_price`."""
        del self._state.prices[model_id]

    @property
    def origin(self) -> str:
        """Scheme, host and port; uploads and outputs are served below it."""
        return self._state.origin

    @property
    def history(self) -> History:
        """Every request so far."""
        return self._state.history

    @property
    def predictions(self) -> Predictions:
        """Every prediction so far."""
        return self._state.predictions

    @property
    def webhooks(self) -> Webhooks:
        """The calls that were made to the addresses that came with submits."""
        return self._state.webhooks

    @property
    def webhook_secret(self) -> str:
        """Under what they are signed."""
        return self._state.webhook_secret

    @property
    def bill(self) -> tuple[BillLine, ...]:
        """The bill up to now, oldest line first."""
        return self._state.bill()

    @property
    def billed_micros(self) -> Micros:
        """What the account has paid up to now, after refunds."""
        return total(self._state.bill())

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=MAX_UPLOAD_BYTES + 1)
        for endpoint in _ENDPOINTS:
            application.router.add_route(endpoint.method, endpoint.path, partial(self._handle, endpoint))
        application.on_response_prepare.append(self._date)
        return application

    async def _date(self, request: web.Request, response: web.StreamResponse) -> None:
        """Date each answer by the simulation's own clock, not by this machine's."""
        del request
        response.headers["Date"] = formatdate(self._state.clock.now() // SECOND, usegmt=True)

    async def _handle(self, endpoint: Endpoint, request: web.Request) -> web.StreamResponse:
        record = self._state.history.open(
            Request(
                at=self._state.clock.now(),
                method=request.method,
                path=request.path,
                bearer="Authorization" in request.headers,
                site=endpoint.site or "",
            )
        )
        try:
            response = await self._answer(endpoint, request, record)
        except Problem as problem:
            response = problem.response()
        except web.HTTPRequestEntityTooLarge:
            response = Problem(413, "Request entity too large").response()
        record.answered(response.status)
        return response

    async def _answer(self, endpoint: Endpoint, request: web.Request, record: Request) -> web.StreamResponse:
        if endpoint.keyed:
            self._check_key(request)
        call = Call(request, record, b"", RULES[Behaviour.NORMAL])
        if endpoint.reads_body:
            call.body = await request.read()
        if endpoint.site is not None:
            behaviour = self._behaviour(endpoint.site, call)
            call.rule = RULES[behaviour]
            record.behaviour = "" if behaviour is Behaviour.NORMAL else behaviour
        return await perform(self._state, call, endpoint.handler)

    def _behaviour(self, site: Site, call: Call) -> Behaviour:
        scripted = self._state.script.take(site)
        if scripted is not None or site is not Site.SUBMIT:
            return scripted or Behaviour.NORMAL
        try:
            return asked_for(str(call.json().get("prompt", "")))
        except Problem:
            return Behaviour.NORMAL

    def _check_key(self, request: web.Request) -> None:
        expected = f"Bearer {self._state.api_key}"
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
            raise Problem(401, "Unauthorized")
