"""Two fronts on one PostgreSQL database: each answers its own servers, one of them runs the jobs of both."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.services.crash_points import CrashPoint
from tests.db.engines import needs_postgresql
from tests.wire import takeovers
from tests.wire.accounts import audit
from tests.wire.fork_server import forks
from tests.wire.fronts import FOLLOWS, LEADS, WAITS, Fronts, open_fronts, strike_at_random
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
    await fronts.stage.until(lambda: fronts.stage.value("SELECT COUNT(*) FROM attempts") == 2)

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


async def test_kills_and_a_stop(fronts: Fronts) -> None:
    """Either front killed at random moments, and a leader stopped and woken: nothing is lost, doubled or paid twice."""
    struck = await strike_at_random(fronts, 8, 1, SEED)

    assert struck.count is not None
    assert struck.count.problems == [], f"seed {SEED}"
    assert max(struck.killed, default=0) < 10
    assert max(struck.stopped) < 30


@pytest.mark.slow
async def test_hundreds_of_kills(fronts: Fronts) -> None:
    """The same two hundred times, and five times with a leader that is stopped."""
    struck = await strike_at_random(fronts, 200, 5, SEED)
    told = takeovers.told("kill -9", struck.killed), takeovers.told("SIGSTOP", struck.stopped)
    print(struck, *told, sep="\n")  # noqa: T201 - figures

    assert struck.count is not None
    assert struck.count.problems == [], f"seed {SEED}"
    assert struck.count.jobs > 100
