"""Whose turn it is: the same order as reading the whole queue gives, found without reading it."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from random import Random

import pytest

from bot.db.connection import Connection
from bot.db.turns import next_turns
from bot.domain.clock import HOUR, MINUTE, SECOND
from bot.domain.jobs import PredictionState
from bot.domain.models import MAX, PRO
from bot.domain.predictions import FailureReason
from tests.db.engines import sqlite_by_nature
from tests.db.world import BOB, DatabaseWorld, requester_of

MEMBERS = (51, 52, 53, 54, 55)
MOVES = 60
EVERYTHING = 500

# The rule itself, from the predictions and attempts alone: everybody's first before anybody's second, and among equals
# whoever was served longest ago; a POST that came back served nobody, and an hour without one is as good as never.
RULE = f"""
WITH served AS (
    SELECT jobs.account_id, MAX(attempts.sent_at) AS sent_at
    FROM attempts JOIN predictions USING (prediction_id) JOIN jobs USING (job_id)
    WHERE COALESCE(attempts.outcome, 'open') <> 'returned'
      AND attempts.sent_at > (SELECT MAX(sent_at) FROM attempts) - {HOUR}
    GROUP BY jobs.account_id
), queue AS (
    SELECT prediction_id, jobs.account_id,
           ROW_NUMBER() OVER (PARTITION BY jobs.account_id ORDER BY prediction_id) AS turn
    FROM predictions JOIN jobs USING (job_id)
    WHERE state = 'queued' AND ended_at IS NULL AND jobs.model_id <> ?
)
SELECT queue.prediction_id FROM queue LEFT JOIN served USING (account_id)
ORDER BY queue.turn, COALESCE(served.sent_at, 0), queue.prediction_id
"""


async def in_turn(world: DatabaseWorld, held: str = "") -> list[object]:
    """All that wait, in the order that the rule gives."""
    return [prediction_id for (prediction_id,) in await world.rows(RULE, held)]


async def found(world: DatabaseWorld, count: int, *held: str) -> list[int]:
    """The next so many."""
    return [turn.prediction_id for turn in await world.stores.jobs.next_turns(count, held)]


async def move(world: DatabaseWorld, random: Random, open_attempts: list[int]) -> None:
    """Let something happen to the queue: an order, a POST, what comes back of one, a cancel, a failed upload."""
    jobs, waiting = world.stores.jobs, await found(world, EVERYTHING)
    world.at += random.choice((1, SECOND, MINUTE, 20 * MINUTE))
    what = random.randrange(8)
    if what < 3 or not waiting:
        order = world.order(pictures=random.randint(1, 4), requester=requester_of(random.choice(MEMBERS)))
        await jobs.admit(replace(order, model=random.choice((MAX, PRO)), parameters={}), world.at)
    elif what < 6:
        attempt_id = await jobs.begin_attempt(waiting[0], "boot", world.at)
        assert attempt_id is not None
        open_attempts.append(attempt_id)
    elif what == 6:
        job = (await world.rows("SELECT job_id FROM predictions WHERE prediction_id = ?", waiting[-1]))[0][0]
        await jobs.cancel_queued(str(job), MEMBERS[0], world.at)
    else:
        await jobs.fail(random.choice(waiting), FailureReason.REFERENCE_LOST, world.at)
    if open_attempts and random.random() < 0.5:
        attempt_id = open_attempts.pop(random.randrange(len(open_attempts)))
        if random.random() < 0.6:
            await jobs.attempt_returned(attempt_id, world.at)
        else:
            await jobs.attempt_accepted(attempt_id, f"task-{attempt_id}", world.at)


async def test_members_take_turns(world: DatabaseWorld) -> None:
    """Everybody's first picture comes before anybody's second, and who was served longest ago goes first."""
    jobs = world.stores.jobs
    alices = await world.admit(pictures=3)
    world.at += 1
    bobs = await world.admit(pictures=2, requester=requester_of(BOB))
    a1, a2, a3 = (prediction.prediction_id for prediction in alices.predictions)
    b1, b2 = (prediction.prediction_id for prediction in bobs.predictions)
    before = [waiting.prediction_id for waiting in await jobs.waiting()]
    await world.process(a1)

    assert before == [a1, b1, a2, b2, a3]
    assert [waiting.prediction_id for waiting in await jobs.waiting()] == [b1, a2, b2, a3]


@pytest.mark.parametrize("seed", range(3))
async def test_the_order_is_the_rules(world: DatabaseWorld, seed: int) -> None:
    """Whatever happens, who is next and who comes after is what the rule gives, also where a model is held back."""
    random, open_attempts = Random(seed), list[int]()
    for _ in range(MOVES):
        await move(world, random, open_attempts)
        wanted, without = await in_turn(world), await in_turn(world, MAX.id)

        assert await found(world, EVERYTHING) == wanted
        assert (await found(world, 1))[:1] == wanted[:1]
        assert await found(world, EVERYTHING, MAX.id) == without
        assert (await found(world, 2, MAX.id))[:1] == without[:1]
        assert [turn.prediction_id for turn in await world.stores.jobs.waiting()] == wanted


async def test_one_members_many_are_looked_ahead_at(world: DatabaseWorld) -> None:
    """Where few wait, as many as are asked for are found, of one member and of two models."""
    for _ in range(6):
        await world.admit(pictures=4)
        await world.stores.jobs.admit(replace(world.order(pictures=4), model=PRO, parameters={}), world.at)

    ahead = await found(world, 30)

    assert len(ahead) >= 30
    assert ahead == (await in_turn(world))[: len(ahead)]


@sqlite_by_nature("counts the steps of SQLite's machine")
async def test_the_next_in_turn_costs_the_same_however_many_wait(world: DatabaseWorld) -> None:
    """Six times as many waiting members and pictures make the look at the next no longer."""
    few = await _steps_with(world, 40)
    many = await _steps_with(world, 240)

    assert many <= few * 1.1


async def _steps_with(world: DatabaseWorld, members: int) -> int:
    asking = (world.admit(requester=requester_of(10_000 + members + member)) for member in range(members))
    await asyncio.gather(*asking)
    return await world.database.read(_steps)


def _steps(connection: Connection) -> int:
    assert isinstance(connection, sqlite3.Connection)
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    connection.set_progress_handler(step, 1)
    try:
        turns = next_turns(connection, 33)
    finally:
        connection.set_progress_handler(None, 1)
    assert len(turns) == 33
    return steps


async def test_what_was_waiting_before_the_turns_were_kept(world: DatabaseWorld) -> None:
    """What the migration makes of a queue is what lining up one after the other makes of it."""
    for member in MEMBERS:
        job = await world.admit(pictures=2, requester=requester_of(member))
        await world.process(job.predictions[0].prediction_id)
        world.at += MINUTE

    kept = await world.rows("SELECT * FROM turns ORDER BY account_id, model_id")
    state = PredictionState.QUEUED.value
    firsts = await world.rows("SELECT prediction_id FROM predictions WHERE state = ? ORDER BY account_id", state)
    assert [row[3] for row in kept] == [first for (first,) in firsts]
