"""Everything the simulated provider knows, and one call on its way through it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from aiohttp import web

from bot.demo.provider.answers import Rule, Site
from bot.demo.provider.billing import BillLine, RunningBill, bill
from bot.demo.provider.envelope import Json, Problem, read_json
from bot.demo.provider.history import History, Request
from bot.demo.provider.painting import MEGAPIXEL, paint
from bot.demo.provider.predictions import Prediction, Predictions
from bot.demo.provider.script import Script, without_tags
from bot.demo.provider.storage import Storage
from bot.demo.provider.webhooks import Webhooks
from bot.domain.clock import Clock
from bot.domain.models import CATALOGUE
from bot.domain.money import Micros

_LIST_PRICES = {model.id: model.price_micros for model in CATALOGUE}


@dataclass(slots=True, kw_only=True)
class State:
    """The account, its predictions and files, what was asked so far, and what shall go wrong next.

    Attributes:
        origin: scheme, host and port under which the server listens.
        opening_balance_micros: what was on the account before the first prediction.
        prices: what one picture of each model costs; may be changed at any time.
        list_prices: the base price that each model is listed with; a lower price is a discount.
        closing: set when the server ends, so that hanging calls end too.
    """

    clock: Clock
    api_key: str
    predictions: Predictions
    storage: Storage
    opening_balance_micros: Micros
    origin: str = ""
    pixels: int = MEGAPIXEL
    script: Script = field(default_factory=Script)
    history: History = field(default_factory=History)
    charged: RunningBill = field(default_factory=RunningBill)
    prices: dict[str, Micros] = field(default_factory=lambda: dict(_LIST_PRICES))
    list_prices: dict[str, Micros] = field(default_factory=lambda: dict(_LIST_PRICES))
    webhook_secret: str = "whsec_simulated"  # noqa: S105 - nothing is behind it
    webhooks: Webhooks = field(default_factory=Webhooks)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _pictures: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def bill(self) -> tuple[BillLine, ...]:
        """The bill up to now, oldest line first."""
        return bill(self.predictions, self.clock.now(), refund_s=self.predictions.pace.refund_s)

    def balance_micros(self) -> Micros:
        """What is left on the account."""
        charged = self.charged.total(self.clock.now(), refund_s=self.predictions.pace.refund_s)
        return self.opening_balance_micros - charged

    def prediction(self, prediction_id: str) -> Prediction:
        """Find a prediction.

        Raises:
            Problem: 404, unknown or no longer kept.
        """
        found = self.predictions.find(prediction_id, self.clock.now())
        if found is None:
            raise Problem(404, "Task not found")
        return found

    async def picture(self, prediction: Prediction) -> bytes:
        """The JPEG of a prediction, painted at the first wish."""
        if prediction.id not in self._pictures:
            parameters = prediction.order.parameters
            shape = parameters.get("aspect_ratio", parameters.get("size"))
            aspect = None if shape is None else str(shape).replace("*", ":")
            work = partial(paint, aspect_ratio=aspect, seed=prediction.seed, pixels=self.pixels)
            prompt = without_tags(prediction.order.prompt)
            self._pictures[prediction.id] = await asyncio.to_thread(work, prompt, prediction.references)
        return self._pictures[prediction.id]

    async def pause(self, seconds: float) -> None:
        """Wait on the clock, but not beyond the end of the server."""
        waits = [asyncio.ensure_future(self.clock.sleep(seconds)), asyncio.ensure_future(self.closing.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


@dataclass(slots=True)
class Call:
    """One request on its way: `body` is what came, `rule` what shall be odd about it."""

    request: web.Request
    record: Request
    body: bytes
    rule: Rule

    def json(self) -> Json:
        """The body as a JSON object.

        Raises:
            Problem: 400, it is something else.
        """
        return read_json(self.body)

    def part(self, name: str) -> str:
        """A named part of the path."""
        return self.request.match_info[name]


Handler: TypeAlias = Callable[[State, Call], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route: `site` names it for scripts, `keyed` tells whether it asks for the API key."""

    method: str
    path: str
    handler: Handler
    site: Site | None = None
    keyed: bool = True
    reads_body: bool = True
