"""The simulated provider, listening, with a clock that its tests move."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from bot.demo.provider import SimulatedProvider
from tests.demo.provider_bench import KEY, Bench
from tests.demo.stepped_clock import SteppedClock


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    clock = SteppedClock()
    provider = SimulatedProvider(clock, api_key=KEY)
    async with provider.serve() as base_url, aiohttp.ClientSession() as session:
        yield Bench(provider, clock, session, base_url)
