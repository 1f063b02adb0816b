"""The provider as verbs use it: its prices, its bill and its account, and for the paid check also uploads."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import aiohttp
from pydantic import SecretStr

from bot.domain.clock import Clock
from bot.media.guard import AllowedHosts, check_output_url
from bot.provider.client import WaveSpeed
from bot.settings import Settings


@asynccontextmanager
async def open_session() -> AsyncGenerator[aiohttp.ClientSession]:
    """A session of fresh connections for the block."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        yield session


def provider_of(settings: Settings, session: aiohttp.ClientSession, clock: Clock) -> WaveSpeed:
    """The provider's client, which uploads nothing.

    Raises:
        SettingsError: there is no key.
    """
    return _client(settings, session, session, clock, _refuse)


def uploading_provider_of(
    settings: Settings, session: aiohttp.ClientSession, storage: aiohttp.ClientSession, clock: Clock
) -> WaveSpeed:
    """The same, which also uploads: to public addresses only, through the guarded session.

    Raises:
        SettingsError: there is no key.
    """
    hosts = AllowedHosts.parse(",".join(settings.cdn_hosts))

    def check_url(url: str) -> None:
        check_output_url(url, hosts)

    return _client(settings, session, storage, clock, check_url)


def _client(
    settings: Settings,
    session: aiohttp.ClientSession,
    storage: aiohttp.ClientSession,
    clock: Clock,
    check_url: Callable[[str], None],
) -> WaveSpeed:
    return WaveSpeed(
        session,
        submits=session,
        storage=storage,
        base_url=settings.wavespeed_base_url,
        api_key=SecretStr(settings.api_key()),
        check_url=check_url,
        clock=clock,
    )


def _refuse(_url: str) -> None:
    message = "this verb uploads nothing"
    raise ValueError(message)
