"""Kills the bot with SIGKILL at random instants of real jobs, starts it again, and holds everything that must be true.

    python -m tests.wire.kill_loop --kills 10000 --seed 1
    python -m tests.wire.kill_loop --kills 100 --whole      # each bot a fresh interpreter, as `python -m bot run`

A failure prints its seed; the same seed draws the same commands, faults and instants again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Coroutine, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from bot.demo.provider import Behaviour, Site
from tests.wire.accounts import Count, audit
from tests.wire.discord_fake import Fault, Interaction, Kind, Upload
from tests.wire.discord_fake.component_rules import walk
from tests.wire.fork_server import Forks, forks
from tests.wire.resting import OPEN, come_to_rest, is_at_rest
from tests.wire.stage import BotStage, easel, open_stage, png

COLOURS = ("red", "green", "blue", "black", "orange", "purple")
OPEN_AT_ONCE = 5
REST_EVERY = 100
REST_SECONDS = 60.0
MOST_REQUESTS = 10
LONGEST_MOMENT = 0.06
LONGEST_LIFE, LONGEST_WHOLE_LIFE = 10.0, 60.0
"""A bot dies a random moment after its n-th request to Discord, so that slow and fast machines strike alike; one that
has done everything dies as well, and one that hangs is not waited for much longer than its start may take."""


_STORYBOARDS = 0.25
"""How many of the commands open the form of a storyboard, which is then sent, and run from its confirmation."""

_STYLED = 0.3
"""How many of the others are made with a style that brings an image of its own."""

ADD_STYLE = """
INSERT INTO styles (guild_id, name, folded_name, template, parameters, images, added_at)
SELECT guild_id, 'Ink', 'ink', 'ink of {prompt}', '{}', 1, created_at
FROM jobs WHERE job_id IN (SELECT job_id FROM job_references) LIMIT 1
"""
GIVE_IT_AN_IMAGE = """
INSERT INTO style_references (style_id, place, role, filename, sha256, spoiler, account_id)
SELECT styles.style_id, 1, 'paper', filename, sha256, 0, account_id
FROM styles JOIN jobs USING (guild_id) JOIN job_references USING (job_id) LIMIT 1
"""

_LOOK_SECONDS = 0.002
_LOOK_INSIDE_SECONDS = 0.02
"""How often requests are counted, and how often the database is opened, which costs a thousand times that."""

Wish: TypeAlias = tuple[str, dict[str, Any]]
"""A command and its options."""


@dataclass(slots=True)
class Report:
    """What a loop did."""

    seed: int
    kills: int = 0
    commands: int = 0
    faults: int = 0
    storyboards: int = 0
    styled: int = 0
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
            f"storyboards={self.storyboards} styled={self.styled} "
            f"faults={self.faults} {told} problems={len(self.problems)}"
        )


@dataclass(slots=True)
class KillLane:
    """One bot that is killed again and again, with a Discord and a provider of its own."""

    stage: BotStage
    bots: Forks
    rng: Random
    report: Report
    bug: str = ""
    pressed: set[str] = field(default_factory=set[str])
    has_style: bool = False

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
            await come_to_rest(self.stage, REST_SECONDS)
        except AssertionError as error:
            self.report.problems.append(f"not at rest after {REST_SECONDS} s: {str(error)[-3000:]}")
        await self.bots.kill()
        count = await audit(self.stage, pictures=pictures)
        self.report.problems += count.problems
        return count

    async def _fork(self) -> None:
        await self.bots.fork(self.stage.environment(), self.stage.folder / "easel.log", bug=self.bug)

    async def _one_life(self) -> None:
        if not self.has_style:
            self._add_style()
        await self._plant()
        struck = self._striking(LONGEST_LIFE)
        await self._fork()
        await struck
        await self.bots.kill()

    async def one_whole_life(self) -> None:
        """The same with a fresh interpreter."""
        struck = self._striking(LONGEST_WHOLE_LIFE)
        async with easel(self.stage, cold=True, wait=False):
            await struck

    def _striking(self, longest: float) -> Coroutine[Any, Any, None]:
        """Draw the instant of a death and the wishes before it; call it before the bot is started, await it after."""
        rng, fake = self.rng, self.stage.fake
        wishes = [self._draw() for _ in range(rng.choice((1, 1, 2)))]
        requests, moment = rng.randint(1, MOST_REQUESTS), rng.uniform(0.0, LONGEST_MOMENT)
        heard, until = len(fake.gateway.identifies), len(fake.journal.requests) + requests
        return self._live(wishes, heard, until, moment, longest)

    async def _live(self, wishes: list[Wish], heard: int, until: int, moment: float, longest: float) -> None:
        """Return a moment after the request `until`, or when a connected bot has nothing left to do."""
        fake, asked = self.stage.fake, list[Interaction]()
        ends, look_at = time.monotonic() + longest, 0.0
        while len(fake.journal.requests) < until and (now := time.monotonic()) < ends:
            if now >= look_at:
                look_at = now + _LOOK_INSIDE_SECONDS
                is_connected = len(fake.gateway.identifies) > heard
                if is_connected and (step := self._go_on()) is not None:
                    asked.append(step)
                elif wishes and is_connected and self.stage.value(OPEN) < OPEN_AT_ONCE:
                    asked.append(self._ask(*wishes.pop()))
                elif asked and all(each.response for each in asked) and not wishes and is_at_rest(self.stage):
                    break
            await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.sleep(moment)

    def _ask(self, command: str, options: dict[str, Any]) -> Interaction:
        """Have a member send a command."""
        self.report.commands += 1
        return self.stage.fake.slash(self.stage.alice, self.stage.channel, command, options, shuffle=self.rng)

    def _go_on(self) -> Interaction | None:
        """Take a storyboard one step further, maybe one of an earlier life: send its open form, press its *Run*."""
        fake, alice = self.stage.fake, self.stage.alice
        if fake.form_of(alice) is not None:
            self.report.storyboards += 1
            n = self.report.storyboards
            shots = "\n".join(f"storyboard {n}, shot {shot}" for shot in range(2 + n % 3))
            return fake.submit_modal(alice, {"prompt": shots, "images": [Upload("one.png", png(COLOURS[n % 6]))]})
        for message in fake.ephemerals(alice, self.stage.channel):
            for _, each in walk(message.components):
                run = str(each.get("custom_id", ""))
                if run.startswith("run:") and run not in self.pressed:
                    self.pressed.add(run)
                    return fake.click(alice, message, run)
        return None

    def _draw(self) -> Wish:
        rng = self.rng
        if rng.random() < _STORYBOARDS:
            return "storyboard", {}
        asked: dict[str, Any] = {"prompt": f"picture {rng.getrandbits(32):08x}", "count": rng.choice((1, 1, 1, 2))}
        if rng.random() < _STYLED and self.has_style:
            self.report.styled += 1
            asked["style"] = "ink"
        if rng.random() < 0.5:
            return "edit", {**asked, "image": Upload("one.png", png(rng.choice(COLOURS)))}
        colours = rng.sample(COLOURS, rng.randint(2, 3))
        images = {f"image{n}": Upload(f"{colour}.png", png(colour)) for n, colour in enumerate(colours, 1)}
        return "compose", {**asked, **images}

    def _add_style(self) -> None:
        """Give the server a style, as soon as there is a job of whose image it can be made; while no bot lives."""
        with closing(sqlite3.connect(self.stage.database)) as books, books:
            self.has_style = books.execute(ADD_STYLE).rowcount == 1
            books.execute(GIVE_IT_AN_IMAGE)

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
        async with open_stage(place, apart=True) as stage, forks() as bots:
            return await KillLane(stage, bots, Random(f"{seed} {number}"), report, bug).kill(times)

    shares = [kills // lanes + (number < kills % lanes) for number in range(lanes)]
    async with asyncio.TaskGroup() as group:
        counts = [group.create_task(lane(number, times)) for number, times in enumerate(shares)]
    report.counts += [each.result() for each in counts]
    report.seconds = time.monotonic() - began
    return report


async def run_whole(kills: int, seed: int, folder: Path, *, lanes: int = 2) -> Report:
    """Kill `python -m bot run` itself that often, each time a fresh interpreter."""
    report, began = Report(seed), time.monotonic()

    async def lane(number: int, times: int) -> Count:
        place = folder / f"lane{number}"
        (place / "data").mkdir(parents=True)
        async with open_stage(place, apart=True) as stage, forks() as bots:
            one = KillLane(stage, bots, Random(f"{seed} {number}"), report)
            await one.rest()
            for _ in range(times):
                await one.one_whole_life()
                report.kills += 1
            return await one.rest(pictures=True)

    async with asyncio.TaskGroup() as group:
        counts = [group.create_task(lane(n, kills // lanes + (n < kills % lanes))) for n in range(lanes)]
    report.counts += [each.result() for each in counts]
    report.seconds = time.monotonic() - began
    return report


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
