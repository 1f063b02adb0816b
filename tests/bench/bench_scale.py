"""What one job costs among many at once: `python -m tests.bench.bench_scale [HOW MANY ...] [--finished HOW MANY]`.

The whole bot but Discord's library, on a real database; the simulated provider, of a high tier, is a process of its own
behind real HTTP, so that all CPU that is counted is Easel's. So many commands are given at once by a hundred members,
and no question is asked until the last is sent. Then all are in flight at the usual pace, and the same CPU is counted
for each question. The figures are ratios between the most and the fewest: 1.0 where a job's cost does not grow with the
others. `--finished` puts so many finished jobs into the database first: their baseline is the same run without them.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import resource
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bot.demo.provider import Site
from bot.services.creative.intake import PictureRequest
from tests.bench.finished import add_finished
from tests.services import world as whole_bot
from tests.services.world import KEY, ServiceWorld, open_service_world, request
from tests.wire.provider_process import ProviderDoor, provider_process

MEMBERS = 100
HOW_MANY = (200, 1_000, 2_000)
ASKED_SECONDS = 8.0
SETTINGS: dict[str, Any] = {
    "wavespeed_max_concurrent": 10_000,
    "wavespeed_max_per_minute": 10_000,
    "default_member_limit_usd": "1000",
    "default_server_limit_usd": "10000",
    "bot_limit_usd": "none",
}
PAINTING = (3_600.0, 3_601.0)
"""Nothing ends while it is measured: only accepting, waiting, sending and asking are."""
QUIET: dict[str, Any] = {"poll_initial_seconds": 3_600.0, "poll_max_seconds": 3_600.0}
ASKING: dict[str, Any] = {"poll_initial_seconds": 1.0, "poll_max_seconds": 5.0}

SENT = "SELECT COUNT(*) FROM attempts WHERE outcome = 'accepted'"


@dataclass(frozen=True, slots=True)
class Cost:
    """What many commands at once cost: CPU in milliseconds, waits in seconds, the most memory so far in MiB."""

    count: int
    job: float
    acknowledged: float
    sent: float
    question: float
    peak: float

    def __str__(self) -> str:
        return (
            f"{self.count:6,} at once: {self.job:6.1f} ms of CPU a job, {self.question:5.2f} ms a question; the last"
            f" acknowledged after {self.acknowledged:5.2f} s, sent after {self.sent:6.1f} s; peak {self.peak:4.0f} MiB"
        )


async def cost(count: int, finished: int) -> Cost:
    """Give so many commands at once beside so many finished jobs, and count."""
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        async with (
            provider_process(folder, processing=PAINTING, key=KEY, balance_usd=10_000) as provider,
            open_service_world(folder, factor=1.0, **SETTINGS) as world,
        ):
            world.base_url = provider.base_url
            async with world.start():
                pass
            add_finished(folder / "easel.db", finished, world.clock.now())
            world.settings |= QUIET
            async with world.start():
                job, acknowledged, sent = await send_many(world, count)
            world.settings |= ASKING
            async with world.start():
                await asyncio.sleep(ASKED_SECONDS / 2)
                before, cpu = await _questions(provider), time.process_time()
                await asyncio.sleep(ASKED_SECONDS)
                cpu = time.process_time() - cpu
                question = cpu * 1000 / (await _questions(provider) - before)
            return Cost(count, job, acknowledged, sent, question, _peak_mib())


async def send_many(world: ServiceWorld, count: int) -> tuple[float, float, float]:
    """The CPU a job in milliseconds, and the seconds until the last was acknowledged, and sent."""
    acknowledged: list[float] = []

    async def command(asked: PictureRequest) -> None:
        opened = world.interaction(asked.requester.member_id)
        await world.bot.stores.interactions.acknowledge(opened)
        acknowledged.append(time.perf_counter())
        await world.bot.services.creative.intake.look(asked)
        await world.bot.accept(asked, opened.interaction_id)

    requests = [request(member=100 + number % MEMBERS) for number in range(count)]
    cpu, began = time.process_time(), time.perf_counter()
    await asyncio.gather(*map(command, requests))
    with closing(sqlite3.connect(world.folder / "easel.db")) as books:
        before = books.execute("SELECT COUNT(*) FROM jobs WHERE closed_at IS NOT NULL").fetchone()[0]
        while books.execute(SENT).fetchone()[0] < before + count:  # noqa: ASYNC110 - an ear would cost as well
            await asyncio.sleep(0.05)
    cpu = time.process_time() - cpu
    return cpu * 1000 / count, max(acknowledged) - began, time.perf_counter() - began


async def _questions(provider: ProviderDoor) -> int:
    return sum(each["site"] == Site.RESULT for each in await provider.history())


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def check_nothing(connection: sqlite3.Connection) -> None:
    del connection


async def measure(counts: tuple[int, ...], finished: int) -> None:
    """Print a line for each number of commands, and the ratios of the last to the first."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    # The tests check every promise about money after each commit, which reads all that there is.
    whole_bot.check_invariants = check_nothing
    costs: list[Cost] = []
    for count in counts:
        costs.append(await cost(count, finished))
        load = os.getloadavg()[0]
        sys.stdout.write(f"{costs[-1]}; load {load:.1f}\n")
        sys.stdout.flush()
    first, last = costs[0], costs[-1]
    sys.stdout.write(f"ratio {last.count:,} : {first.count:,}  {last.job / first.job:5.2f} a job")
    sys.stdout.write(f"  {last.question / first.question:5.2f} a question\n")


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench_scale", description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=HOW_MANY)
    parser.add_argument("--finished", type=int, default=0, help="so many finished jobs are in the database before")
    given = parser.parse_args()
    asyncio.run(measure(tuple(given.counts), given.finished))


if __name__ == "__main__":
    main()
