"""The two pages of a running bot, /healthz and /metrics, as an operator's machine asks for them."""

from __future__ import annotations

import asyncio
import json

import aiohttp

from tests.wire.stage import PATIENCE_SECONDS

LOOK_SECONDS = 0.05


async def page(port: int, path: str) -> tuple[int, str]:
    """Look at a page once: its status, and what stands there."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
        return response.status, await response.text()


async def health(port: int, expected: int) -> object:
    """Ask until the page answers so, and return what it says."""
    for _ in range(round(PATIENCE_SECONDS / LOOK_SECONDS)):
        status, text = await page(port, "/healthz")
        if status == expected:
            return json.loads(text)
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError(f"/healthz did not become {expected}")


async def measured(port: int, line: str) -> str:
    """Ask for /metrics until this line stands there, and return all: the queue is told of once a second."""
    for _ in range(round(PATIENCE_SECONDS / LOOK_SECONDS)):
        _, measures = await page(port, "/metrics")
        if line in measures:
            return measures
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError(f"/metrics did not say {line}")
