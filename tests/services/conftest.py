"""The world of the service tests, and retries that do not wait."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import stamina

from tests.services.desk import Desk, open_desk
from tests.services.world import Running, World, open_world


@pytest.fixture(autouse=True)
def _retries_do_not_wait() -> Generator[None]:  # pyright: ignore[reportUnusedFunction] - pytest uses it
    with stamina.set_testing(testing=True, attempts=4, cap=True):
        yield


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    """A world in which nothing runs yet."""
    async with open_world(tmp_path) as opened:
        yield opened


@pytest.fixture
async def bot(world: World) -> AsyncGenerator[Running]:
    """The bot of that world, running."""
    async with world.start() as running:
        yield running


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    """A desk for one part by itself."""
    async with open_desk(tmp_path) as opened:
        yield opened
