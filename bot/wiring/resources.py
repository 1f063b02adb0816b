"""Opens what all parts share: database, HTTP sessions, provider and images."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random, SystemRandom

import aiohttp
from pydantic import SecretStr

from bot.db.accounts import KEY_FACT
from bot.db.database import Database
from bot.db.facts import FactStore
from bot.db.opening import open_database
from bot.db.stores import BotLimit, open_stores
from bot.domain.checking import AskingPace
from bot.domain.clock import Clock, SystemClock
from bot.domain.gate import ProviderLimits
from bot.domain.orders import Defaults
from bot.domain.webhooks import Addresses
from bot.media.checker import PillowChecker
from bot.media.disk import Disks
from bot.media.fetch import CdnAttachmentReader, OutputDownloader
from bot.media.guard import AllowedHosts, check_output_url, open_download_session
from bot.media.opening import open_vault
from bot.media.sample import sample_image
from bot.metrics import Metrics
from bot.provider.client import WaveSpeed
from bot.provider.transport import Timeouts
from bot.services.crash_points import CrashHook, no_crash
from bot.services.jobs.learned_waits import LOADED, LearnedWaits
from bot.services.ports.images import AttachmentReader
from bot.services.resources import Media, Resources
from bot.services.signals import Signals
from bot.settings import Settings


async def _open_alone(url: str) -> Database:
    return await open_database(url, alone=True)


@dataclass(frozen=True, slots=True)
class Environment:
    """What differs between a real run, the demo and tests; everything else is the same code."""

    clock: Clock = field(default_factory=SystemClock)
    random: Random = field(default_factory=SystemRandom)
    crash_hook: CrashHook = no_crash
    attachments: AttachmentReader | None = None  #: None streams from Discord's file hosts
    timeouts: Timeouts = field(default_factory=Timeouts)
    disks: Disks | None = None  #: None are those under the folders that the settings name
    open_database: Callable[[str], Awaitable[Database]] = _open_alone


@asynccontextmanager
async def open_resources(settings: Settings, environment: Environment) -> AsyncGenerator[Resources]:
    """Open database, sessions and images, in this order; close them in reverse.

    Raises:
        EaselError: the database or the image folder cannot be used.
    """
    clock = environment.clock
    async with AsyncExitStack() as stack:
        database = await environment.open_database(settings.database_url)
        stack.push_async_callback(database.close)
        stores = await open_stores(
            database,
            defaults=Defaults(
                settings.default_member_limit_micros,
                settings.default_server_limit_micros,
                settings.default_limit_period,
            ),
            bot_limit=BotLimit(settings.bot_limit_micros, settings.bot_limit_period),
            at=clock.now(),
        )
        hosts = AllowedHosts.parse(",".join(settings.cdn_hosts))
        downloads = await stack.enter_async_context(open_download_session(hosts))
        provider = await _open_provider(settings, environment, hosts, downloads, stack)
        waits = LearnedWaits(AskingPace(settings.poll_initial_seconds, settings.poll_max_seconds))
        waits.load(await stores.jobs.durations(LOADED))
        yield Resources(
            database=database,
            stores=stores,
            provider=provider,
            limits=ProviderLimits(
                settings.wavespeed_max_concurrent,
                settings.wavespeed_max_per_minute,
                settings.wavespeed_submit_parallelism,
            ),
            media=Media(
                vault=await open_vault(settings.images_place),
                checker=PillowChecker(),
                attachments=environment.attachments or CdnAttachmentReader(downloads, hosts),
                outputs=OutputDownloader(downloads, hosts),
                disk_has_room=(environment.disks or Disks(*settings.folders)).has_room,
                sample=sample_image(),
            ),
            signals=Signals(clock),
            waits=waits,
            addresses=await _addresses(settings, stores.facts),
            metrics=Metrics(),
            clock=clock,
            random=environment.random,
            crash_hook=environment.crash_hook,
        )


async def _open_provider(
    settings: Settings,
    environment: Environment,
    hosts: AllowedHosts,
    downloads: aiohttp.ClientSession,
    stack: AsyncExitStack,
) -> WaveSpeed:
    reads = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    # A fresh connection for each paid request: one that went stale meanwhile could swallow it without a trace.
    fresh = aiohttp.TCPConnector(force_close=True)
    submits = await stack.enter_async_context(
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), connector=fresh)
    )

    def check_url(url: str) -> None:
        check_output_url(url, hosts)

    return WaveSpeed(
        reads,
        submits=submits,
        storage=downloads,
        base_url=settings.wavespeed_base_url,
        api_key=SecretStr(settings.api_key()),
        check_url=check_url,
        clock=environment.clock,
        timeouts=environment.timeouts,
    )


async def _addresses(settings: Settings, facts: FactStore) -> Addresses | None:
    """The addresses that webhooks are sent to; None where they are off."""
    if settings.webhook_url is None:
        return None
    return Addresses(settings.webhook_url, (await facts.fact(KEY_FACT) or "").encode())
