"""The HTTP endpoint for the provider's webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.domain.webhooks import Addresses, SentAttempt, WebhookCall

LARGEST_BODY = 1 << 20
BODY_SECONDS = 5.0
CHALLENGES = "reached"

log = structlog.get_logger(__name__)


def webhook_app(
    addresses: Addresses,
    announced: Callable[[SentAttempt], None],
    came: Callable[[WebhookCall], None],
    *,
    body_seconds: float = BODY_SECONDS,
) -> web.Application:
    """Build the endpoint. `announced` is told of a call once its address is known to be ours, `came` of all of it.

    A reverse proxy may put any path before the last part of an address.
    """

    async def call(request: web.Request) -> web.Response:
        attempt = addresses.read(request.path.rpartition("/")[2])
        if attempt is None:
            return web.Response(status=404)
        announced(attempt)
        try:
            async with asyncio.timeout(body_seconds):
                body = await _body(request)
        except TimeoutError:
            return web.Response(status=408)
        if body is None:
            return web.Response(status=413)
        came(WebhookCall(attempt, {name.lower(): value for name, value in request.headers.items()}, body))
        return web.Response(status=204)

    async def reached(request: web.Request) -> web.Response:
        before, _, challenge = request.path.rpartition("/")
        if before.rpartition("/")[2] != CHALLENGES:
            return web.Response(status=404)
        return web.Response(text=addresses.answer(challenge))

    app = web.Application()
    app.router.add_post("/{path:.*}", call)
    app.router.add_get("/{path:.*}", reached)
    return app


@asynccontextmanager
async def serve_webhooks(app: web.Application, port: int, host: str | None = None) -> AsyncGenerator[int]:
    """Serve for the block, on every address unless one is given; gives the port, the system's choice where it is 0.

    Raises:
        OSError: the port is taken or not allowed.
    """
    # What is left of a body that nobody reads is not waited for.
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0, lingering_time=0.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = int(runner.addresses[0][1])
        log.info("webhooks.listening", port=bound)
        yield bound
    finally:
        await runner.cleanup()


async def _body(request: web.Request) -> bytes | None:
    """The body, or None if it is larger than any that the provider sends."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
