"""The job store: what is remembered about a job, its lists, and when it is closed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from bot.db.connection import Connection
from bot.db.transitions import IllegalMove
from bot.domain.errors import NoSuchJob
from bot.domain.jobs import MessageAt, Stage
from tests.db.engines import sqlite_by_nature
from tests.db.world import ALICE, BOB, GUILD, NOON, PRICE, DatabaseWorld, requester_of


async def test_cancel_stops_what_waits(world: DatabaseWorld) -> None:
    """A cancel ends what is not sent yet and leaves what is."""
    job = await world.admit(pictures=3)
    await world.process(job.predictions[0].prediction_id)
    first = await world.stores.jobs.cancel_queued(job.job_id, ALICE, NOON)
    again = await world.stores.jobs.cancel_queued(job.job_id, ALICE, NOON)
    read = await world.stores.jobs.job(job.job_id)

    assert (first, again) == (2, 0)
    assert (read.held_micros, read.returned_micros, read.stage) == (PRICE, 2 * PRICE, Stage.PAINTING)


async def test_messages_are_remembered(world: DatabaseWorld) -> None:
    """Where the messages are, and the first instants of posting, lateness and closing."""
    jobs = world.stores.jobs
    job = (await jobs.admit(replace(world.order(), status_message=MessageAt(1, 2)), NOON)).job
    await world.complete(job.predictions[0].prediction_id)
    await jobs.set_result_message(job.job_id, MessageAt(3, 4))
    for later in range(2):
        await jobs.begin_posting(job.job_id, NOON + later)
        await jobs.tell_late(job.job_id, NOON + later)
        await jobs.close(job.job_id, NOON + later)
    read = await jobs.job(job.job_id)

    assert (read.status_message, read.result_message) == (MessageAt(1, 2), MessageAt(3, 4))
    assert (read.posting_at, read.late_told_at, read.closed_at) == (NOON, NOON, NOON)
    assert await jobs.open_jobs() == ()


async def test_open_predictions_keep_a_job_open(world: DatabaseWorld) -> None:
    """A job is not closed while one of its predictions has not ended."""
    job = await world.admit()

    with pytest.raises(IllegalMove, match="has not ended"):
        await world.stores.jobs.close(job.job_id, NOON)
    assert await world.stores.jobs.open_jobs() == (job.job_id,)


async def test_unknown_job(world: DatabaseWorld) -> None:
    """A job that does not exist is said not to, whatever is asked of it."""
    jobs = world.stores.jobs
    for asked in (jobs.job("x"), jobs.begin_posting("x", NOON), jobs.set_result_message("x", MessageAt(1, 2))):
        with pytest.raises(NoSuchJob):
            await asked


async def test_lists(world: DatabaseWorld) -> None:
    """Jobs of a member or a whole server, newest first, by a part of id or prompt taken literally."""
    cat = await world.admit(prompt="100% cat")
    world.at += 1
    dog = await world.admit(prompt="a_dog", requester=requester_of(BOB))
    jobs = world.stores.jobs

    async def ids(member_id: int | None, matching: str = "", limit: int = 10) -> list[str]:
        return [job.job_id for job in await jobs.jobs_of(GUILD, member_id, limit=limit, matching=matching)]

    assert await ids(None) == [dog.job_id, cat.job_id]
    assert await ids(None, limit=1) == [dog.job_id]
    assert await ids(ALICE) == [cat.job_id]
    assert await ids(None, "0% C") == [cat.job_id]
    assert await ids(None, "%") == [cat.job_id]
    assert await ids(None, "_") == [dog.job_id]
    assert await ids(None, cat.job_id[3:]) == [cat.job_id]
    assert await ids(404) == []
    assert await jobs.jobs_of(GUILD + 1, None, limit=10) == ()


async def test_open_jobs_of(world: DatabaseWorld) -> None:
    """Every job of a server or a member that is not closed, newest first."""
    alices = await world.admit()
    world.at += 1
    bobs = await world.admit(requester=requester_of(BOB))
    closed = await world.admit()
    await world.complete(closed.predictions[0].prediction_id)
    jobs = world.stores.jobs
    await jobs.close(closed.job_id, NOON)

    assert [job.job_id for job in await jobs.open_jobs_of(GUILD)] == [bobs.job_id, alices.job_id]
    assert [job.job_id for job in await jobs.open_jobs_of(GUILD, ALICE)] == [alices.job_id]
    assert await jobs.open_jobs_of(GUILD, 404) == ()
    assert await jobs.open_jobs_of(GUILD + 1) == ()


@sqlite_by_nature("its trace counts the statements, which are the same on both")
@pytest.mark.parametrize("jobs", [1, 12])
async def test_reading_takes_as_many_queries_for_many_jobs(world: DatabaseWorld, jobs: int) -> None:
    """A list of jobs costs one query for each table, however long it is."""
    for _ in range(jobs):
        await world.admit(pictures=2)
    asked: list[str] = []

    def trace(connection: Connection) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.set_trace_callback(asked.append)

    await world.database.read(trace)
    await world.stores.jobs.jobs_of(GUILD, None, limit=20)

    assert sum(statement.lstrip().startswith("SELECT") for statement in asked) == 5
