"""The composition root: opens everything in order, has it wired, runs it, and closes in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import structlog
from pydantic import SecretStr

from bot.client import EaselBot
from bot.connection import stay_connected
from bot.db.database import Database, LostLead
from bot.db.opening import open_database
from bot.db.stores import BotLimit, Stores, open_stores
from bot.domain.checking import Pace
from bot.domain.errors import Unavailable
from bot.domain.orders import Defaults
from bot.gateway import GatewayPace, point_at
from bot.health import Ping, health_app, serve_health
from bot.media.checker import PillowChecker
from bot.media.disk import Disks
from bot.media.fetch import CdnAttachmentReader, OutputDownloader
from bot.media.guard import AllowedHosts, check_output_url, open_download_session
from bot.media.opening import open_vault
from bot.metrics import Metrics
from bot.provider.client import WaveSpeed
from bot.services.engine import Engine
from bot.services.jobs.announcements import Announcements
from bot.services.jobs.learned_waits import LOADED, LearnedWaits
from bot.services.signals import Signals
from bot.settings import Settings
from bot.standby import LEADER, worker_name
from bot.webhooks import serve_webhooks, webhook_app
from bot.wiring.engine import engine_of
from bot.wiring.resources import Environment, Media, Resources, addresses_of
from bot.wiring.services import bot_of, discord_of, services_of, share

log = structlog.stdlib.get_logger(__name__)

DRAIN_SECONDS = 6.0
"""Docker kills 10 s after SIGTERM: this much of it is for requests on their way to be answered, the rest to close."""


class Draining(Unavailable):
    """The program was asked to stop."""

    def __init__(self) -> None:
        super().__init__("I am being restarted.", advice="Please send the command again in a minute.")


@dataclass(frozen=True, slots=True)
class App:
    """The open application."""

    bot: EaselBot
    engine: Engine
    database: Database
    stores: Stores
    metrics: Metrics
    pace: GatewayPace
    announcements: Announcements

    async def work(self) -> None:
        """Run the engine until cancelled. Call it where its tasks should live, never inside a command."""
        await self.engine.run(self.bot.wait_until_ready)

    @property
    def parts(self) -> Mapping[str, Ping]:
        """What `/healthz` asks about, by name."""
        return {
            "gateway": self.gateway_answers,
            "commands": self.commands_are_there,
            "database": self.database_answers,
        }

    async def gateway_answers(self) -> bool:
        """Whether Discord's gateway has us in a session now; discord.py stays "ready" when it loses the connection."""
        return self.bot.is_ready() and self.bot.ws.open

    async def commands_are_there(self) -> bool:
        """Whether Discord took our commands, the last time that it was given them."""
        return self.bot.commands_at_discord.refusal is None

    async def database_answers(self) -> bool:
        """Whether the database can be read."""
        await self.stores.jobs.open_jobs()
        return True


@asynccontextmanager
async def open_app(settings: Settings, environment: Environment) -> AsyncGenerator[App]:
    """Open database, sessions, provider and client; close them in reverse.

    Raises:
        EaselError: the database or the image folder cannot be used.
    """
    async with AsyncExitStack() as stack:
        database = await open_database(settings.database_url, alone=True)
        stack.push_async_callback(database.close)
        stores = await open_stores(
            database,
            defaults=Defaults(
                settings.default_member_limit_micros,
                settings.default_server_limit_micros,
                settings.default_limit_period,
            ),
            bot_limit=BotLimit(settings.bot_limit_micros, settings.bot_limit_period),
            at=environment.clock.now(),
        )
        resources = await _open_resources(settings, environment, stores, stack)
        shared = share(resources)
        pace = GatewayPace(stores.facts, environment.clock, environment.random)
        bot = bot_of(resources, pace)
        stack.push_async_callback(bot.close)
        discord, messenger = discord_of(resources, shared, bot)
        stack.push_async_callback(messenger.close)
        services = services_of(resources, shared, discord)
        bot.attach(services)
        # Here, where the gateway cannot have handed anything over yet: what is unanswered now is of an earlier run.
        interrupted = await stores.interactions.unanswered(environment.clock.now())
        engine = engine_of(resources, shared, services, discord, interrupted=interrupted)
        yield App(bot, engine, database, stores, resources.metrics, pace, shared.announcements)


