"""How soon a thousand open jobs are asked for again after a start: `python -m tests.bench.bench_restart [HOW MANY]`.

The whole bot but Discord's library, on a real database; the simulated provider is a process of its own behind real
HTTP. So many jobs are sent, the bot ends as abruptly as a crash, and starts again. The figure is the time from that
start until the provider has been asked for every one of them, with the CPU of this process; no paid request may leave.
The baseline is as many bare questions by the same client at the same provider, all at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import structlog

from tests.bench.bench_scale import PAINTING, QUIET, SETTINGS, check_nothing, send_many
from tests.services import world as whole_bot
from tests.services.world import KEY, ServiceWorld, open_service_world
from tests.wire.provider_process import provider_process

HOW_MANY = 1_000
ASKING = {"poll_initial_seconds": 1.0, "poll_max_seconds": 5.0}


async def measure(count: int) -> None:
    """Send, end, start again, and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    whole_bot.check_invariants = check_nothing
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        async with (
            provider_process(folder, processing=PAINTING, key=KEY) as provider,
            open_service_world(folder, factor=1.0, **SETTINGS) as world,
        ):
            world.base_url = provider.base_url
            world.settings |= QUIET
            async with world.start():
                await send_many(world, count)
            posts = await provider.posts()
            world.settings |= ASKING
            again, cpu = await _asked_again(world, count)
            bare = await _bare(world, _provider_ids(folder))
            load = os.getloadavg()[0]
            sys.stdout.write(
                f"{count:,} open jobs asked for again after {again:5.2f} s and {cpu:5.2f} s of CPU; bare questions"
                f" {bare:5.2f} s; ratio {again / bare:4.2f}; POSTs {await provider.posts() - posts}; load {load:.1f}\n"
            )


async def _asked_again(world: ServiceWorld, count: int) -> tuple[float, float]:
    """Seconds, and seconds of CPU, from a start until each open job was asked for."""
    began, cpu = time.perf_counter(), time.process_time()
    async with world.start() as bot:
        asked: set[str] = set()
        result = bot.resources.provider.result

        async def noted(provider_id: str) -> object:
            report = await result(provider_id)
            asked.add(provider_id)
            return report

        bot.resources.provider.result = noted  # pyright: ignore[reportAttributeAccessIssue] - listens
        while len(asked) < count:  # noqa: ASYNC110 - many events, one figure
            await asyncio.sleep(0.02)
        return time.perf_counter() - began, time.process_time() - cpu


def _provider_ids(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "easel.db")) as books:
        return [row[0] for row in books.execute("SELECT provider_id FROM predictions WHERE provider_id IS NOT NULL")]


async def _bare(world: ServiceWorld, provider_ids: list[str]) -> float:
    async with world.start() as bot:
        bot.working.cancel()
        await asyncio.gather(bot.working, return_exceptions=True)
        began = time.perf_counter()
        await asyncio.gather(*map(bot.resources.provider.result, provider_ids))
        return time.perf_counter() - began


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else HOW_MANY))
