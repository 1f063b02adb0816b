"""Periods in the accounts: in whose day an order falls, and that what becomes of it stays there."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.budget import LimitKind
from bot.domain.clock import DAY, HOUR, SECOND
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from tests.db.ledger_model import keys_of
from tests.db.world import ALICE, PRICE, DatabaseWorld, open_database_world, refusal

MIDNIGHT = int(datetime(2027, 1, 16, tzinfo=UTC).timestamp()) * SECOND


async def test_a_new_period_begins_by_itself(world: DatabaseWorld) -> None:
    """At the instant a period ends there is room again, without anybody resetting anything; the total goes on."""
    await world.limit(LimitKind.DEFAULT, 0, Period.DAY, PRICE)
    world.at = MIDNIGHT - 1
    assert await refusal(world) is None
    assert await refusal(world) is not None
    world.at = MIDNIGHT
    assert await refusal(world) is None

    assert await world.standing("member", Period.DAY) == [("2027-01-15", PRICE, 0), ("2027-01-16", PRICE, 0)]
    assert await world.standing("member", Period.TOTAL) == [("", 2 * PRICE, 0)]


async def test_periods_follow_the_servers_zone(world: DatabaseWorld) -> None:
    """Member, channel and server count in the server's days; the bot's own limit counts in UTC."""
    world.at = MIDNIGHT + 2 * HOUR
    await world.zone("America/New_York")
    await world.limit(LimitKind.SERVER, 0, Period.DAY, 0)
    error = await refusal(world)
    await world.limit(LimitKind.SERVER, 0, Period.DAY, None)
    await world.admit()

    assert error is not None
    assert error.line.ends_at == MIDNIGHT + 5 * HOUR
    assert await world.standing("member", Period.DAY) == [("2027-01-15", PRICE, 0)]
    assert await world.standing("bot", Period.DAY) == [("2027-01-16", PRICE, 0)]


async def test_a_new_zone_moves_nothing(world: DatabaseWorld) -> None:
    """Changing the zone leaves what was held where it was held, and it ends there."""
    job = await world.admit()
    await world.zone("Pacific/Kiritimati")
    world.at += DAY
    await world.complete(job.predictions[0].prediction_id)

    assert await world.standing("server", Period.DAY) == [("2027-01-15", 0, PRICE)]


async def test_a_new_zone_moves_no_notice(world: DatabaseWorld) -> None:
    """What is spent of a limit is measured and told for the day on which the job was counted, in whatever zone."""
    await world.limit(LimitKind.MEMBER, ALICE, Period.DAY, PRICE)
    job = await world.admit()
    await world.complete(job.predictions[0].prediction_id)
    notices, told = world.stores.notices, dict[str, list[int]]()
    for zone in ("Pacific/Kiritimati", "UTC"):  # the next day already, and the admission's own
        await world.zone(zone)
        due = await notices.due(job.job_id)
        told[zone] = [notice.percent for notice in due if await notices.claim_notice(notice)]

    assert told == {"Pacific/Kiritimati": [80, 100], "UTC": []}


async def test_a_clock_that_steps_back(world: DatabaseWorld) -> None:
    """When the clock steps back over midnight, each order counts on the day that the clock showed, and ends there."""
    world.at = MIDNIGHT + SECOND
    late = await world.admit()
    world.at -= HOUR
    early = await world.admit()
    for job in (late, early):
        await world.complete(job.predictions[0].prediction_id)

    assert await world.standing("member", Period.DAY) == [("2027-01-15", 0, PRICE), ("2027-01-16", 0, PRICE)]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
async def test_ends_around_edges(tmp_path: Path, zone: str) -> None:
    """Whenever a hold around the edge of a period ends, it ends in the periods in which it was made."""
    chance = random.Random(zone)
    edges = [int(datetime(2028, month, 1, tzinfo=UTC).timestamp()) * SECOND for month in (1, 2, 3, 11)]
    async with open_database_world(tmp_path) as world:
        await world.zone(zone)
        expected: dict[str, int] = {}
        for _ in range(40):
            world.at = chance.choice(edges) + chance.randrange(-14 * HOUR, 14 * HOUR, 500) + chance.choice((-1, 0, 1))
            job = await world.admit()
            day = keys_of(world.at, zone)["day"]
            world.at += chance.choice((-HOUR, 0, HOUR, 3 * DAY))
            prediction_id = job.predictions[0].prediction_id
            if chance.random() < 0.5:
                await world.complete(prediction_id)
                expected[day] = expected.get(day, 0) + PRICE
            else:
                await world.stores.jobs.fail(prediction_id, FailureReason.PROVIDER, world.at)
                expected.setdefault(day, 0)
        found = await world.standing("member", Period.DAY)

    assert found == [(day, 0, spent) for day, spent in sorted(expected.items())]
