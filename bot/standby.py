"""Several workers on one PostgreSQL database: one leads, the others stand by to take over."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from bot.db.database import Database, DatabaseInUse, LostLead
from bot.db.opening import standing_by, workers_of
from bot.health import health_app, serve_health
from bot.metrics import Metrics
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.db.postgres_workers import Workers

LEADER = "leader"
STANDBY = "standby"
FRONT = "front"

_SOON_SECONDS = 1.5
"""A worker that leads sooner than this is not reported as standing by."""

log = structlog.get_logger(__name__)


def worker_name() -> str:
    """What this worker is called among the others: its host."""
    return platform.node() or "unknown"


def workers_beside(settings: Settings) -> AbstractAsyncContextManager[Workers]:
    """Those of the PostgreSQL database, as a worker with these settings sees them."""
    shard_count = settings.shard_count if settings.shard_ids is not None else None
    return workers_of(settings.database_url, shard_count or 0)


async def run_in_turn(
    settings: Settings,
    stop: asyncio.Event,
    lead: Callable[[], Awaitable[None]],
    front: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Run the bot until `stop` is set; on PostgreSQL whenever no other worker leads, or as a front of some shards.

    Raises:
        DatabaseInUse: other workers run there that cannot work beside this one.
    """
    if settings.database_path is not None:
        await lead()
        return
    async with workers_beside(settings) as workers:
        await workers.join()
        works = _in_turn(settings, stop, lead) if settings.shard_ids is None else front()
        await until_first(works, workers.stay())


async def _in_turn(settings: Settings, stop: asyncio.Event, lead: Callable[[], Awaitable[None]]) -> None:
    """Lead whenever nobody else does, until `stop` is set.

    Each term begins as a start does, with everything made anew: what there was to know of the jobs is in the database.
    """
    while not stop.is_set():
        try:
            await lead()
        except DatabaseInUse:
            log.info("standby.waiting", sentence="Another Easel leads on this database; waiting to take its place.")
        except LostLead:
            log.warning("standby.stood_back", sentence="Another Easel leads by now; waiting to take its place.")
        else:
            return
        await _stand_by(settings, stop)


async def _stand_by(settings: Settings, stop: asyncio.Event) -> None:
    async with standing_by(settings.database_url) as turn:
        await until_first(turn(), stop.wait(), say_standby(settings))


async def _nothing() -> None:
    pass


async def until_first(*works: Coroutine[Any, Any, object], then: Callable[[], Awaitable[None]] = _nothing) -> None:
    """Run all until one ends, do one thing more, then end the others; raises what the first raised."""
    tasks = [asyncio.create_task(each) for each in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await then()
        for each in done:
            each.result()
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def lost_lead(database: Database) -> None:
    """Run until another worker leads. Raises LostLead then: nothing that comes back later could be written down."""
    await database.lead_lost()
    raise LostLead


async def say_standby(settings: Settings) -> None:
    """Say to whoever asks that this worker stands by, once it has done so for a moment; runs until cancelled.

    Raises:
        OSError: the port is taken or not allowed.
    """
    await asyncio.sleep(_SOON_SECONDS)
    if settings.health_port is None:
        await asyncio.Event().wait()
    else:
        async with serve_health(_pages(), settings.health_host, settings.health_port):
            await asyncio.Event().wait()


def _pages() -> web.Application:
    metrics = Metrics()
    metrics.works_as(worker_name(), STANDBY)
    return health_app({}, metrics, role=STANDBY)
