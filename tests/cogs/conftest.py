"""A world for command tests: the real bot on SimCord, and the simulated provider, quick."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.demo.provider import Pace
from bot.demo.world import World, open_world
from bot.services.creative import clicks
from tests.clocks import HurriedClock
from tests.services.world import FEW_PIXELS

HURRY = 20

# The first chart of a process waits for matplotlib; no test should.
importlib.import_module("bot.ui.render.manage.charts")
SETTLE_SECONDS = 20.0
"""A busy machine may take long for what takes a moment; nothing waits for this where it is quicker."""


@pytest.fixture
def unhurried_clicks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A double click may take as long as this machine needs for it; the hurried clock gives it 0.15 s."""
    monkeypatch.setattr(clicks, "MOMENT_SECONDS", HURRY * SETTLE_SECONDS)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    """Opened and closed by one task, because SimCord takes context variables back where it set them."""
    opened: asyncio.Future[World] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def live() -> None:
        pace = Pace(created_s=0.2, processing_s=(1.0, 1.0))
        async with open_world(tmp_path, pace=pace, clock=HurriedClock(HURRY), settle_seconds=SETTLE_SECONDS) as world:
            world.provider.set_pixels(FEW_PIXELS)
            opened.set_result(world)
            await over.wait()

    living = asyncio.create_task(live())
    await asyncio.wait((living, opened), return_when=asyncio.FIRST_COMPLETED)
    if living.done():
        living.result()
    yield opened.result()
    broken = await opened.result().app.stores.upkeep.violations()
    over.set()
    await living

    assert broken == (), "whatever was pressed, the accounts have to add up"
