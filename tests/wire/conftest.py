"""Parts that the wire tests share: a fake Discord on the loopback, a scene in it, and ways to reach it."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import aiohttp
import pytest
from PIL import Image

from tests.wire.discord_fake import FakeDiscord, MovableClock
from tests.wire.discord_probe import Probe, Rest, Scene, connected, furnish


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def fake(clock: MovableClock) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(clock=clock) as running:
        yield running


@pytest.fixture
def scene(fake: FakeDiscord) -> Scene:
    return furnish(fake)


@pytest.fixture
async def probe(scene: Scene) -> AsyncIterator[Probe]:
    async with connected(scene.fake) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as open_session:
        yield open_session


@pytest.fixture
def rest(fake: FakeDiscord, session: aiohttp.ClientSession) -> Rest:
    return Rest(fake, session)


@pytest.fixture
def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 3), "teal").save(file, "PNG")
    return file.getvalue()
