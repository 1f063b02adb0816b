"""Checks for `easel check`: settings, Discord, provider, database and disk, each answered by one line."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import discord

from bot.check_models import judge_pauses, judge_prices
from bot.db.database import DatabaseEmpty
from bot.db.prices import Paused
from bot.domain.clock import SECOND
from bot.domain.drift import Confirmed
from bot.domain.errors import EaselError
from bot.domain.models import CATALOGUE
from bot.domain.money import micros_up
from bot.domain.remote_clock import Span
from bot.file_hosts import Resolve, addresses_of, judge_file_hosts
from bot.findings import CheckFailed, Finding, WrongSecret, look
from bot.media.disk import RESERVE_BYTES, existing
from bot.media.location import Bucket
from bot.media.opening import open_vault
from bot.permissions import IN_CHANNELS, IN_THREADS, invite_url, missing_from
from bot.secret_shapes import perhaps_another
from bot.services.ports.provider import Provider
from bot.settings import Settings
from bot.webhook_reach import judge_webhooks

T = TypeVar("T")

SECONDS_PER_CHECK = 10.0
_UNAUTHORIZED = 401
_OK = 200
_NAMED_SERVERS = 3
_AGREE_SECONDS = 2
_CLOSED_KINDS = {
    missing_from(IN_CHANNELS, IN_THREADS): "in threads",
    missing_from(IN_THREADS, IN_CHANNELS): "in the channels",
}
"""What a role may lack and still work elsewhere: a server can mean it so."""


@dataclass(frozen=True, slots=True)
class Means:
    """With what the checks look.

    All but the first two take what DATABASE_URL says. `open_database` opens and closes an existing database without
    changing it; `commands_refused` reads from it with which sentence Discord did not take the commands at the last
    start, None where it has them; `webhook_key` reads the key of the addresses for webhooks; `confirmed` and `paused`
    read what the operator has confirmed of models, and why each that is paused is; `workers` says who else runs on a
    database of several processes.
    """

    session: aiohttp.ClientSession
    provider: Callable[[], Provider]
    open_database: Callable[[str], Awaitable[None]]
    commands_refused: Callable[[str], Awaitable[str | None]]
    webhook_key: Callable[[str], Awaitable[str | None]]
    confirmed: Callable[[str], Awaitable[Mapping[str, Confirmed]]]
    paused: Callable[[str], Awaitable[Paused]]
    workers: Callable[[], Awaitable[str]]
    seconds: float = SECONDS_PER_CHECK
    resolve: Resolve = addresses_of


async def check_all(settings: Settings, means: Means) -> list[Finding]:
    """Check Discord, the provider, the database and the disk, all at once; none takes longer than its time."""
    groups = await asyncio.gather(
        _check_discord(settings, means), _check_provider(settings, means), _check_machine(settings, means)
    )
    fault = settings.impossible_secret()
    return [
        Finding("settings", ok=fault is None, sentence=fault or "read and understood."),
        *(line for group in groups for line in group),
    ]


# Discord --------------------------------------------------------------------------------------------------------------


async def check_token(
    settings: Settings, session: aiohttp.ClientSession, seconds: float = SECONDS_PER_CHECK
) -> Finding:
    """Whether Discord accepts the token."""

    async def token() -> str:
        me = await _ask_discord(settings, session, "/users/@me")
        return f"Discord knows this bot as {me['username']}."

    return await look("token", token, seconds)


def invite_in(findings: Iterable[Finding]) -> str | None:
    """The invite link that the report names, if it does."""
    return next((line.sentence.split()[-1] for line in findings if line.ok and line.name == "application"), None)


async def _check_discord(settings: Settings, means: Means) -> list[Finding]:
    async def application() -> str:
        app = await _ask_discord(settings, means.session, "/applications/@me")
        return f"{app['name']}; invite it with {invite_url(int(app['id']))}"

    async def permissions() -> str:
        guilds = await _ask_discord(settings, means.session, "/users/@me/guilds?limit=200")
        return _judge_permissions(guilds)

    first = await check_token(settings, means.session, means.seconds)
    if not first.ok:  # the others would only say the same again
        return [first]
    return [
        first,
        await look("application", application, means.seconds),
        await look("permissions", permissions, means.seconds),
    ]


async def _ask_discord(settings: Settings, session: aiohttp.ClientSession, path: str) -> Any:
    headers = {
        "Authorization": f"Bot {settings.bot_token()}",
        "User-Agent": f"DiscordBot (easel, {version('easel')})",
    }
    async with session.get(f"{settings.discord_api_base}{path}", headers=headers, allow_redirects=False) as response:
        # The page of a network that wants a login first is no word of Discord's about the token.
        if response.status == _UNAUTHORIZED and response.content_type == "application/json":
            raise WrongSecret(
                "Discord does not accept DISCORD_TOKEN: reset it on the application's Bot page."
                f"{perhaps_another(settings.bot_token())}"
            )
        if response.content_type != "application/json":
            raise CheckFailed(
                f"a page came in place of Discord's answer (status {response.status}). Something in between answered, "
                "as a network that wants a login does; look at it and try again."
            )
        if response.status != _OK:
            raise CheckFailed(f"Discord answered with status {response.status}; try again in a minute.")
        return await response.json()


def _judge_permissions(guilds: list[dict[str, Any]]) -> str:
    if not guilds:
        return "the bot is in no server yet; use the invite link."
    missing = {guild["name"]: missing_from(discord.Permissions(int(guild["permissions"]))) for guild in guilds}
    lacking = {name: names for name, names in missing.items() if names and names not in _CLOSED_KINDS}
    if lacking:
        raise CheckFailed(f"the bot's role lacks permissions in {_named(lacking)}; the invite link grants them.")
    said = f"the bot's role has what it needs in {len(guilds)} server{'s' if len(guilds) > 1 else ''}"
    for names, kind in _CLOSED_KINDS.items():
        closed = {name: names for name, lacks in missing.items() if lacks == names}
        said += f"; not {kind} of {_named(closed)}" if closed else ""
    return f"{said}."


def _named(servers: Mapping[str, tuple[str, ...]]) -> str:
    shown = [f"{name} ({', '.join(missing)})" for name, missing in servers.items()]
    more = f"; and {len(shown) - _NAMED_SERVERS} more" if len(shown) > _NAMED_SERVERS else ""
    return "; ".join(shown[:_NAMED_SERVERS]) + more


# The provider ---------------------------------------------------------------------------------------------------------


async def check_key(provider: Callable[[], Provider], seconds: float = SECONDS_PER_CHECK) -> Finding:
    """Whether WaveSpeed accepts the key; `provider` raises SettingsError where there is none."""

    async def key() -> str:
        await provider().balance()
        return "WaveSpeed accepts the key."

    return await look("key", key, seconds)


async def _check_provider(settings: Settings, means: Means) -> list[Finding]:
    async def balance() -> str:
        left = await means.provider().balance()
        cheapest = min(model.price_micros for model in CATALOGUE)
        if left <= 0 or micros_up(left) < cheapest:
            raise CheckFailed(f"${left:.2f} is left at WaveSpeed, too little for one picture; top the account up.")
        return f"${left:.2f} is left at WaveSpeed."

    async def prices() -> str:
        return judge_prices(await means.provider().listed_models(), await _kept(settings, means.confirmed))

    async def models() -> str:
        return judge_pauses(await _kept(settings, means.paused))

    async def clock() -> str:
        provider = means.provider()
        await provider.balance()
        return _tell_offset(provider.remote_clock.offset)

    first = await check_key(means.provider, means.seconds)
    if not first.ok:
        return [first]
    return [
        first,
        await look("clock", clock, means.seconds),
        await look("balance", balance, means.seconds),
        await look("prices", prices, means.seconds),
        await look("models", models, means.seconds),
    ]


def _tell_offset(offset: Span | None) -> str:
    """How far the clocks are apart. No failure however far: all that is compared is compared by the provider's."""
    if offset is None:
        return "WaveSpeed's answers bear no date; this machine's clock has to be right, so keep it set by NTP."
    seconds = round((offset.earliest + offset.latest) / 2 / SECOND)
    if abs(seconds) < _AGREE_SECONDS:
        return f"this machine's clock and WaveSpeed's agree to within {_AGREE_SECONDS} s."
    direction = "behind" if seconds > 0 else "ahead of"
    return f"this machine's clock is {abs(seconds)} s {direction} WaveSpeed's; Easel allows for that."


