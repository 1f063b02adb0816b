"""The simulated provider as a process of its own, which outlives every bot, and the own routes into it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo.provider import Behaviour, Pace, SimulatedProvider, Site
from bot.domain.clock import Clock

KEY = "wsk_of_the_wire_tests"
FEW_PIXELS = 150_000
"""Of its pictures: far fewer than WaveSpeed's, which would be most of a test's work, yet more bytes than a strip."""
_START_SECONDS = 60.0
_LOOK_AGAIN = 0.02


@dataclass(frozen=True, slots=True)
class ProviderDoor:
    """A running simulated provider, seen through its own routes."""

    base_url: str
    admin_url: str
    session: aiohttp.ClientSession

    async def script(self, site: Site, *behaviours: Behaviour, times: int = 1) -> None:
        """Queue oddities for the next calls at a site."""
        wanted = {"site": site, "behaviours": list(behaviours), "times": times}
        async with self.session.post(f"{self.admin_url}/script", json=wanted) as response:
            assert response.status == 200, await response.text()

    async def clear(self) -> None:
        """Forget what was queued."""
        async with self.session.delete(f"{self.admin_url}/script") as response:
            assert response.status == 200

    async def predictions(self) -> list[dict[str, Any]]:
        """Every task that was ever accepted, oldest first."""
        return await self._read("predictions")

    async def history(self) -> list[dict[str, Any]]:
        """Every request that arrived, oldest first."""
        return await self._read("history")

    async def billed_micros(self) -> int:
        """What the account has paid up to now, after refunds."""
        return int((await self._read("bill"))["total_micros"])

    async def posts(self) -> int:
        """How many paid requests arrived."""
        return sum(each["site"] == Site.SUBMIT for each in await self.history())

    async def download(self, url: str) -> bytes:
        """One finished picture."""
        async with self.session.get(url) as response:
            return await response.read()

    async def _read(self, page: str) -> Any:
        async with self.session.get(f"{self.admin_url}/{page}") as response:
            return await response.json()


@asynccontextmanager
async def provider_here(clock: Clock, pace: Pace) -> AsyncGenerator[ProviderDoor]:
    """Run the provider in this process, on the clock that is handed in."""
    provider = SimulatedProvider(clock, api_key=KEY, pace=pace)
    provider.set_pixels(FEW_PIXELS)
    async with provider.serve() as base_url, aiohttp.ClientSession() as session:
        yield ProviderDoor(base_url, f"{provider.origin}/_simulated", session)


@asynccontextmanager
async def provider_process(
    folder: Path,
    *,
    processing: tuple[float, float] = (0.02, 0.1),
    late: float = 2.0,
    created: float = 0.0,
    key: str = KEY,
    balance_usd: int = 100,
) -> AsyncGenerator[ProviderDoor]:
    """Run the provider until the block ends."""
    address = folder / "provider.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.demo.provider", "--address-file", str(address), "--api-key", key),
        *("--created-seconds", str(created), "--late-seconds", str(late)),
        *("--balance-usd", str(balance_usd)),
        *("--processing-seconds", str(processing[0]), str(processing[1])),
        *("--pixels", str(FEW_PIXELS)),
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            while not address.exists():  # noqa: ASYNC110 - the file is made by another process
                await asyncio.sleep(_LOOK_AGAIN)
        known = json.loads(address.read_text())
        async with aiohttp.ClientSession() as session:
            yield ProviderDoor(known["base_url"], known["admin_url"], session)
    finally:
        process.terminate()
        await process.wait()
