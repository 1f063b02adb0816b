"""A paid request that certainly never left this machine."""

from __future__ import annotations

import contextlib
import socket

import aiohttp
import pytest
from pydantic import SecretStr

from bot.domain.predictions import NotSent
from bot.provider.client import WaveSpeed
from bot.provider.transport import Timeouts
from tests.provider.conftest import KEY, FixedClock, UrlCheck
from tests.provider.scripted import Break, ScriptedServer
from tests.provider.submitting import submit


async def test_refused_connection_was_not_sent(client: WaveSpeed, api: ScriptedServer) -> None:
    """Where nobody listens, nothing left this machine."""
    await api.__aexit__(None, None, None)

    with pytest.raises(NotSent):
        await submit(client)


async def test_name_and_tls_failures_were_not_sent(api: ScriptedServer, check_url: UrlCheck) -> None:
    """A name that does not resolve, and a peer that speaks no TLS, get no byte of the request."""
    api.plays(Break.GREETING)
    addresses = ["http://easel.invalid/api/v3", api.url.replace("http:", "https:") + "/api/v3"]
    async with (
        aiohttp.ClientSession() as session,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as submits,
    ):
        for address in addresses:
            client = WaveSpeed(
                session,
                submits=submits,
                storage=session,
                base_url=address,
                api_key=SecretStr(KEY),
                check_url=check_url,
                clock=FixedClock(),
            )
            with pytest.raises(NotSent):
                await submit(client)

    assert api.seen == []


async def test_connect_timeout_was_not_sent(check_url: UrlCheck) -> None:
    """A peer that never completes the connection has seen nothing of the request."""
    async with contextlib.AsyncExitStack() as opened:
        full = opened.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        session = await opened.enter_async_context(aiohttp.ClientSession())
        connector = aiohttp.TCPConnector(force_close=True)
        client = WaveSpeed(
            session,
            submits=await opened.enter_async_context(aiohttp.ClientSession(connector=connector)),
            storage=session,
            base_url=f"http://127.0.0.1:{full.getsockname()[1]}",
            api_key=SecretStr(KEY),
            check_url=check_url,
            clock=FixedClock(),
            timeouts=Timeouts(connect=0.1),
        )

        with pytest.raises(NotSent):
            await submit(client)
