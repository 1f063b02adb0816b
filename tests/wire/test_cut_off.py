"""Two fronts of which one, or both, are cut off: from the database, from Discord; and one whose clock is wrong."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot.demo.provider import Behaviour, Site
from bot.domain.clock import SECOND
from tests.db.engines import needs_postgresql
from tests.wire.accounts import audit
from tests.wire.discord_fake import Interaction
from tests.wire.fronts import COUNT, LEADS, STOOD_BACK, Fronts, open_fronts
from tests.wire.link import CuttableLink, link_to_database, link_to_port
from tests.wire.resting import come_to_rest
from tests.wire.worker import CLOCK_AHEAD

pytestmark = needs_postgresql()

REST_SECONDS = 90.0
DISCORD_WAITS = 3 * SECOND
TRIES, TAKEN_WITHIN_SECONDS = 6, 5.0
CUT_SECONDS = 20.0
"""Longer than the server lets a leader be silent for (12 s)."""


@dataclass(slots=True)
class Linked:
    """Two fronts, each with a link of its own to the database and to Discord."""

    fronts: Fronts
    database: list[CuttableLink]
    discord: list[CuttableLink]


@pytest.fixture
async def linked(tmp_path: Path) -> AsyncIterator[Linked]:
    """Both run, and shard 0's leads."""
    async with open_fronts(tmp_path / "stage") as fronts, AsyncExitStack() as stack:
        databases: list[CuttableLink] = []
        discords: list[CuttableLink] = []
        for shard in range(COUNT):
            there = link_to_database(fronts.stage.server, tmp_path / f"link-{shard}")
            database, url = await stack.enter_async_context(there)
            discord, host = await stack.enter_async_context(link_to_port(fronts.stage.fake.api_base))
            databases.append(database)
            discords.append(discord)
            await fronts.start(
                shard,
                DATABASE_URL=url,
                DISCORD_API_BASE=f"http://{host}/api/v10",
                DISCORD_GATEWAY=f"ws://{host}/gateway/",
            )
        yield Linked(fronts, databases, discords)


async def all_is_right(fronts: Fronts, jobs: int) -> None:
    """Every job of these ends, posted and paid once."""
    await come_to_rest(fronts.stage, REST_SECONDS)
    count = await audit(fronts.stage)
    assert count.problems == []
    assert count.jobs >= jobs
    assert count.posts == count.messages == count.jobs - count.never_started
    fronts.assert_alive()


async def answered_in_time(fronts: Fronts, command: Interaction) -> None:
    """Its first answer, whatever it says, comes before Discord gives up."""
    await fronts.stage.until(lambda: command.responded_at)
    assert command.responded_at is not None
    assert command.responded_at - command.created_at < DISCORD_WAITS


async def served_again(fronts: Fronts, shard: int) -> None:
    """Ask until it is taken: a moment after all is well again somebody may still read that it is not."""
    for _ in range(TRIES):
        command = fronts.edit(shard)
        with suppress(AssertionError):
            await fronts.stage.until(partial(has_job, fronts, command), TAKEN_WITHIN_SECONDS)
            return
    raise AssertionError(f"nobody is served in {TRIES} tries\n{fronts.log(shard)[-4000:]}")


def has_job(fronts: Fronts, command: Interaction) -> bool:
    return bool(fronts.stage.value("SELECT COUNT(*) FROM jobs WHERE interaction_id = ?", command.id))


async def under_way(fronts: Fronts, jobs: int) -> None:
    taken = "SELECT COUNT(*) FROM predictions WHERE submitted_at IS NOT NULL"
    await fronts.stage.until(lambda: fronts.stage.value(taken) >= jobs)


