"""The bot of `easel run` as a whole: opened in order, run until told to stop, closed in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog

from bot import texts
from bot.client import EaselBot
from bot.connection import stay_connected, stay_connected_by_shards
from bot.db.database import Database
from bot.db.stores import Stores
from bot.domain.clock import Clock
from bot.domain.errors import Unavailable
from bot.gateway import GatewayPace, point_at
from bot.health import Ping, health_app, serve_health
from bot.metrics import Metrics
from bot.services.engine import Engine
from bot.services.jobs.announcements import Announcements
from bot.settings import Settings
from bot.sharded import ShardedBot
from bot.standby import LEADER, lost_lead, until_first, worker_name
from bot.webhooks import serve_webhooks, webhook_app
from bot.wiring.discord import Paces, open_client
from bot.wiring.engine import engine_of
from bot.wiring.resources import Environment, open_resources

log = structlog.stdlib.get_logger(__name__)

DRAIN_SECONDS = 6.0
"""Docker kills 10 s after SIGTERM: this much of it is for requests on their way to be answered, the rest to close."""


class Draining(Unavailable):
    """The program was asked to stop."""

    def __init__(self) -> None:
        super().__init__(texts.errors.DRAINING)


@dataclass(frozen=True, slots=True)
class App:
    """The open application."""

    bot: EaselBot
    engine: Engine
    database: Database
    stores: Stores
    metrics: Metrics
    paces: GatewayPace | Paces
    announcements: Announcements

    async def work(self) -> None:
        """Run the engine until cancelled. Call it where its tasks should live, never inside a command."""
        await self.engine.run(self.bot.wait_until_ready)

    async def drain(self) -> None:
        """Admit nothing more, and give the requests on their way some time to be answered."""
        await self.engine.drain(Draining(), DRAIN_SECONDS)


@asynccontextmanager
async def open_app(settings: Settings, environment: Environment) -> AsyncGenerator[App]:
    """Open database, sessions, provider and client; close them in reverse.

    Raises:
        EaselError: the database or the image folder cannot be used.
    """
    async with open_resources(settings, environment) as resources, open_client(settings, resources) as client:
        # Here, where the gateway cannot have handed anything over yet: what is unanswered now is of an earlier run.
        interrupted = await resources.stores.interactions.unanswered(resources.clock.now())
        engine = engine_of(settings, resources, client.services, client.discord, interrupted=interrupted)
        yield App(
            client.bot,
            engine,
            resources.database,
            resources.stores,
            resources.metrics,
            client.paces,
            client.services.jobs.announcements,
        )


async def run(settings: Settings, stop: asyncio.Event, environment: Environment | None = None) -> None:
    """Run the bot against Discord until `stop` is set, then drain and close. Only tests hand in another environment.

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
            app.metrics.works_as(worker_name(), LEADER)
            pages = health_app(parts_of(app.bot, app.stores), app.metrics, role=LEADER)
            await stack.enter_async_context(serve_health(pages, settings.health_host, settings.health_port))
        await open_webhooks(settings, app.announcements, stack)
        await until_first(
            lost_lead(app.database),
            until_first(
                stop.wait(),
                connect(app.bot, app.paces, settings, environment.clock),
                app.work(),
                app.bot.commands_at_discord.keep_synced(),
                app.metrics.measure_loop_delay(environment.clock),
                then=app.drain,
            ),
        )


def parts_of(bot: EaselBot, stores: Stores) -> Mapping[str, Ping]:
    """What `/healthz` asks about, by name."""

    async def hears() -> bool:
        return bot.hears

    async def has_commands() -> bool:
        """Whether Discord took our commands, the last time that this process gave it them."""
        return bot.commands_at_discord.refusal is None

    async def can_read() -> bool:
        await stores.jobs.open_jobs()
        return True

    return {"gateway": hears, "commands": has_commands, "database": can_read}


async def open_webhooks(settings: Settings, calls: Announcements, stack: AsyncExitStack) -> None:
    """Let the provider announce what has ended, where webhooks are on; what it says to nobody is asked for as usual."""
    if calls.addresses is not None and settings.webhook_port is not None:
        endpoint = webhook_app(calls.addresses, calls.announced, calls.came)
        await stack.enter_async_context(serve_webhooks(endpoint, settings.webhook_port))


async def connect(bot: EaselBot, paces: GatewayPace | Paces, settings: Settings, clock: Clock) -> None:
    """Log in and stay connected with every shard until cancelled. Raises GatewayRefused."""
    gateway = settings.discord_gateway
    if isinstance(paces, GatewayPace):
        await stay_connected(bot, settings.bot_token(), paces, clock, gateway=gateway)
    elif isinstance(bot, ShardedBot):
        await stay_connected_by_shards(bot, settings.bot_token(), paces.of, clock, gateway=gateway)
