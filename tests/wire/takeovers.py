"""Kills or stops the leader of two workers on one PostgreSQL database again and again, and holds what must be true.

    python -m tests.wire.takeovers --kills 1000 --stops 50 --seed 1

A worker that is killed comes back and stands by; one that is stopped is woken once the other leads.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.db.engines import drop_databases, empty_database
from tests.db.server import SERVER, Server
from tests.wire.accounts import Count, audit
from tests.wire.fork_server import Forks, forks
from tests.wire.kill_loop import LONGEST_LIFE, REST_EVERY, REST_SECONDS, KillLane, Report
from tests.wire.resting import come_to_rest
from tests.wire.stage import open_stage

STOOD_BACK = "standby.stood_back"


@dataclass(slots=True)
class Pair(KillLane):
    """Two workers, of which `bots` leads and `other` stands by."""

    other: Forks = field(default_factory=Forks)
    seconds: list[float] = field(default_factory=list[float])
    """From each death or stop to the IDENTIFY of the next leader."""

    async def begin(self) -> None:
        """Start both, one after the other."""
        await self._fork()
        await self.stage.heard()
        await self._swap_in()

    async def kill(self, times: int) -> Count:
        """Kill the leader that often, come to rest now and then, and return the last count."""
        for n in range(1, times + 1):
            await self._plant()
            await self._striking(LONGEST_LIFE)
            async with self._taken_over():
                await self.bots.kill()
            await self._swap_in()
            self.report.kills += 1
            if n % REST_EVERY == 0 and (await self.rest()).problems:
                break
        return await self.rest(pictures=True)

    async def stop(self, times: int) -> Count:
        """Stop the leader that often, wake it once the other leads, and see that it stands back."""
        for _ in range(times):
            await self._plant()
            await self._striking(LONGEST_LIFE)
            stopped, stood_back = self.bots, self.stage.log.count(STOOD_BACK)
            assert stopped.bot is not None
            async with self._taken_over():
                stopped.bot.send_signal(signal.SIGSTOP)
            stopped.bot.send_signal(signal.SIGCONT)
            self.bots, self.other = self.other, stopped
            await self.stage.until(lambda: self.stage.log.count(STOOD_BACK) > stood_back)  # noqa: B023 - awaited here
        return await self.rest(pictures=True)

    async def rest(self, *, pictures: bool = False) -> Count:
        """Let both live until every job is closed, and look at everything."""
        self.stage.fake.faults.clear()
        await self.stage.provider.clear()
        try:
            await come_to_rest(self.stage, REST_SECONDS)
        except AssertionError as error:
            self.report.problems.append(f"not at rest after {REST_SECONDS} s: {str(error)[-3000:]}")
        count = await audit(self.stage, pictures=pictures)
        self.report.problems += count.problems
        return count

    def _striking(self, longest: float) -> Coroutine[Any, Any, None]:
        rng, fake = self.rng, self.stage.fake
        wishes = [self._draw() for _ in range(rng.choice((1, 1, 2)))]
        until = len(fake.journal.requests) + rng.randint(1, 10)
        return self._live(wishes, len(fake.gateway.identifies) - 1, until, rng.uniform(0.0, 0.06), longest)

    def _taken_over(self) -> _Takeover:
        return _Takeover(self)

    async def _swap_in(self) -> None:
        """The one that is gone comes back, and stands by."""
        if self.bots.bot is None:
            self.bots, self.other = self.other, self.bots
        await self.other.fork(self.stage.environment(), self.stage.folder / "easel.log", bug=self.bug)


@dataclass(slots=True)
class _Takeover:
    """What is done to the leader within it, another one has followed by its end."""

    pair: Pair
    heard: int = 0
    began: float = 0.0

    async def __aenter__(self) -> None:
        self.heard, self.began = len(self.pair.stage.fake.gateway.identifies), time.monotonic()

    async def __aexit__(self, *_: object) -> None:
        gateway = self.pair.stage.fake.gateway
        await self.pair.stage.until(lambda: len(gateway.identifies) > self.heard)
        self.pair.seconds.append(time.monotonic() - self.began)


async def run(kills: int, stops: int, seed: int, folder: Path) -> tuple[Report, list[float], list[float]]:
    """Kill and stop that often; what happened, and how long each takeover took."""
    report, began = Report(seed), time.monotonic()
    (folder / "data").mkdir(parents=True)
    async with open_stage(folder, apart=True, server=empty_database()) as stage, forks() as one, forks() as other:
        pair = Pair(stage, one, Random(seed), report, other=other)
        await pair.begin()
        report.counts.append(await pair.kill(kills))
        after_kills, pair.seconds = pair.seconds, []
        report.counts[-1] = await pair.stop(stops) if stops else report.counts[-1]
        for each in (pair.bots, pair.other):
            await each.end()
    report.seconds = time.monotonic() - began
    return report, after_kills, pair.seconds


def told(what: str, seconds: list[float]) -> str:
    """Median and worst of some takeovers."""
    if not seconds:
        return f"{what}: none"
    return f"{what}: {len(seconds)} takeovers, median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s"


def main() -> int:
    """Run the command line; 1 if a rule was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.takeovers", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    given = parser.parse_args()
    server = Server()
    os.environ[SERVER] = str(server.folder)
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            report, killed, stopped = asyncio.run(run(given.kills, given.stops, given.seed, Path(folder, "stage")))
        drop_databases()
    finally:
        server.remove()
    lines = (str(report), told("kill -9", killed), told("SIGSTOP", stopped), *report.problems[:20])
    print(*lines, sep="\n")  # noqa: T201 - the result
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