async def test_a_leader_without_the_database(linked: Linked) -> None:
    """The other front leads within 30 s; members of the first one's server read a sentence in time meanwhile."""
    fronts = linked.fronts
    for shard in range(COUNT):
        fronts.edit(shard)
    await under_way(fronts, 2)
    since = fronts.log(1).count(LEADS)
    linked.database[0].cut()
    refused = fronts.edit(0)

    await answered_in_time(fronts, refused)
    await fronts.stage.until(lambda: fronts.log(1).count(LEADS) > since, 30)
    linked.database[0].mend()
    await fronts.stage.until(lambda: STOOD_BACK in fronts.log(0))
    await served_again(fronts, 0)
    await all_is_right(fronts, 3)


async def test_a_leader_without_the_database_while_a_request_is_out(linked: Linked) -> None:
    """What the provider accepted meanwhile is adopted by the next leader; the first one's answer changes nothing."""
    fronts = linked.fronts
    await fronts.stage.provider.script(Site.SUBMIT, Behaviour.DRIPPING)
    fronts.edit(1)
    while not await fronts.stage.provider.posts():  # noqa: ASYNC110 - it comes from another process
        await asyncio.sleep(0.02)
    since = fronts.log(1).count(LEADS)
    linked.database[0].cut()
    await fronts.stage.until(lambda: fronts.log(1).count(LEADS) > since, 30)
    linked.database[0].mend()

    await all_is_right(fronts, 1)
    assert await fronts.stage.provider.posts() == 1


async def test_both_without_the_database(linked: Linked) -> None:
    """While nobody reaches the accounts nobody spends; then all goes on by itself, with one leader."""
    fronts = linked.fronts
    fronts.edit(0)
    await under_way(fronts, 1)
    for each in linked.database:
        each.cut()
    refused = [fronts.edit(shard) for shard in range(COUNT)]
    for each in refused:
        await answered_in_time(fronts, each)
    await asyncio.sleep(CUT_SECONDS)
    assert await fronts.stage.provider.posts() == 1
    for each in linked.database:
        each.mend()

    await fronts.stage.until(lambda: sum(fronts.log(shard).count(LEADS) for shard in range(COUNT)) >= 1)
    for shard in range(COUNT):
        await served_again(fronts, shard)
    await all_is_right(fronts, 3)


async def test_a_front_without_the_database(linked: Linked) -> None:
    """The leader and its members notice nothing; the front's own read a sentence, and are served again afterwards."""
    fronts = linked.fronts
    linked.database[1].cut()
    await answered_in_time(fronts, fronts.edit(1))
    fronts.edit(0)
    await fronts.stage.closed()
    linked.database[1].mend()

    await served_again(fronts, 1)
    await all_is_right(fronts, 2)


async def test_a_leader_without_discord(linked: Linked) -> None:
    """Members of the other server are answered meanwhile, what was made for them waits, and comes once."""
    fronts = linked.fronts
    linked.discord[0].cut()
    await answered_in_time(fronts, fronts.edit(1))
    await fronts.stage.until(lambda: fronts.stage.rows("SELECT 1 FROM predictions WHERE state = 'completed'"))
    linked.discord[0].mend()

    await all_is_right(fronts, 1)


@pytest.mark.parametrize("ahead", ["300", "-300"])
async def test_a_clock_minutes_off(tmp_path: Path, ahead: str) -> None:
    """The front whose clock is wrong takes over with jobs under way: nothing is sent twice, and all is paid once."""
    async with open_fronts(tmp_path / "stage") as fronts:
        await fronts.start(0)
        await fronts.start(1, crash=None, **{CLOCK_AHEAD: ahead})
        await fronts.stage.provider.script(Site.SUBMIT, Behaviour.DRIPPING)
        for shard in range(COUNT):
            fronts.edit(shard)
        # Two lost answers would be told apart by a moderator only, minutes later where the clock is minutes off.
        accepted = "SELECT 1 FROM attempts WHERE outcome = 'accepted'"
        await fronts.stage.until(lambda: fronts.stage.rows(accepted))
        assert await fronts.strike(0, signal.SIGKILL) is not None
        fronts.edit(1)
        await fronts.start(0)
        fronts.edit(0)
        await all_is_right(fronts, 4)
