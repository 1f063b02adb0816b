"""What one command costs among many given at once: `python -m tests.bench.bench_scale [HOW MANY ...]`.

The whole bot but Discord's library, on a real database, with the simulated provider of a high tier behind real HTTP in
the same process and in real time. So many commands are given at once by a hundred members; what is measured is this
process's CPU, the provider's part included, from the first of them until the last is sent. The figure is the ratio of
what one costs among the most to what one costs among the fewest: 1.0 where a job's cost does not grow with the others.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import structlog

from bot.demo.provider import Pace
from tests.services import world as whole_bot
from tests.services.world import open_world, request

MEMBERS = 100
HOW_MANY = (200, 1_000)
SETTINGS: dict[str, Any] = {
    "wavespeed_max_concurrent": 2_000,
    "wavespeed_max_per_minute": 5_000,
    "default_member_limit_usd": "1000",
    "default_server_limit_usd": "10000",
    "bot_limit_usd": "none",
}
PAINTING = Pace(0.05, (300.0, 301.0), late_s=600.0)
"""Nothing ends while it is measured: only accepting, waiting and sending are."""


async def all_sent(count: int) -> tuple[float, float]:
    """Give so many commands at once; return the CPU a job in milliseconds, and the seconds until all were sent."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_world(Path(folder), factor=1.0, pace=PAINTING, **SETTINGS) as world, world.start():
            cpu, began = time.process_time(), time.perf_counter()
            commands = [world.command(request(member=100 + number % MEMBERS)) for number in range(count)]
            await asyncio.gather(*commands)
            while len(world.provider.predictions) < count:
                await world.clock.sleep(0.05)
            return (time.process_time() - cpu) * 1000 / count, time.perf_counter() - began


def _nothing(connection: sqlite3.Connection) -> None:
    del connection


async def measure(counts: tuple[int, ...]) -> None:
    """Print a line for each number of commands, and the ratio of the last to the first."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    # The tests check every promise about money after each commit, which reads all that there is.
    whole_bot.check_invariants = _nothing
    costs: list[float] = []
    for count in counts:
        cost, seconds = await all_sent(count)
        costs.append(cost)
        sys.stdout.write(f"{count:6,} at once: {cost:7.1f} ms of CPU a job, all sent after {seconds:6.1f} s\n")
        sys.stdout.flush()
    sys.stdout.write(f"ratio {counts[-1]:,} : {counts[0]:,}  {costs[-1] / costs[0]:5.2f}\n")


if __name__ == "__main__":
    asyncio.run(measure(tuple(int(each) for each in sys.argv[1:]) or HOW_MANY))
