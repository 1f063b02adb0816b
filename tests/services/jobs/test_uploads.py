"""References at the provider: uploaded once per content, patiently, and never in the way of others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

import pytest

from bot.db.jobs import JobStore
from bot.demo.provider import Behaviour, Site
from bot.domain.clock import DAY, SECOND
from bot.domain.jobs import PredictionState
from bot.domain.predictions import FailureReason, Waiting
from bot.media.names import name_of
from bot.services.crash_points import no_crash
from bot.services.jobs.breaker import Breaker
from bot.services.jobs.upload_queue import UploadQueue
from bot.services.jobs.uploads import Uploads
from bot.services.signals import Signals
from tests.clocks import ManualClock
from tests.services.world import BEN, PRICE, Running, ServiceWorld, png, request

PUTS = (Site.TICKET, Site.PUT)


def uploads(world: ServiceWorld) -> int:
    return len([each for each in world.provider.history.at(Site.PUT) if each.status == 200])


async def test_the_same_content_is_uploaded_once(world: ServiceWorld, bot: Running) -> None:
    """What the provider has already is not uploaded again, whoever uses it, also after a restart."""
    await world.closed(await world.command(request(png("red"), png("blue"))))
    await world.closed(await bot.accept(request(png("blue"), member=BEN)))
    await world.closed(await bot.accept(request(png("white"), png("blue"), png("red"), member=BEN)))

    assert uploads(world) == 3


async def test_a_restart_remembers_uploads(world: ServiceWorld) -> None:
    """Where the provider has a picture is kept in the store."""
    for _ in range(2):
        async with world.start():
            await world.closed(await world.command())

    assert uploads(world) == 1


async def test_old_uploads_are_renewed(world: ServiceWorld, bot: Running) -> None:
    """The provider keeps files for seven days; after six a reference is uploaded anew."""
    await world.closed(await world.command())
    world.clock.leap(6 * DAY / SECOND)
    await world.closed(await bot.accept(request()))

    assert uploads(world) == 2


@pytest.mark.parametrize("site", PUTS)
@pytest.mark.parametrize("behaviour", [Behaviour.UNAVAILABLE, Behaviour.DROPPED, Behaviour.BAD_GATEWAY])
async def test_an_upload_that_fails_is_repeated(
    world: ServiceWorld, bot: Running, site: Site, behaviour: Behaviour
) -> None:
    """Uploads cost nothing: they are repeated until they get through, and the hold stays meanwhile."""
    world.provider.script(site, behaviour, times=9)

    job = await world.closed(await bot.accept(request()))

    assert (job.spent_micros, world.posts) == (PRICE, 1)


class SlowBooks:
    """A job store of which a reading of the queue takes longer than the next try is away."""

    def __init__(self, jobs: JobStore, clock: ManualClock) -> None:
        self.job = jobs.job
        self.seconds = 0.0
        self._jobs = jobs
        self._clock = clock

    async def next_turns(self, most: int, held: Collection[str]) -> Sequence[Waiting]:
        turns = await self._jobs.next_turns(most, held)
        await self._clock.advance(self.seconds)
        return turns


async def test_a_try_that_falls_due_while_the_queue_is_read_is_not_forgotten(world: ServiceWorld, bot: Running) -> None:
    """It is due at once: nobody else would wake the sender for it."""
    world.provider.script(Site.TICKET, Behaviour.UNAVAILABLE, times=1_000)
    await world.command()
    clock = ManualClock()
    books = SlowBooks(bot.stores.jobs, clock)
    own = Uploads(bot.resources.provider, bot.resources.media.vault, bot.stores.images, clock, no_crash)
    queue = UploadQueue(cast(JobStore, books), own, Signals(clock), clock, Breaker(clock), ahead=1)

    async def has_failed() -> bool:
        return queue.seconds_to_retry() is not None

    await queue.first_ready(())
    await world.until(has_failed)
    books.seconds = 60.0
    await queue.first_ready(())

    assert queue.seconds_to_retry() == 0.0


async def test_a_refused_upload_fails_what_was_not_sent(world: ServiceWorld, bot: Running) -> None:
    """A file that the provider does not take fails the pictures that would need it, and their money comes back."""
    world.provider.script(Site.PUT, Behaviour.TOO_LARGE)

    job = await world.closed(await bot.accept(request(count=2)))

    assert [p.reason for p in job.predictions] == [FailureReason.REFERENCE_REFUSED] * 2
    assert (world.posts, await world.budget()) == (0, (0, 0))


async def test_a_file_that_storage_never_takes_ends_its_own_job_soon(world: ServiceWorld, bot: Running) -> None:
    """Refused on three fresh tickets, it fails at once with its money back, and nobody else waits for that."""
    world.provider.script(Site.PUT, Behaviour.FORBIDDEN, times=3)

    job = await world.closed(await bot.accept(request(png("red"))))
    tries = len(world.provider.history.at(Site.PUT))
    other = await world.closed(await bot.accept(request(png("blue"), member=BEN)))

    assert [p.reason for p in job.predictions] == [FailureReason.REFERENCE_REFUSED]
    assert tries == 3
    assert await world.budget() == (0, 0)
    assert other.spent_micros == PRICE


async def test_a_lost_file_fails_what_was_not_sent(world: ServiceWorld, bot: Running) -> None:
    """A reference whose file is gone from our own disk ends the job in so many words."""
    world.provider.script(Site.TICKET, Behaviour.UNAVAILABLE, times=4)
    job = await bot.accept(request())
    await bot.resources.media.vault.let_go([name_of(job.references[0].image)], unless_kept_within=0)

    ended = await world.closed(job)

    assert ended.predictions[0].reason is FailureReason.REFERENCE_LOST
    assert await world.budget() == (0, 0)


async def test_failing_uploads_do_not_hold_up_others(world: ServiceWorld, bot: Running) -> None:
    """However many jobs wait for the repetition of their uploads, those behind them are sent."""
    known = request(png("white"), member=BEN)
    await world.closed(await world.command(known))
    world.provider.script(Site.TICKET, Behaviour.RATE_LIMITED_SECONDS, times=10_000)
    stuck = [
        await bot.accept(request(png(colour), member=member))
        for member, colour in ((21, "red"), (22, "blue"), (23, "lime"), (24, "black"))
    ]

    passed = await world.closed(await bot.accept(request(png("white"), member=BEN)))

    assert passed.spent_micros == PRICE
    assert {(await world.job(job.job_id)).predictions[0].state for job in stuck} == {PredictionState.QUEUED}


@pytest.mark.parametrize("early", [True, False])
async def test_a_reference_that_was_lost_there_is_uploaded_anew(
    world: ServiceWorld, bot: Running, *, early: bool
) -> None:
    """Where the provider could not read a reference, the next picture that needs it brings it along again."""
    behaviour = Behaviour.REFERENCE_LOST
    world.provider.script(Site.SUBMIT, behaviour)
    first = await world.closed(await bot.accept(request(count=2 if early else 1)))
    second = await world.closed(await bot.accept(request()))

    assert first.predictions[0].reason is FailureReason.REFERENCE_LOST
    assert second.spent_micros == PRICE
    assert uploads(world) == 2
