"""Sessions that are resumed after a drop, those that cannot be, and events that cannot be read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.connection import Waits, stay_connected
from bot.gateway import point_at
from tests.clocks import ManualClock
from tests.gateway.hub import PacedClient, pace
from tests.ui.doubles import FakeFacts
from tests.wire.discord_fake import FakeDiscord
from tests.wire.discord_probe import furnish


async def test_a_dropped_connection_comes_back(clock: ManualClock) -> None:
    """After a drop the session is resumed, after an invalidation a new one is started, each counted as it should be."""
    facts = FakeFacts()
    async with FakeDiscord() as fake:
        furnish(fake)
        point_at(fake.api_base, fake.gateway_url)
        governed = pace(clock, facts)
        client = PacedClient(governed)
        connecting = asyncio.create_task(stay_connected(client, fake.token, governed, clock))
        await _until_connected(fake, clock)
        for lose in (fake.gateway.drop, fake.gateway.reconnect, fake.gateway.invalidate):
            lose()
            await fake.until(lambda: not fake.gateway.connected)
            await _until_connected(fake, clock)
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await client.close()

    assert len(json.loads(facts.known["gateway.identifies"])) == 2


async def _until(clock: ManualClock, condition: Callable[[], bool]) -> None:
    """Let time pass beside what the sockets do, which no clock of ours moves on."""
    for _ in range(2_000):
        if condition():
            return
        await clock.advance(0.25)
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


async def _until_connected(fake: FakeDiscord, clock: ManualClock) -> None:
    while not fake.gateway.connected:
        await clock.advance(1)


@asynccontextmanager
async def connected(clock: ManualClock, *, waits: Waits | None = None) -> AsyncGenerator[FakeDiscord]:
    """A client that stays connected to a simulated Discord."""
    async with FakeDiscord() as fake:
        furnish(fake)
        point_at(fake.api_base, fake.gateway_url)
        governed = pace(clock)
        client = PacedClient(governed)
        connecting = asyncio.create_task(stay_connected(client, fake.token, governed, clock, waits=waits))
        try:
            yield fake
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await client.close()


@asynccontextmanager
async def dead_host(kind: str) -> AsyncGenerator[tuple[str, list[float]]]:
    """An address that is of no use for resuming, and when it was tried."""
    tries: list[float] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        tries.append(asyncio.get_running_loop().time())
        if kind == "unavailable":
            return web.Response(status=503)
        if kind == "mute":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            async for _ in socket:
                pass
            return socket
        await asyncio.sleep(60)
        return web.Response(status=503)

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    if kind == "refusing":
        await runner.cleanup()
    try:
        yield f"ws://127.0.0.1:{port}", tries
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("kind", ["refusing", "unavailable", "silent", "mute"])
async def test_a_dead_address_for_resuming(clock: ManualClock, kind: str) -> None:
    """After two tries at the host that was named for resuming, a new session is started at Discord's own address."""
    async with dead_host(kind) as (url, tries), connected(clock, waits=Waits(resume=0.3)) as fake:
        fake.gateway.resume_url = url
        await _until_connected(fake, clock)
        began = clock.monotonic()
        fake.gateway.drop()
        await fake.until(lambda: not fake.gateway.connected)
        await _until(clock, lambda: fake.gateway.connected)

    assert (len(fake.gateway.identifies), len(fake.gateway.resumes)) == (2, 0)
    assert len(tries) == (0 if kind == "refusing" else 2)
    assert clock.monotonic() - began < 120


async def test_a_session_that_resumes_is_kept_for_ever(clock: ManualClock) -> None:
    """Only failures in a row count: a session that goes on at every second try is not given up."""
    async with connected(clock) as fake:
        await _until_connected(fake, clock)
        for _ in range(4):
            fake.gateway.refusals.append(4000)
            fake.gateway.drop()
            await fake.until(lambda: not fake.gateway.connected)
            await _until(clock, lambda: fake.gateway.connected)

    assert (len(fake.gateway.identifies), len(fake.gateway.resumes)) == (1, 8)


async def test_an_event_that_cannot_be_read(clock: ManualClock) -> None:
    """It is left out and told to the operator; neither the session nor the connection ends."""
    with capture_logs() as logs:
        async with connected(clock) as fake:
            await _until_connected(fake, clock)
            fake.gateway.dispatch("GUILD_CREATE", {"id": "no number"}, 0, None)
            await fake.until(lambda: "gateway.unreadable" in {line["event"] for line in logs})
            await clock.advance(5)
            still = fake.gateway.connected

    assert still
    assert [line["skipped"] for line in logs if line["event"] == "gateway.unreadable"] == [True]
    assert (len(fake.gateway.identifies), len(fake.gateway.connects)) == (1, 1)


@pytest.mark.parametrize("frame", ["{", "[]", '{"op": 10, "d": null}', "null"])
async def test_a_frame_that_cannot_be_read(clock: ManualClock, frame: str) -> None:
    """The connection ends, since nobody knows what was missed, and the same session goes on."""
    async with connected(clock) as fake:
        await _until_connected(fake, clock)
        fake.gateway.say(frame)
        await _until(clock, lambda: len(fake.gateway.connects) > 1)
        await _until(clock, lambda: fake.gateway.connected)

    assert (len(fake.gateway.identifies), len(fake.gateway.resumes)) == (1, 1)
