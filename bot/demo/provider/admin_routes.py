"""The simulation's own routes, `/_simulated/...`: its history, and the faults to come."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import cast

from aiohttp import web

from bot.demo.provider.answers import Site
from bot.demo.provider.behaviours import RULES, Behaviour
from bot.demo.provider.billing import total
from bot.demo.provider.envelope import Json, Problem, as_json, read_count
from bot.demo.provider.faults import ELSEWHERE
from bot.demo.provider.predictions import Prediction
from bot.demo.provider.state import Call, Endpoint, State
from bot.domain.clock import Instant


async def history(state: State, call: Call) -> web.Response:
    """Every request so far, oldest first, with the fields of `history.Request`."""
    del call
    return as_json([request.view() for request in state.history])


async def predictions(state: State, call: Call) -> web.Response:
    """Every prediction ever accepted, oldest first, with what was asked for."""
    del call
    return as_json([_prediction(each, state.clock.now(), state.origin) for each in state.predictions])


async def bill(state: State, call: Call) -> web.Response:
    """The whole bill and its sum, in micro-dollars."""
    del call
    lines = state.bill()
    return as_json({"total_micros": total(lines), "lines": [asdict(line) for line in lines]})


async def behaviours(state: State, call: Call) -> web.Response:
    """Every behaviour by name, with its sentence and its sites."""
    del state, call
    return as_json(
        [{"name": name, "sentence": rule.sentence, "sites": sorted(rule.sites)} for name, rule in RULES.items()]
    )


async def add_to_script(state: State, call: Call) -> web.Response:
    """Queue behaviours: `{"site": ..., "behaviours": [...], "times": 1}`."""
    fields = call.json()
    names = fields.get("behaviours")
    if not isinstance(names, list):
        raise Problem(400, "behaviours must be an array")
    try:
        wanted = [Behaviour(str(name)) for name in cast("list[object]", names)]
        times = read_count(fields, "times", default=1, maximum=10_000)
        state.script.add(Site(str(fields.get("site"))), *wanted, times=times)
    except ValueError as error:
        raise Problem(400, str(error)) from error
    return as_json({"waiting": {site: list(queue) for site, queue in state.script.waiting().items()}})


async def clear_script(state: State, call: Call) -> web.Response:
    """Forget all behaviours that still wait."""
    del call
    state.script.clear()
    return as_json({"waiting": {}})


async def elsewhere(state: State, call: Call) -> web.Response:
    """Where redirects lead; the history tells who followed one."""
    del state, call
    return as_json({"code": 200, "message": "success", "data": {"id": "0" * 32, "status": "created", "outputs": []}})


def _prediction(each: Prediction, now: Instant, origin: str) -> Json:
    order = each.order
    asked: Json = {"prompt": order.prompt, "references": list(order.addresses), "parameters": dict(order.parameters)}
    ended_at = None if math.isinf(each.ends_at) else int(each.ends_at)
    timing: Json = {
        "created_at_ms": each.created_at,
        "ended_at_ms": ended_at,
        "exists": each.exists(now),
        "price_micros": each.price_micros,
    }
    return {**each.view(now, origin), **asked, **timing, "seed_used": each.seed}


ENDPOINTS = (
    Endpoint("GET", "/_simulated/history", history, keyed=False),
    Endpoint("GET", "/_simulated/predictions", predictions, keyed=False),
    Endpoint("GET", "/_simulated/bill", bill, keyed=False),
    Endpoint("GET", "/_simulated/behaviours", behaviours, keyed=False),
    Endpoint("POST", "/_simulated/script", add_to_script, keyed=False),
    Endpoint("DELETE", "/_simulated/script", clear_script, keyed=False),
    Endpoint("*", ELSEWHERE, elsewhere, keyed=False),
)
