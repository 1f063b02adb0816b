"""The world of the service tests, and retries that do not wait."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import stamina

from tests.services.parts import Parts, open_parts
from tests.services.world import Running, ServiceWorld, open_service_world


@pytest.fixture(autouse=True)
def _retries_do_not_wait() -> Generator[None]:  # pyright: ignore[reportUnusedFunction] - pytest uses it
    with stamina.set_testing(testing=True, attempts=4, cap=True):
        yield


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[ServiceWorld]:
    """A world in which nothing runs yet."""
    async with open_service_world(tmp_path) as opened:
        yield opened


@pytest.fixture
async def bot(world: ServiceWorld) -> AsyncGenerator[Running]:
    """The bot of that world, running."""
    async with world.start() as running:
        yield running


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncGenerator[Parts]:
    """What one part by itself needs."""
    async with open_parts(tmp_path) as opened:
        yield opened
