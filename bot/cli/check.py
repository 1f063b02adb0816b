"""The verb `check`: look at everything a start depends on, print a line for each, exit 0 only if all is well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from bot.check import Means, check_all, known
from bot.cli.provider import open_session, provider_of
from bot.command_sync import REFUSED_COMMANDS
from bot.db.accounts import KEY_FACT
from bot.db.database import Database
from bot.db.facts import FactStore
from bot.db.opening import open_database
from bot.db.prices import Paused, PriceStore
from bot.domain.clock import SystemClock
from bot.domain.drift import Confirmed
from bot.findings import Finding
from bot.setting_faults import SettingsError
from bot.settings import Settings
from bot.standby import workers_beside


def check(settings: Settings) -> int:
    """Print the report; 1 if anything fails."""
    return report(findings(settings))


def findings(settings: Settings) -> list[Finding]:
    """Look at everything."""
    return asyncio.run(_check(settings))


def refuse(error: SettingsError) -> int:
    """Print the report of settings that cannot even be read."""
    return report([Finding("settings", ok=False, sentence=error.sentence)])


def report(lines: list[Finding]) -> int:
    """Print a line for each; 1 if anything fails."""
    for finding in lines:
        print(finding)  # noqa: T201 - the report is what the operator asked for
    return 0 if all(finding.ok for finding in lines) else 1


async def _check(settings: Settings) -> list[Finding]:
    async with open_session() as session:
        provider = partial(provider_of, settings, session, SystemClock())
        means = Means(
            session,
            provider,
            _open_and_close,
            _commands_refused,
            _webhook_key,
            confirmed=_confirmed,
            paused=_paused,
            workers=partial(_workers, settings),
        )
        return await check_all(settings, means)


async def _open_and_close(url: str) -> None:
    async with _opened(url):
        pass


async def _workers(settings: Settings) -> str:
    async with workers_beside(settings) as workers:
        return await workers.judge()


async def _commands_refused(url: str) -> str | None:
    return await _fact(url, REFUSED_COMMANDS) or None


async def webhook_key(settings: Settings) -> str | None:
    """The key of the addresses for webhooks; None before the first start."""
    return await known(settings, _webhook_key)


async def _webhook_key(url: str) -> str | None:
    return await _fact(url, KEY_FACT)


async def _confirmed(url: str) -> Mapping[str, Confirmed]:
    async with _opened(url) as database:
        return await PriceStore(database).confirmed()


async def _paused(url: str) -> Paused:
    async with _opened(url) as database:
        return await PriceStore(database).paused()


async def _fact(url: str, name: str) -> str | None:
    async with _opened(url) as database:
        return await FactStore(database).fact(name)


@asynccontextmanager
async def _opened(url: str) -> AsyncGenerator[Database]:
    database = await open_database(url, may_migrate=False)
    try:
        yield database
    finally:
        await database.close()
