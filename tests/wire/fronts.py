"""Two fronts on one PostgreSQL database and one Discord, as real processes: each holds one of two shards."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from tests.db.engines import empty_database
from tests.wire.accounts import Count, audit
from tests.wire.discord_fake import Channel, Interaction, Member, Upload, build
from tests.wire.fork_server import Forks, forks
from tests.wire.resting import OPEN, come_to_rest
from tests.wire.stage import BotStage, open_stage, png

COUNT = 2
LEADS, FOLLOWS, STOOD_BACK, WAITS = "front.leads", "front.follows", "front.stood_back", "shards.waiting"
_OPEN_AT_ONCE, _REST_SECONDS = 6, 90.0


@dataclass(slots=True)
class Seat:
    """One front, and a server of its shard."""

    shard: int
    bots: Forks
    channel: Channel
    member: Member


@dataclass(slots=True)
class Fronts:
    """Both, by their shard."""

    stage: BotStage
    seats: list[Seat]
    wishes: int = field(default=0)

    def log(self, shard: int) -> str:
        """What the fronts of a shard have logged."""
        path = self._path(shard)
        return path.read_text(errors="replace") if path.exists() else ""

    async def start(self, shard: int, *, crash: tuple[str, int] | None = None, **settings: str) -> None:
        """Start the front of a shard, and wait until it hears of its server and knows whether it leads."""
        gateway, began = self.stage.fake.gateway, len(self.log(shard))
        identifies = len(gateway.identifies)
        await self.fork(shard, self.seats[shard].bots, crash=crash, **settings)
        await self.stage.until(
            lambda: (
                len(gateway.identifies) > identifies
                and gateway.holds(shard)
                and any(word in self.log(shard)[began:] for word in (LEADS, FOLLOWS))
            )
        )

    async def fork(self, shard: int, bots: Forks, *, crash: tuple[str, int] | None = None, **settings: str) -> None:
        """Start a front of a shard."""
        environment = self.stage.environment(SHARD_COUNT=str(COUNT), SHARD_IDS=str(shard), **settings)
        await bots.fork(environment, self._path(shard), crash=crash)

    def edit(self, shard: int, prompt: str = "make it blue") -> Interaction:
        """A member in a server of that shard uses /edit, each time with another prompt."""
        self.wishes += 1
        seat = self.seats[shard]
        given = {"prompt": f"{prompt}, {self.wishes}", "image": Upload("cat.png", png())}
        return self.stage.fake.slash(seat.member, seat.channel, "edit", given)

    def assert_alive(self) -> None:
        """Fail with what it logged last where a front has ended by itself."""
        for seat in self.seats:
            assert seat.bots.bot is not None
            assert seat.bots.bot.lives, f"front {seat.shard} ended:\n{self.log(seat.shard)[-4000:]}"

    def leader(self) -> int:
        """The shard whose front leads, as far as the logs say."""
        told = {shard: [line for line in self.log(shard).splitlines() if LEADS in line] for shard in range(COUNT)}
        return max(range(COUNT), key=lambda shard: max(map(_instant, told[shard]), default=""))

    async def strike(self, shard: int, number: int = signal.SIGKILL) -> float | None:
        """Kill or stop a front; where it led, wait until the other does: the seconds that took, or None."""
        led, other = self.leader() == shard, 1 - shard
        since, began = self.log(other).count(LEADS), time.monotonic()
        bot = self.seats[shard].bots.bot
        assert bot is not None
        bot.send_signal(number)
        if number == signal.SIGKILL:
            await self.seats[shard].bots.wait()
        if not led:
            return None
        await self.stage.until(lambda: self.log(other).count(LEADS) > since)
        return time.monotonic() - began

    def _path(self, shard: int) -> Path:
        return self.stage.folder / f"front-{shard}.log"


def _instant(line: str) -> str:
    """When a line was logged, in a form that sorts."""
    return json.loads(line)["timestamp"]


@dataclass(slots=True)
class Struck:
    """What happened while fronts were killed and stopped at random."""

    seed: int
    kills: int = 0
    stops: int = 0
    killed: list[float] = field(default_factory=list[float])
    """Seconds from each leader's death to the next one's term."""
    stopped: list[float] = field(default_factory=list[float])
    count: Count | None = None

    def __str__(self) -> str:
        return f"seed={self.seed} kills={self.kills} stops={self.stops} {self.count}"


async def strike_at_random(fronts: Fronts, kills: int, stops: int, seed: int, *, cuts: int = 0) -> Struck:
    """Have members of both shards ask, kill either front at some moment, start it again.

    Stops are of the leader; a cut ends every connection of both to PostgreSQL, as its restart does.
    """
    rng, struck = Random(seed), Struck(seed)
    ends = [signal.SIGKILL] * kills + [signal.SIGSTOP] * stops + [None] * cuts
    for number in rng.sample(ends, len(ends)):
        for shard in rng.sample(range(COUNT), rng.randint(1, COUNT)):
            fronts.edit(shard)
        await _some_requests(fronts, rng)
        if number == signal.SIGKILL:
            shard = rng.randrange(COUNT)
            seconds = await fronts.strike(shard)
            struck.kills += 1
            struck.killed += [] if seconds is None else [seconds]
            await fronts.start(shard)
        elif number is None:
            await asyncio.to_thread(_cut, fronts.stage.server)
        else:
            struck.stops += 1
            struck.stopped.append(await _stop_the_leader(fronts))
        await fronts.stage.until(lambda: fronts.stage.value(OPEN) < _OPEN_AT_ONCE)
        fronts.assert_alive()
    await come_to_rest(fronts.stage, _REST_SECONDS)
    struck.count = await audit(fronts.stage)
    return struck


async def _stop_the_leader(fronts: Fronts) -> float:
    shard = fronts.leader()
    before = fronts.log(shard).count(STOOD_BACK)
    seconds = await fronts.strike(shard, signal.SIGSTOP)
    assert seconds is not None
    bot = fronts.seats[shard].bots.bot
    assert bot is not None
    bot.send_signal(signal.SIGCONT)
    await fronts.stage.until(lambda: fronts.log(shard).count(STOOD_BACK) > before)
    return seconds


def _cut(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def _some_requests(fronts: Fronts, rng: Random) -> None:
    """Wait for a few requests to Discord, or a second at most, and a moment more."""
    requests = fronts.stage.fake.journal.requests
    until, ends = len(requests) + rng.randint(0, 12), time.monotonic() + 1.0
    while len(requests) < until and time.monotonic() < ends:  # noqa: ASYNC110 - it comes from other processes
        await asyncio.sleep(0.003)
    await asyncio.sleep(rng.uniform(0.0, 0.06))


@asynccontextmanager
async def open_fronts(folder: Path) -> AsyncGenerator[Fronts]:
    """A stage with a server on each shard; no front runs yet."""
    (folder / "data").mkdir(parents=True)
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(open_stage(folder, apart=True, server=empty_database()))
        seats: dict[int, Seat] = {}
        while len(seats) < COUNT:
            guild = build.add_guild(stage.fake.world)
            shard = (guild.id >> 22) % COUNT
            channel = build.add_channel(stage.fake.world, guild)
            stage.desks[guild.id] = build.add_moderator(stage.fake.world, guild, "mo"), channel
            if shard not in seats:
                member = build.add_member(stage.fake.world, guild, "ann")
                seats[shard] = Seat(shard, await stack.enter_async_context(forks()), channel, member)
        yield Fronts(stage, [seats[shard] for shard in range(COUNT)])
