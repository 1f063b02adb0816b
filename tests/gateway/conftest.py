"""A clock that only the tests move, and Discord's own addresses for whoever comes next."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.clocks import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(autouse=True)
def discords_own_addresses() -> Generator[None]:
    """Put Discord's addresses back after a test that changed them."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
