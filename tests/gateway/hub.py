"""A gateway that treats every connection alike, and the least client that asks the pace before its sessions."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import discord
from aiohttp import web

from bot.gateway import GatewayPace, point_at
from tests.clocks import ManualClock
from tests.ui.doubles import FakeFacts


def pace(clock: ManualClock, facts: FakeFacts | None = None) -> GatewayPace:
    return GatewayPace(facts or FakeFacts(), clock, Random(7))


class Hub:
    """A gateway over real sockets that treats every connection in the same way."""

    def __init__(self) -> None:
        self.connections = 0
        self.out_of_service = 0
        self.logins: list[web.Response] = []

    @asynccontextmanager
    async def open(self, close_code: int) -> AsyncGenerator[None]:
        async def serve(request: web.Request) -> web.WebSocketResponse:
            self.connections += 1
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}, "s": None, "t": None})
            await socket.close(code=close_code)
            return socket

        app = web.Application()
        app.router.add_get("/gateway/", serve)
        app.router.add_get("/api/users/@me", self._me)
        app.router.add_get("/api/oauth2/applications/@me", application)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        point_at(f"http://127.0.0.1:{port}/api/", f"ws://127.0.0.1:{port}/gateway/")
        try:
            yield
        finally:
            await runner.cleanup()

    async def _me(self, _: web.Request) -> web.Response:
        if self.out_of_service:
            self.out_of_service -= 1
            return web.Response(status=503)
        if self.logins:
            return self.logins.pop(0)
        return _json({"id": "1", "username": "easel", "discriminator": "0", "avatar": None})


APPLICATION = {
    "id": "1",
    "name": "easel",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "owner": {"id": "2", "username": "owner", "discriminator": "0", "avatar": None},
    "verify_key": "",
    "flags": 0,
}


async def application(_: web.Request) -> web.Response:
    return _json(APPLICATION)


def _json(body: Any) -> web.Response:
    """discord.py reads JSON only if the content type says exactly that, without a charset."""
    return web.Response(body=json.dumps(body).encode(), content_type="application/json")


class PacedClient(discord.Client):
    """The least client that asks the pace before each session, as `bot.client.EaselBot` does."""

    def __init__(self, governed: GatewayPace) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.governed = governed

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        del shard_id, initial
        await self.governed.before_identify()
