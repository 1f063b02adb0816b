"""The small web page for machines: whether the bot is up (`/healthz`) and what it measures (`/metrics`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

import structlog
from aiohttp import web

from bot.metrics import CONTENT_TYPE, Metrics

Ping: TypeAlias = Callable[[], Awaitable[bool]]
"""Asks one part whether it works; False, an exception or silence are a no."""

PING_SECONDS = 2.0

log = structlog.get_logger(__name__)


def health_app(
    pings: Mapping[str, Ping], metrics: Metrics, *, role: str | Callable[[], str], ping_seconds: float = PING_SECONDS
) -> web.Application:
    """Build the two pages. `pings` has a name for each part that has to answer: `gateway`, `database`.

    `role` is whether this worker leads, or waits to; a function where that changes.
    """

    def told() -> str:
        return role if isinstance(role, str) else role()

    async def healthz(_request: web.Request) -> web.Response:
        answers = await asyncio.gather(*(_answers(name, ping, ping_seconds) for name, ping in pings.items()))
        silent = [name for name, well in zip(pings, answers, strict=True) if not well]
        if silent:
            return web.json_response({"status": "failing", "role": told(), "failing": silent}, status=503)
        return web.json_response({"status": "ok", "role": told()})

    async def measures(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", measures)
    return app


@asynccontextmanager
async def serve_health(app: web.Application, host: str, port: int) -> AsyncGenerator[int]:
    """Serve for the block; gives the port, which the system chose where `port` is 0.

    Raises:
        OSError: the port is taken or not allowed.
    """
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = int(runner.addresses[0][1])
        log.info("health.listening", host=host, port=bound)
        yield bound
    finally:
        await runner.cleanup()


async def _answers(name: str, ping: Ping, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await ping()
    except Exception as error:  # noqa: BLE001 - whatever a part raises means that it does not answer
        log.warning("health.no_answer", part=name, error=type(error).__name__)
        return False
