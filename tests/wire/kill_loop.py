"""Kills the bot with SIGKILL at random instants of real jobs, starts it again, and holds everything that must be true.

    python -m tests.wire.kill_loop --kills 10000 --seed 1
    python -m tests.wire.kill_loop --kills 100 --whole      # each bot a fresh interpreter, as `python -m bot run`

A failure prints its seed; the same seed draws the same commands, faults and instants again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bot.demo.provider import Behaviour, Site
from tests.wire.accounts import Count, audit
from tests.wire.discord_fake import Fault, Kind, Upload
from tests.wire.stage import Stage, easel, open_stage, png
from tests.wire.zygote import Zygote, zygote

COLOURS = ("red", "green", "blue", "black", "orange", "purple")
OPEN_AT_ONCE = 5
REST_EVERY = 100
REST_SECONDS = 60.0
MOST_REQUESTS = 10
LONGEST_MOMENT = 0.06
LONGEST_LIFE = 1.5
WHOLE_LIFE = (0.8, 4.0)
"""A bot dies a random moment after its n-th request to Discord, so that slow and fast machines strike alike."""


@dataclass(slots=True)
class Report:
    """What a loop did."""

    seed: int
    kills: int = 0
    commands: int = 0
    faults: int = 0
    seconds: float = 0.0
    counts: list[Count] = field(default_factory=list[Count])
    problems: list[str] = field(default_factory=list[str])

    def total(self, name: str) -> int:
        """The sum of one count over all lanes."""
        return sum(getattr(each, name) for each in self.counts)

    def __str__(self) -> str:
        names = ("jobs", "tasks", "posts", "lost_answers", "never_started", "to_moderators", "messages")
        told = " ".join(f"{name}={self.total(name)}" for name in names)
        return (
            f"seed={self.seed} kills={self.kills} seconds={self.seconds:.0f} commands={self.commands} "
            f"faults={self.faults} {told} problems={len(self.problems)}"
        )


@dataclass(slots=True)
class Lane:
    """One bot that is killed again and again, with a Discord and a provider of its own."""

    stage: Stage
    forks: Zygote
    rng: Random
    report: Report
    bug: str = ""

    async def kill(self, times: int) -> Count:
        """Kill that often, come to rest now and then, and return the last count."""
        count = await self.rest()
        for n in range(1, times + 1):
            await self._one_life()
            self.report.kills += 1
            if n % REST_EVERY == 0 or n == times:
                count = await self.rest(pictures=n == times)
                if count.problems:
                    break
        return count

    async def rest(self, *, pictures: bool = False) -> Count:
        """Let a bot live until every job is closed, and look at everything."""
        self.stage.fake.faults.clear()
        await self.stage.provider.clear()
        await self._fork()
        try:
            await self.stage.heard()
            await self.stage.until(self._at_rest, REST_SECONDS)
        except AssertionError as error:
            self.report.problems.append(f"not at rest after {REST_SECONDS} s: {str(error)[-3000:]}")
        await self.forks.kill()
        count = await audit(self.stage, pictures=pictures)
        self.report.problems += count.problems
        return count

    def _at_rest(self) -> bool:
        waiting = self.stage.value("SELECT COUNT(*) FROM interactions WHERE job_id IS NULL")
        return not waiting and not self._open_jobs()

    def _open_jobs(self) -> int:
        return self.stage.value("SELECT COUNT(*) FROM jobs WHERE closed_at IS NULL")

    async def _fork(self) -> None:
        await self.forks.fork(self.stage.environment(), self.stage.folder / "easel.log", bug=self.bug)

    async def _one_life(self) -> None:
        rng, fake = self.rng, self.stage.fake
        wishes = [self.draw() for _ in range(rng.choice((1, 1, 2)))]
        requests, moment = rng.randint(1, MOST_REQUESTS), rng.uniform(0.0, LONGEST_MOMENT)
        await self._plant()
        heard, before = len(fake.gateway.identifies), len(fake.journal.requests)
        await self._fork()
        ends = time.monotonic() + LONGEST_LIFE
        while len(fake.journal.requests) - before < requests and time.monotonic() < ends:
            if wishes and len(fake.gateway.identifies) > heard and self._open_jobs() < OPEN_AT_ONCE:
                self.ask(*wishes.pop())
            await asyncio.sleep(0.002)
        await asyncio.sleep(moment)
        await self.forks.kill()

    def ask(self, command: str, options: dict[str, Any]) -> None:
        """Have a member send a command."""
        self.stage.fake.slash(self.stage.alice, self.stage.channel, command, options, shuffle=self.rng)
        self.report.commands += 1

    def draw(self) -> tuple[str, dict[str, Any]]:
        rng = self.rng
        prompt = f"picture {rng.getrandbits(32):08x}"
        count = rng.choice((1, 1, 1, 2))
        if rng.random() < 0.5:
            return "edit", {"prompt": prompt, "image": Upload("one.png", png(rng.choice(COLOURS))), "count": count}
        colours = rng.sample(COLOURS, rng.randint(2, 3))
        images = {f"image{n}": Upload(f"{colour}.png", png(colour)) for n, colour in enumerate(colours, 1)}
        return "compose", {"prompt": prompt, **images, "count": count}

    async def _plant(self) -> None:
        """Now and then something else goes wrong as well: an answer is lost at either end."""
        chance = self.rng.random()
        if chance < 0.04:
            behaviour = self.rng.choice((Behaviour.DONE_DROPPED, Behaviour.DONE_BAD_GATEWAY, Behaviour.BAD_GATEWAY))
            await self.stage.provider.script(Site.SUBMIT, behaviour)
        elif chance < 0.10:
            route = self.rng.choice(("POST /channels/*/messages", "PATCH *@original", "POST */callback"))
            self.stage.fake.plant(Fault(route, Kind.DROP, after=self.rng.random() < 0.7))
        else:
            return
        self.report.faults += 1


async def run(kills: int, seed: int, folder: Path, *, lanes: int = 2, bug: str = "") -> Report:
    """Kill that many bots in all, in so many lanes at once."""
    report = Report(seed)
    began = time.monotonic()

    async def lane(number: int, times: int) -> Count:
        place = folder / f"lane{number}"
        (place / "data").mkdir(parents=True)
        async with open_stage(place) as stage, zygote() as forks:
            return await Lane(stage, forks, Random(f"{seed} {number}"), report, bug).kill(times)

    shares = [kills // lanes + (number < kills % lanes) for number in range(lanes)]
    report.counts += await asyncio.gather(*(lane(number, times) for number, times in enumerate(shares)))
    report.seconds = time.monotonic() - began
    return report


async def run_whole(kills: int, seed: int, folder: Path, *, lanes: int = 2) -> Report:
    """Kill `python -m bot run` itself that often, each time a fresh interpreter."""
    report, began = Report(seed), time.monotonic()

    async def lane(number: int, times: int) -> Count:
        rng, place = Random(f"{seed} {number}"), folder / f"lane{number}"
        (place / "data").mkdir(parents=True)
        async with open_stage(place) as stage, zygote() as forks:
            one = Lane(stage, forks, rng, report)
            await one.rest()
            for _ in range(times):
                stage.forget_sessions()
                await _one_whole_life(stage, one, rng.uniform(*WHOLE_LIFE))
                report.kills += 1
            return await one.rest(pictures=True)

    report.counts += await asyncio.gather(*(lane(n, kills // lanes + (n < kills % lanes)) for n in range(lanes)))
    report.seconds = time.monotonic() - began
    return report


async def _one_whole_life(stage: Stage, lane: Lane, life: float) -> None:
    ends = time.monotonic() + life
    heard = len(stage.fake.gateway.identifies)
    async with easel(stage, wait=False):
        asked = False
        while time.monotonic() < ends:
            if not asked and len(stage.fake.gateway.identifies) > heard:
                lane.ask(*lane.draw())
                asked = True
            await asyncio.sleep(0.01)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 1 if a rule was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.kill_loop", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--whole", action="store_true", help="kill `python -m bot run` with a fresh interpreter")
    given = parser.parse_args(arguments)
    print(f"seed {given.seed}", flush=True)  # noqa: T201 - a failure is replayed by it
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        loop = (
            run_whole(given.kills, given.seed, Path(folder))
            if given.whole
            else run(given.kills, given.seed, Path(folder), lanes=given.lanes)
        )
        report = asyncio.run(loop)
    print(report, *report.problems[:20], sep="\n")  # noqa: T201 - the result
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
