"""Two fronts on one PostgreSQL database: each answers its own servers, one of them runs the jobs of both."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.services.crash_points import CrashPoint
from tests.db.engines import needs_postgresql
from tests.ports import free_port
from tests.wire import takeovers
from tests.wire.accounts import audit
from tests.wire.discord_fake import build
from tests.wire.fork_server import forks
from tests.wire.fronts import FOLLOWS, LEADS, WAITS, Fronts, open_fronts, strike_at_random
from tests.wire.pages import health, page
from tests.wire.resting import come_to_rest

pytestmark = needs_postgresql()

SEED = int(os.environ.get("KILL_SEED", "0")) or int.from_bytes(os.urandom(3))
UNANSWERED = "SELECT COUNT(*) FROM interactions WHERE job_id IS NULL"


@pytest.fixture
async def fronts(tmp_path: Path) -> AsyncIterator[Fronts]:
    """Both run, and shard 0's leads."""
    async with open_fronts(tmp_path / "stage") as opened:
        await opened.start(0)
        await opened.start(1)
        assert LEADS in opened.log(0)
        assert FOLLOWS in opened.log(1)
        yield opened


async def test_each_answers_its_own_and_the_leader_works_for_both(fronts: Fronts) -> None:
    """A command is acknowledged by the front of its shard; whichever that is, its job is delivered and paid once."""
    for shard in (1, 0):
        fronts.edit(shard)
    await fronts.stage.closed(jobs=2)

    count = await audit(fronts.stage)
    assert count.problems == []
    assert (count.jobs, count.posts, count.messages) == (2, 2, 2)
    assert LEADS not in fronts.log(1)
    assert len({each for (each,) in fronts.stage.rows("SELECT boot_id FROM attempts")}) == 1


async def test_the_leaders_death(fronts: Fronts) -> None:
    """Killed with jobs of both under way, a leader is followed by the other front, which ends them."""
    for shard in (1, 0):
        fronts.edit(shard)
    taken = "SELECT COUNT(*) FROM predictions WHERE provider_id IS NOT NULL"
    await fronts.stage.until(lambda: fronts.stage.value(taken) == 2)

    seconds = await fronts.strike(0)

    assert seconds is not None
    assert seconds < 10
    await come_to_rest(fronts.stage, 60)
    count = await audit(fronts.stage)
    assert count.problems == []
    assert (count.jobs, count.messages) == (2, 2)


async def test_a_fronts_death(fronts: Fronts) -> None:
    """What a front has admitted is run and delivered by the leader, though the front is gone by then."""
    fronts.edit(1)
    await fronts.stage.until(lambda: fronts.stage.value("SELECT COUNT(*) FROM jobs") == 1)

    assert await fronts.strike(1) is None

    await fronts.stage.closed()
    count = await audit(fronts.stage)
    assert count.problems == []
    assert (count.posts, count.messages) == (1, 1)


async def test_an_unanswered_command_is_its_own_fronts(tmp_path: Path) -> None:
    """A front that begins to lead leaves what another front acknowledged; the next front of that shard answers it."""
    async with open_fronts(tmp_path / "stage") as fronts:
        await fronts.start(0)
        await fronts.start(1, crash=(CrashPoint.ADMITTING.value, 1))
        fronts.edit(1)
        assert await fronts.seats[1].bots.wait() != 0

        await fronts.seats[0].bots.kill()
        await fronts.start(0)
        fronts.edit(0)
        await fronts.stage.closed()
        assert fronts.log(0).count(LEADS) == 2
        assert fronts.stage.value(UNANSWERED) == 1

        await fronts.start(1)
        await fronts.stage.until(lambda: fronts.stage.value(UNANSWERED) == 0)
        assert (await audit(fronts.stage)).problems == []


async def test_a_spare_takes_the_shards_of_the_dead(fronts: Fronts) -> None:
    """A second front of a shard stays away from Discord while the first lives, and then takes its place."""
    gateway = fronts.stage.fake.gateway
    async with forks() as spare:
        await fronts.fork(1, spare)
        await fronts.stage.until(lambda: WAITS in fronts.log(1))
        connected = len(gateway.connects)
        fronts.edit(1)
        await fronts.stage.closed()
        assert len(gateway.connects) == connected

        await fronts.seats[1].bots.kill()
        await fronts.stage.until(lambda: len(gateway.connects) > connected and gateway.holds(1))
        fronts.edit(1)
        await fronts.stage.closed(jobs=2)
        assert (await audit(fronts.stage)).problems == []


