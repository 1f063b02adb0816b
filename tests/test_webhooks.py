"""The endpoint for the provider's calls, over real HTTP: whatever comes is answered at once and can do no harm."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest

from bot.domain.webhooks import Addresses, SentAttempt, WebhookCall
from bot.webhooks import CHALLENGES, LARGEST_BODY, serve_webhooks, webhook_app
from tests.clocks import NOON

ATTEMPT = SentAttempt(7, 9, NOON)


@dataclass
class WebhookEndpoint:
    """The endpoint, and which calls came."""

    addresses: Addresses = field(default_factory=lambda: Addresses("https://easel.example/calls", b"key"))
    announced: list[SentAttempt] = field(default_factory=list[SentAttempt])
    calls: list[WebhookCall] = field(default_factory=list[WebhookCall])
    port: int = 0

    @property
    def path(self) -> str:
        return self.addresses.of(ATTEMPT).removeprefix("https://easel.example")

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
async def endpoint() -> AsyncIterator[WebhookEndpoint]:
    endpoint = WebhookEndpoint()
    app = webhook_app(endpoint.addresses, endpoint.announced.append, endpoint.calls.append, body_seconds=0.3)
    async with serve_webhooks(app, 0, "127.0.0.1") as endpoint.port:
        yield endpoint


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_call_is_taken_in(endpoint: WebhookEndpoint, session: aiohttp.ClientSession) -> None:
    """The attempt, the headers and the body, whatever path a reverse proxy leaves before the last part."""
    for path in (endpoint.path, endpoint.path.removeprefix("/calls"), f"/deep/er{endpoint.path}"):
        async with session.post(endpoint.url(path), data=b'{"id": "p1"}', headers={"Webhook-Id": "p1"}) as response:
            assert response.status == 204

    assert [call.attempt for call in endpoint.calls] == [ATTEMPT] * 3
    assert (endpoint.calls[0].headers["webhook-id"], endpoint.calls[0].announced_id()) == ("p1", "p1")


@pytest.mark.parametrize("path", ["/", "/calls/7-9-1-" + "0" * 40, "/calls/", "/%00", "/calls/../../etc/passwd"])
async def test_unknown_secrets_are_turned_away(
    endpoint: WebhookEndpoint, session: aiohttp.ClientSession, path: str
) -> None:
    """A guess is a 404, its body unread, and nobody is told of it."""
    async with session.post(endpoint.url(path), data=b"x" * 100_000) as response:
        assert response.status == 404
    assert (endpoint.announced, endpoint.calls) == ([], [])


async def test_an_oversized_body_is_not_read(endpoint: WebhookEndpoint, session: aiohttp.ClientSession) -> None:
    """It is refused past 1 MB; that the prediction is worth a look was known before."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * (LARGEST_BODY // 8)

    try:
        async with session.post(endpoint.url(endpoint.path), data=endless()) as response:
            assert response.status == 413
    except aiohttp.ClientConnectionError:
        pass  # the endpoint was closed while the rest was still being sent
    assert (endpoint.announced, endpoint.calls) == ([ATTEMPT], [])


async def test_a_slow_body_is_not_waited_for(endpoint: WebhookEndpoint, session: aiohttp.ClientSession) -> None:
    """One that trickles in is given up, and holds up no other call meanwhile."""

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)

    slow_call = asyncio.create_task(session.post(endpoint.url(endpoint.path), data=slow()))
    async with session.post(endpoint.url(endpoint.path), data=b"{}") as response:
        assert response.status == 204
    status = 0
    try:
        status = (await slow_call).status
    except aiohttp.ClientConnectionError:
        status = 408

    assert (status, len(endpoint.calls)) == (408, 1)


async def test_a_thousand_at_once(endpoint: WebhookEndpoint) -> None:
    """Duplicates and guesses mixed: every one is answered, and the duplicates are all that comes through."""
    began = time.perf_counter()
    guesses = [f"/calls/7-{n}-{NOON}-{'0' * 40}" for n in range(500)]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as session:

        async def status(path: str) -> int:
            async with session.post(endpoint.url(path), data=b"{}") as response:
                return response.status

        statuses = await asyncio.gather(*(status(path) for pair in guesses for path in (pair, endpoint.path)))

    assert (statuses.count(404), statuses.count(204), len(endpoint.calls)) == (500, 500, 500)
    assert time.perf_counter() - began < 30


async def test_a_challenge_is_answered(endpoint: WebhookEndpoint, session: aiohttp.ClientSession) -> None:
    """`check` recognises this installation by an answer that needs its key; any other page is not there."""
    async with session.get(endpoint.url(f"/calls/{CHALLENGES}/abc")) as response:
        assert await response.text() == endpoint.addresses.answer("abc")
    async with session.get(endpoint.url(endpoint.path)) as response:
        assert response.status == 404
