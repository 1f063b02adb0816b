"""A report of `check` about services that a test has set up, and the line of it that is about one thing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from bot.check import Means, check_all
from bot.db.prices import Paused
from bot.db.url import sqlite_path
from bot.domain.clock import SystemClock
from bot.domain.drift import Confirmed
from bot.domain.errors import EaselError
from bot.provider.client import WaveSpeed
from bot.settings import Settings
from bot.texts.templates import Refusal
from tests.checked_services import KEY, TOKEN, CheckedServices


async def report(
    services: CheckedServices,
    here: Path,
    *,
    token: str = TOKEN,
    seconds: float = 5.0,
    cdn_hosts: tuple[str, ...] = (),
    **others: object,
) -> list[str]:
    settings = Settings.given(
        discord_token=token,
        wavespeed_api_key=KEY,
        discord_api_base=f"{services.base}/api/v10",
        wavespeed_base_url=f"{services.base}/api/v3",
        database_url=f"sqlite:///{here}/easel.db",
        data_dir=here / "images",
        cdn_hosts=cdn_hosts,
        **others,
    )
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:

        def provider() -> WaveSpeed:
            return WaveSpeed(
                session,
                submits=session,
                storage=session,
                base_url=settings.wavespeed_base_url,
                api_key=SecretStr(settings.api_key()),
                check_url=lambda _url: None,
                clock=SystemClock(),
            )

        async def open_database(url: str) -> None:
            path = sqlite_path(url)
            assert path is not None
            if await asyncio.to_thread(path.read_text) != "ours":
                raise EaselError(Refusal("The database belongs to another program."))

        async def commands_refused(url: str) -> str | None:
            del url
            return services.commands_refused

        async def webhook_key(url: str) -> str | None:
            del url
            return services.webhook_key

        async def confirmed(url: str) -> Mapping[str, Confirmed]:
            del url
            return services.confirmed

        async def paused(url: str) -> Paused:
            del url
            return services.paused

        async def workers() -> str:
            raise AssertionError("a SQLite file has no workers")

        reads = (open_database, commands_refused, webhook_key, confirmed, paused, workers)
        lines = await check_all(settings, Means(session, provider, *reads, seconds, services.resolve))
    return [str(line) for line in lines]


def about(name: str, lines: list[str]) -> str:
    return next(line for line in lines if line.split(":")[0].endswith(f" {name}"))
