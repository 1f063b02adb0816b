"""The provider as verbs use it: its prices, its bill and its account, never an upload."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
from pydantic import SecretStr

from bot.domain.clock import Clock
from bot.provider.client import WaveSpeed
from bot.settings import Settings


@asynccontextmanager
async def open_session() -> AsyncGenerator[aiohttp.ClientSession]:
    """A session of fresh connections for the block."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        yield session


def provider_of(settings: Settings, session: aiohttp.ClientSession, clock: Clock) -> WaveSpeed:
    """The provider's client.

    Raises:
        SettingsError: there is no key.
    """
    return WaveSpeed(
        session,
        submits=session,
        storage=session,
        base_url=settings.wavespeed_base_url,
        api_key=SecretStr(settings.api_key()),
        check_url=_refuse,
        clock=clock,
    )


def _refuse(_url: str) -> None:
    message = "verbs upload nothing"
    raise ValueError(message)