async def test_a_front_that_wakes_too_late(fronts: Fronts) -> None:
    """A front that was stopped for long finds its shards taken, lets go of Discord and waits, as a spare does."""
    gateway, stopped = fronts.stage.fake.gateway, fronts.seats[1].bots
    assert stopped.bot is not None
    async with forks() as spare:
        await fronts.fork(1, spare)
        await fronts.stage.until(lambda: fronts.log(1).count(WAITS) == 1)
        identifies = len(gateway.identifies)
        stopped.bot.send_signal(signal.SIGSTOP)
        await fronts.stage.until(lambda: len(gateway.identifies) > identifies)
        stopped.bot.send_signal(signal.SIGCONT)

        await fronts.stage.until(lambda: fronts.log(1).count(WAITS) == 2)
        fronts.edit(1)
        await fronts.stage.closed()
        count = await audit(fronts.stage)
        assert count.problems == []
        assert (count.jobs, count.posts) == (1, 1)


async def test_a_cancel_at_one_front(tmp_path: Path) -> None:
    """What a member cancels at their front, the leader does not send: the money is back, and the job ends."""
    async with open_fronts(tmp_path / "stage") as fronts:
        for shard in range(2):
            await fronts.start(shard, WAVESPEED_MAX_PER_MINUTE="1")
        fronts.edit(1)
        await fronts.stage.until(lambda: fronts.stage.value("SELECT COUNT(*) FROM attempts") == 1)
        fronts.edit(1)
        await fronts.stage.until(lambda: fronts.stage.value("SELECT COUNT(*) FROM jobs") == 2)
        seat = fronts.seats[1]
        waiting = fronts.stage.value("SELECT job_id FROM predictions WHERE state = 'queued'")
        fronts.stage.fake.slash(seat.member, seat.channel, "jobs cancel", {"job": waiting})

        await fronts.stage.closed(jobs=2)
        assert fronts.stage.value("SELECT state FROM predictions WHERE job_id = ?", waiting) == "cancelled"
        assert (await audit(fronts.stage)).problems == []
        assert await fronts.stage.provider.posts() == 1


@pytest.mark.parametrize(("is_adult", "state"), [(True, "completed"), (False, "withheld")])
async def test_a_channel_that_the_leader_does_not_know(fronts: Fronts, is_adult: bool, state: str) -> None:  # noqa: FBT001 - a parameter
    """Where a marked picture is asked for in another front's server, the leader asks Discord who sees that channel."""
    build.change_channel(fronts.stage.fake.world, fronts.seats[1].channel, nsfw=is_adult)
    fronts.edit(1, "[sim:flagged] blue")
    await fronts.stage.closed()

    assert fronts.stage.value("SELECT state FROM predictions") == state
    assert (await audit(fronts.stage)).problems == []


async def test_the_pages_say_who_leads(tmp_path: Path) -> None:
    """/healthz and /metrics of each front say whether it leads; when a leader ends in order, another leads."""
    async with open_fronts(tmp_path / "stage") as fronts:
        ports = [free_port(), free_port()]
        for shard, port in enumerate(ports):
            await fronts.start(shard, HEALTH_PORT=str(port))
        assert await health(ports[0], 200) == {"status": "ok", "role": "leader"}
        assert await health(ports[1], 200) == {"status": "ok", "role": "front"}
        _, measures = await page(ports[1], "/metrics")
        assert 'role="front"' in measures

        assert await fronts.seats[0].bots.kill(signal.SIGTERM) == 0
        await fronts.stage.until(lambda: LEADS in fronts.log(1))
        assert await health(ports[1], 200) == {"status": "ok", "role": "leader"}
        _, measures = await page(ports[1], "/metrics")
        assert 'role="leader"' in measures
        assert 'role="front"' not in measures


async def test_kills_and_a_stop(fronts: Fronts) -> None:
    """Either front killed at random moments, and a leader stopped and woken: nothing is lost, doubled or paid twice."""
    struck = await strike_at_random(fronts, 8, 1, SEED)

    assert struck.count is not None
    assert struck.count.problems == [], f"seed {SEED}"
    assert max(struck.killed, default=0) < 10
    assert max(struck.stopped) < 30


async def test_a_server_that_is_restarted(fronts: Fronts) -> None:
    """Every connection to PostgreSQL cut at random moments: both go on with their shards, and nothing is paid twice."""
    identifies = len(fronts.stage.fake.gateway.identifies)
    struck = await strike_at_random(fronts, 0, 0, SEED, cuts=6)

    assert struck.count is not None
    assert struck.count.problems == [], f"seed {SEED}"
    assert len(fronts.stage.fake.gateway.identifies) == identifies
    assert all(each.bots.bot is not None and each.bots.bot.returncode is None for each in fronts.seats)


@pytest.mark.slow
async def test_hundreds_of_kills(fronts: Fronts) -> None:
    """The same two hundred times, with five stops of a leader and fifty restarts of the server."""
    struck = await strike_at_random(fronts, 200, 5, SEED, cuts=50)
    told = takeovers.told("kill -9", struck.killed), takeovers.told("SIGSTOP", struck.stopped)
    print(struck, *told, sep="\n")  # noqa: T201 - figures

    assert struck.count is not None
    assert struck.count.problems == [], f"seed {SEED}"
    assert struck.count.jobs > 100