async def _open_resources(
    settings: Settings, environment: Environment, stores: Stores, stack: AsyncExitStack
) -> Resources:
    hosts = AllowedHosts.parse(",".join(settings.cdn_hosts))
    downloads = await stack.enter_async_context(open_download_session(hosts))
    reads = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    # A fresh connection for each paid request: one that went stale meanwhile could swallow it without a trace.
    fresh = aiohttp.TCPConnector(force_close=True)
    submits = await stack.enter_async_context(
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), connector=fresh)
    )

    def check_url(url: str) -> None:
        check_output_url(url, hosts)

    provider = WaveSpeed(
        reads,
        submits=submits,
        storage=downloads,
        base_url=settings.wavespeed_base_url,
        api_key=SecretStr(settings.api_key()),
        check_url=check_url,
        clock=environment.clock,
    )
    media = Media(
        vault=await open_vault(settings.images_place),
        checker=PillowChecker(),
        attachments=environment.attachments or CdnAttachmentReader(downloads, hosts),
        outputs=OutputDownloader(downloads, hosts),
        disk=Disks(*settings.folders),
    )
    waits = LearnedWaits(Pace(settings.poll_initial_seconds, settings.poll_max_seconds))
    waits.load(await stores.jobs.durations(LOADED))
    addresses = await addresses_of(settings, stores.facts)
    return Resources(
        settings, environment, stores, provider, media, Signals(environment.clock), waits, addresses, Metrics()
    )


async def run(settings: Settings, stop: asyncio.Event, environment: Environment | None = None) -> None:
    """Run the bot against Discord until `stop` is set, then drain and close. Only tests hand in other surroundings.

    Raises:
        GatewayRefused: Discord does not take this bot.
        DatabaseInUse: another worker leads.
        LostLead: another worker leads by now.
        EaselError: the database or the image folder cannot be used.
    """
    environment = environment or Environment()
    point_at(settings.discord_api_base, settings.discord_gateway)
    async with open_app(settings, environment) as app, AsyncExitStack() as stack:
        if settings.health_port is not None:
            parts = {
                "gateway": app.gateway_answers,
                "commands": app.commands_are_there,
                "database": app.database_answers,
            }
            app.metrics.works_as(worker_name(), LEADER)
            pages = health_app(parts, app.metrics, role=LEADER)
            await stack.enter_async_context(serve_health(pages, settings.health_host, settings.health_port))
        calls = app.announcements
        if calls.addresses is not None and settings.webhook_port is not None:
            door = webhook_app(calls.addresses, calls.announced, calls.came)
            await stack.enter_async_context(serve_webhooks(door, settings.webhook_port))
        lead_lost = asyncio.create_task(app.database.lead_lost(), name="lead")
        tasks = (
            lead_lost,
            asyncio.create_task(_connect(app, settings, environment), name="gateway"),
            asyncio.create_task(app.work(), name="engine"),
            asyncio.create_task(app.bot.commands_at_discord.keep_synced(), name="commands"),
            asyncio.create_task(app.metrics.measure_loop_delay(environment.clock), name="loop delay"),
        )
        stopped = asyncio.create_task(stop.wait(), name="stop")
        try:
            done, _ = await asyncio.wait((*tasks, stopped), return_when=asyncio.FIRST_COMPLETED)
            if lead_lost in done:
                raise LostLead  # nothing that comes back now could be written down here
            await app.engine.drain(Draining(), DRAIN_SECONDS)
            for task in done:
                task.result()
        finally:
            for task in (*tasks, stopped):
                task.cancel()
            await asyncio.gather(*tasks, stopped, return_exceptions=True)


async def _connect(app: App, settings: Settings, environment: Environment) -> None:
    gateway = settings.discord_gateway
    await stay_connected(app.bot, settings.bot_token(), app.pace, environment.clock, gateway=gateway)
