"""Discord and WaveSpeed as `check` and `setup` ask them, both on one real HTTP server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from bot.domain.drift import Confirmed
from bot.domain.models import CATALOGUE

TOKEN = "canary-token"
KEY = "canary-key-123456"
FILE_HOSTS = ("cdn.discordapp.com", "media.discordapp.net")


@dataclass
class CheckedServices:
    """Discord's and WaveSpeed's answers, on one real HTTP server."""

    token: str = TOKEN
    key: str = KEY
    balance: float = 12.5
    guilds: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    prices: dict[str, float | None] = field(default_factory=lambda: {m.id: m.price_micros / 1e6 for m in CATALOGUE})
    hangs: bool = False
    captive_status: int | None = None
    commands_refused: str | None = None
    webhook_key: str | None = None
    confirmed: dict[str, Confirmed] = field(default_factory=dict[str, Confirmed])
    paused: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    ahead_seconds: float | None = 0.0
    addresses: dict[str, list[str]] = field(default_factory=lambda: {host: ["162.159.130.233"] for host in FILE_HOSTS})
    base: str = ""

    @classmethod
    @asynccontextmanager
    async def serving(cls) -> AsyncGenerator[Self]:
        """Services that answer under `base` until the block ends."""
        services = cls()
        async with TestServer(services.app()) as server:
            services.base = str(server.make_url("")).rstrip("/")
            yield services

    async def resolve(self, host: str) -> list[str]:
        if host not in self.addresses:
            raise OSError(f"no such name: {host}")
        return self.addresses[host]

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._captive])
        app.router.add_get("/api/v10/{path:.*}", self.discord)
        app.router.add_get("/api/v3/{path:.*}", self.wavespeed)
        return app

    @web.middleware
    async def _captive(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What a network that wants a login first answers in place of everybody."""
        if self.captive_status is None:
            return await handler(request)
        page = "<html>Welcome to our hotel. Please log in.</html>"
        return web.Response(text=page, content_type="text/html", status=self.captive_status)

    async def discord(self, request: web.Request) -> web.Response:
        if self.hangs:
            await asyncio.Event().wait()
        if request.headers["Authorization"] != f"Bot {self.token}":
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        answers: dict[str, object] = {
            "users/@me": {"id": "42", "username": "easel"},
            "applications/@me": {"id": "42", "name": "Easel"},
            "users/@me/guilds": self.guilds,
        }
        return web.json_response(answers[request.match_info["path"]])

    async def wavespeed(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != f"Bearer {self.key}":
            return web.json_response({"code": 401, "message": "invalid api key"}, status=401)
        models = [{"model_id": name, "base_price": price} for name, price in self.prices.items()]
        data: object = {"balance": self.balance} if request.path.endswith("/balance") else models
        date = "soon" if self.ahead_seconds is None else formatdate(time.time() + self.ahead_seconds, usegmt=True)
        return web.json_response({"code": 200, "message": "success", "data": data}, headers={"Date": date})
