"""A client on real sockets, against servers that a test scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import aiohttp
import pytest
import stamina
from pydantic import SecretStr

from bot.provider.client import WaveSpeed
from bot.provider.transport import Timeouts
from tests.provider.scripted import ScriptedServer

KEY = "wsk_canary_0123456789"
NOW = 1_763_690_400_000
IMPATIENT = pytest.mark.parametrize(
    "timeouts", [Timeouts(connect=2.0, submit=1.0, read=1.0, upload=1.0)], ids=["impatient"]
)
"""For answers that hang; long enough that a request arrives first, however this machine pauses."""


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still."""

    at: int = NOW

    def now(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return self.at / 1_000

    async def sleep(self, seconds: float) -> None:
        self.at += int(seconds * 1_000)


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Retries happen, their waits do not."""
    with stamina.set_testing(testing=True, attempts=4, cap=True):
        yield


@pytest.fixture
async def api() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def storage() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@dataclass(slots=True)
class UrlCheck:
    """The address check: notes what it was asked and refuses what it is told to."""

    asked: list[str]
    refused: set[str]

    def __call__(self, url: str) -> None:
        self.asked.append(url)
        if url in self.refused:
            raise ValueError("not allowed")


@pytest.fixture
def check_url() -> UrlCheck:
    return UrlCheck([], set())


@pytest.fixture
def timeouts() -> Timeouts:
    """Those of the product: where no answer hangs, none is given up because this machine pauses."""
    return Timeouts()


@pytest.fixture
async def client(api: ScriptedServer, check_url: UrlCheck, timeouts: Timeouts) -> AsyncIterator[WaveSpeed]:
    async with (
        aiohttp.ClientSession() as session,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as submits,
        aiohttp.ClientSession() as storage_session,
    ):
        yield WaveSpeed(
            session,
            submits=submits,
            storage=storage_session,
            base_url=f"{api.url}/api/v3",
            api_key=SecretStr(KEY),
            check_url=check_url,
            clock=FixedClock(),
            timeouts=timeouts,
        )