# This machine ---------------------------------------------------------------------------------------------------------


async def _check_machine(settings: Settings, means: Means) -> list[Finding]:
    async def database() -> str:
        if await _is_missing(settings.database_path):
            return f"{settings.database_name} does not exist yet; the first start makes it."
        try:
            await means.open_database(settings.database_url)
        except DatabaseEmpty as empty:
            return empty.sentence
        return f"{settings.database_name} opens and is up to date."

    async def commands() -> str:
        if await _is_missing(settings.database_path):
            return "the first start gives them to Discord."
        if (refusal := await known(settings, means.commands_refused)) is not None:
            raise CheckFailed(refusal)
        return "nothing says that Discord did not take them."

    async def disk() -> str:
        return await asyncio.to_thread(_judge_disk, set(settings.folders))

    async def images() -> str:
        await open_vault(settings.images_place)
        return f"{settings.images_name} takes images and gives them back."

    async def webhooks() -> str:
        key = await known(settings, means.webhook_key)
        return await judge_webhooks(settings, means.session, key)

    is_shared = settings.database_path is None
    return [
        opened := await look("database", database, means.seconds),
        *([await look("workers", means.workers, means.seconds)] if opened.ok and is_shared else []),
        *([await look("commands", commands, means.seconds)] if opened.ok else []),
        await look("disk", disk, means.seconds),
        *([await look("images", images, means.seconds)] if isinstance(settings.images_place, Bucket) else []),
        await look("file hosts", partial(judge_file_hosts, settings, means.resolve), means.seconds),
        *([await look("webhooks", webhooks, means.seconds)] if settings.webhook_url is not None else []),
    ]


async def known(settings: Settings, ask: Callable[[str], Awaitable[T | None]]) -> T | None:
    """What an existing database says; nothing where there is none yet."""
    if await _is_missing(settings.database_path):
        return None
    try:
        return await ask(settings.database_url)
    except DatabaseEmpty:
        return None


async def _kept(settings: Settings, ask: Callable[[str], Awaitable[Mapping[str, T]]]) -> Mapping[str, T]:
    """As `known`; a database that cannot be read has a line of its own for that."""
    try:
        return await known(settings, ask) or {}
    except EaselError:
        return {}


async def _is_missing(path: Path | None) -> bool:
    return path is not None and not await asyncio.to_thread(path.exists)


def _judge_disk(folders: set[Path]) -> str:
    least = 1 << 62
    for folder in sorted(folders):
        found = existing(folder)
        if not found.is_dir() or not os.access(found, os.W_OK | os.X_OK):
            raise CheckFailed(f"{found} is not a folder that this user may write to.")
        least = min(least, shutil.disk_usage(found).free)
    if least < RESERVE_BYTES:
        raise CheckFailed(f"only {least // 1024**2} MB are free; Easel takes no jobs below 256 MB.")
    return f"{least / 1024**3:.1f} GB are free."
