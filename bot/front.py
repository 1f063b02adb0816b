"""A front: serves the interactions of its shards on a shared database, and leads while no other front does.

It is two compositions with one client: the front's, which is never without its database connection, and for each term
the leader's, made anew over the connection that holds the lead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from bot.app import DRAIN_SECONDS, Draining, connect, open_webhooks, parts_of
from bot.client import EaselBot
from bot.db.database import Database, DatabaseInUse, LostLead
from bot.db.opening import listen, open_database, shard_locks, speaking, standing_by
from bot.domain.errors import EaselError
from bot.gateway import GatewayPace, point_at
from bot.health import health_app, serve_health
from bot.services.catalogue import Services
from bot.services.engine import Engine
from bot.services.jobs.recovery import Recovery
from bot.services.jobs.sweep import Sweep
from bot.services.relayed_signals import RelayedSignals, pass_on
from bot.services.resources import Resources
from bot.settings import Settings
from bot.standby import FRONT, LEADER, lost_lead, say_standby, until_first, worker_name
from bot.wiring.discord import Paces, open_client, open_discord
from bot.wiring.engine import engine_of, recovery_of
from bot.wiring.resources import Environment, open_resources

if TYPE_CHECKING:
    from bot.db.postgres_shards import ShardLocks

log = structlog.stdlib.get_logger(__name__)

AGAIN_SECONDS = 5.0
"""After a term that could not begin although nobody else leads."""


class ShardsLost(Exception):
    """Another process holds these shards by now."""


@dataclass(slots=True)
class Front:
    """The open front; `engine` is there while it leads."""

    bot: EaselBot
    services: Services
    resources: Resources
    recovery: Recovery
    paces: GatewayPace | Paces
    name: str
    engine: Engine | None = None

    @property
    def role(self) -> str:
        """Whether it leads now."""
        return FRONT if self.engine is None else LEADER

    def leads_with(self, engine: Engine | None) -> None:
        """Begin to lead, or, with None, leave it to others."""
        self.engine = engine
        self.resources.metrics.works_as(self.name, self.role)

    async def answer_interrupted(self) -> None:
        """Answer what an earlier process of these shards left; runs until cancelled."""
        await self.bot.wait_until_ready()
        await self.recovery.answer_interrupted()
        await asyncio.Event().wait()

    async def drain(self) -> None:
        """Admit nothing more, and give the leader's requests on their way some time to be answered."""
        self.services.creative.intake.close(Draining())
        if self.engine is not None:
            await self.engine.drain(Draining(), DRAIN_SECONDS)


@asynccontextmanager
async def open_front(settings: Settings, environment: Environment) -> AsyncGenerator[Front]:
    """Open what takes interactions and admits jobs, with a database connection that any number of processes may have.

    Raises:
        EaselError: the database or the images cannot be used.
    """
    shared = replace(environment, open_database=_open_shared)
    async with open_resources(settings, shared) as opened, AsyncExitStack() as stack:
        say = await stack.enter_async_context(speaking(settings.database_url))
        resources = replace(opened, signals=RelayedSignals(opened.clock, say))
        client = await stack.enter_async_context(open_client(settings, resources))
        # No other process holds these shards: what of them is unanswered now is of an earlier one that did.
        unanswered = await resources.stores.interactions.unanswered(resources.clock.now())
        ours = [each for each in unanswered if settings.shards is None or settings.shards.hold(each.guild_id)]
        recovery = recovery_of(settings, resources, client.discord, interrupted=ours)
        name = f"{worker_name()} {settings.shard_ids or ''}".strip()
        front = Front(client.bot, client.services, resources, recovery, client.paces, name)
        front.leads_with(None)
        yield front


async def run(settings: Settings, stop: asyncio.Event, environment: Environment | None = None) -> None:
    """Be a front of its shards until `stop` is set, whenever no other process holds them.

    Only tests hand in another environment.

    Raises:
        GatewayRefused: Discord does not take this bot.
        EaselError: the database or the images cannot be used.
    """
    environment = environment or Environment()
    point_at(settings.discord_api_base, settings.discord_gateway)
    shards = () if settings.shards is None else settings.shards.ids
    while not stop.is_set():
        async with shard_locks(settings.database_url, shards) as locks:
            await until_first(stop.wait(), locks.take(), say_standby(settings))
            if stop.is_set():
                return
            try:
                await _serve(settings, stop, environment, locks)
            except ShardsLost:
                log.warning("front.lost_shards", sentence="Another Easel has taken these shards; waiting for them.")


async def _serve(settings: Settings, stop: asyncio.Event, environment: Environment, locks: ShardLocks) -> None:
    async with open_front(settings, environment) as front, AsyncExitStack() as stack:
        metrics = front.resources.metrics
        if settings.health_port is not None:
            pages = health_app(parts_of(front.bot, front.resources.stores), metrics, role=lambda: front.role)
            await stack.enter_async_context(serve_health(pages, settings.health_host, settings.health_port))
        await until_first(
            stop.wait(),
            _lost_shards(locks),
            connect(front.bot, front.paces, settings, environment.clock),
            front.answer_interrupted(),
            front.bot.commands_at_discord.keep_synced(),
            metrics.measure_loop_delay(environment.clock),
            _lead_in_turn(settings, environment, front),
            then=front.drain,
        )


async def _lead_in_turn(settings: Settings, environment: Environment, front: Front) -> None:
    """Lead whenever nobody else does, until cancelled."""
    while True:
        try:
            await _lead(settings, environment, front)
        except DatabaseInUse:
            log.info("front.follows", sentence="Another front leads; this one takes interactions and stands by.")
        except LostLead:
            log.warning(
                "front.stood_back", sentence="Another front leads by now; this one goes on taking interactions."
            )
        except EaselError as error:
            log.warning("front.cannot_lead", sentence=error.sentence)
            await environment.clock.sleep(AGAIN_SECONDS)
        async with standing_by(settings.database_url) as turn:
            await turn()


async def _lead(settings: Settings, environment: Environment, front: Front) -> None:
    """Run the engine for as long as this process holds the lead.

    Raises:
        DatabaseInUse: another one leads.
        LostLead: another one leads by now.
        EaselError: what an engine needs cannot be opened.
    """
    async with open_resources(settings, environment) as opened, AsyncExitStack() as stack:
        resources = replace(opened, metrics=front.resources.metrics)
        discord = await stack.enter_async_context(open_discord(resources, front.bot))
        services = Services(resources, discord)
        engine = engine_of(settings, resources, services, discord, interrupted=())
        await open_webhooks(settings, services.jobs.announcements, stack)
        sweep = Sweep(resources.stores.jobs, resources.signals, resources.clock)
        log.info("front.leads", sentence="This front leads from now on.")
        front.leads_with(engine)
        stack.callback(front.leads_with, None)
        await until_first(
            lost_lead(resources.database),
            engine.run(front.bot.wait_until_ready),
            sweep.run(),
            listen(settings.database_url, lambda line: pass_on(line, resources.signals), sweep.look_now),
        )


async def _lost_shards(locks: ShardLocks) -> None:
    await locks.lost()
    raise ShardsLost


async def _open_shared(url: str) -> Database:
    return await open_database(url)
