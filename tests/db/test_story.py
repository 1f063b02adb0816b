"""Where a job came from: the nearest steps, the first of all, and the result that it was made from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import NoSuchJob
from bot.domain.jobs import Job, MessageAt
from tests.db.world import ALICE, CHANNEL, GUILD, MODERATOR, NOON, DatabaseWorld

SHOWN = MessageAt(CHANNEL, 700)


async def chained(world: DatabaseWorld, length: int) -> list[Job]:
    """Jobs of which each was made from the one before."""
    jobs: list[Job] = []
    for _ in range(length):
        order = world.order()
        parent = jobs[-1].job_id if jobs else None
        jobs.append((await world.stores.jobs.admit(replace(order, parent_job_id=parent), world.at)).job)
    return jobs


async def made_from(world: DatabaseWorld, parent: Job) -> Job:
    """A job that is made from another now."""
    order = replace(world.order(), parent_job_id=parent.job_id)
    admitted = (await world.stores.jobs.admit(order, world.at)).job
    assert admitted == await world.stores.jobs.job(admitted.job_id)
    return admitted


async def test_a_short_chain_is_told_whole(world: DatabaseWorld) -> None:
    """With no more steps than are told there is no gap."""
    jobs = await chained(world, 4)
    story = await world.stores.jobs.story(jobs[3].job_id, 3)

    assert [each.job_id for each in story.earlier] == [jobs[n].job_id for n in (2, 1, 0)]
    assert (story.job.job_id, story.first, story.between) == (jobs[3].job_id, None, 0)


@pytest.mark.parametrize(("length", "between"), [(5, 0), (9, 4)])
async def test_a_long_chain_names_its_first(world: DatabaseWorld, length: int, between: int) -> None:
    """The first of all is there however many lie between, and how many those are."""
    jobs = await chained(world, length)
    story = await world.stores.jobs.story(jobs[-1].job_id, 3)

    assert [each.job_id for each in story.earlier] == [each.job_id for each in jobs[-2:-5:-1]]
    assert story.first is not None
    assert (story.first.job_id, story.between) == (jobs[0].job_id, between)


async def test_no_story_of_nothing(world: DatabaseWorld) -> None:
    """A job that is not there has none."""
    with pytest.raises(NoSuchJob):
        await world.stores.jobs.story("NONE", 3)


async def test_the_result_that_it_was_made_from_is_linked(world: DatabaseWorld) -> None:
    """As soon as it is posted, in the very answer of an admission as well."""
    parent = await world.admit()
    early = await made_from(world, parent)
    await world.stores.jobs.set_result_message(parent.job_id, SHOWN)

    assert early.parent_message is None
    assert (await made_from(world, parent)).parent_message == SHOWN
    assert (await world.stores.jobs.job(early.job_id)).parent_message == SHOWN


async def test_a_result_that_others_cannot_see_is_not_linked(world: DatabaseWorld) -> None:
    """One that went to its member alone, one that was taken down, one of somebody who had their data erased."""
    sent, gone, erased = [await world.admit() for _ in range(3)]
    await world.stores.jobs.set_result_message(sent.job_id, MessageAt(CHANNEL + 1, 701))
    await world.stores.jobs.set_result_message(gone.job_id, MessageAt(CHANNEL, 702))
    await world.stores.jobs.set_result_message(erased.job_id, SHOWN)
    await world.stores.gallery.take_down(gone.job_id, MODERATOR, NOON)

    assert (await made_from(world, sent)).parent_message is None
    assert (await made_from(world, gone)).parent_message is None

    last = await made_from(world, erased)
    assert last.parent_message == SHOWN
    for job in await world.stores.jobs.open_jobs_of(GUILD):
        await world.stores.jobs.cancel_queued(job.job_id, ALICE, NOON)
        await world.stores.jobs.close(job.job_id, NOON)
    await world.stores.privacy.ask_erasure(ALICE, with_messages=False, at=NOON)

    assert await world.stores.privacy.erase_due(NOON) == 1
    assert (await world.stores.jobs.job(last.job_id)).parent_message is None
