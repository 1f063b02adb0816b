"""Cases that only a moderator can decide: what is known is shown, one decision counts, everything is on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.demo.provider import Pace
from bot.domain.clock import HOUR, SECOND
from bot.domain.errors import BadRequest, NoSuchJob, NotAllowed, TooLateToCancel, Unavailable
from bot.domain.jobs import Job, PredictionState, Stage
from bot.domain.predictions import FailureReason, TryLater
from bot.domain.remote_clock import Span
from bot.services.jobs.cancelling import Cancelling
from bot.services.moderation.job_moderation import DecidedAlready, JobModeration, NothingToDecide
from bot.services.rights import Actor
from tests.services.parts import ANN, GUILD, Parts, open_parts
from tests.services.world import PRICE, ServiceWorld, open_service_world

MODERATOR = Actor(13, GUILD, can_manage=True)


@dataclass(frozen=True, slots=True)
class Cases:
    """A desk with the use case that is tried out."""

    parts: Parts
    job_moderation: JobModeration

    async def left(self) -> Job:
        """A job whose picture was left to a moderator."""
        job = await self.parts.unknown()
        now = self.parts.clock.now()
        await self.parts.stores.jobs.leave_to_moderator(job.predictions[0].prediction_id, ["x1", "x2"], now)
        return job

    async def acts(self) -> list[str]:
        return [row.action for row in await self.parts.stores.moderation.audit(GUILD, limit=9)]


@pytest.fixture(name="cases")
async def _cases(tmp_path: Path) -> AsyncGenerator[Cases]:
    async with open_parts(tmp_path) as parts:
        job_moderation = JobModeration(
            jobs=parts.stores.jobs,
            moderation=parts.stores.moderation,
            cancelling=Cancelling(parts.stores.jobs, parts.signals, parts.clock),
            provider=parts.provider,
            signals=parts.signals,
            clock=parts.clock,
        )
        yield Cases(parts, job_moderation)


async def test_release_gives_the_money_back(cases: Cases) -> None:
    """The hold ends, and nothing is left to decide."""
    job = await cases.left()
    cases.parts.provider.lists = [["x1", "x2"]]
    decided = await cases.job_moderation.resolve(job.job_id, "release", MODERATOR)

    assert decided.job.returned_micros == job.price_micros
    assert await cases.acts() == ["release"]
    with pytest.raises(NothingToDecide):
        await cases.job_moderation.resolve(job.job_id, "adopt", MODERATOR)


async def test_the_list_is_read_by_the_clock_of_who_sent_it(cases: Cases) -> None:
    """Another host, whose clock was minutes off, may have sent the request: what it noted of the provider's counts."""
    parts = cases.parts
    job = await parts.admitted()
    (prediction,), now = job.predictions, parts.clock.now()
    began = Span(now - HOUR, now - HOUR + SECOND)
    attempt = await parts.stores.jobs.begin_attempt(prediction.prediction_id, "another host", now, began)
    assert attempt is not None
    await parts.stores.jobs.attempt_lost(attempt, now, now)
    await parts.stores.jobs.leave_to_moderator(prediction.prediction_id, ["x1"], now)
    parts.provider.lists = [["x1"]]
    await cases.job_moderation.case(job.job_id, MODERATOR)

    after, before = parts.provider.windows[-1]
    assert after < began.earliest < began.latest < before < now


async def test_adopt_takes_the_only_candidate(cases: Cases) -> None:
    """From then on it is followed like any other picture."""
    job = await cases.left()
    cases.parts.provider.lists = [["x1"]]
    decided = await cases.job_moderation.resolve(job.job_id.lower(), "adopt", MODERATOR)
    (prediction,) = decided.job.predictions

    assert (prediction.state, prediction.provider_id) == (PredictionState.PROCESSING, "x1")
    assert await cases.acts() == ["adopt"]


@pytest.mark.parametrize("decisions", [("release", "release"), ("adopt", "release"), ("release", "adopt")])
async def test_of_two_moderators_at_once_one_decides(cases: Cases, decisions: tuple[str, str]) -> None:
    """The other one reads a sentence, and the case stands as it was decided."""
    job = await cases.left()
    cases.parts.provider.lists = [["x1"], ["x1"]]
    outcomes = await asyncio.gather(
        *(cases.job_moderation.resolve(job.job_id, each, MODERATOR) for each in decisions), return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, Exception)]

    assert [type(each) for each in refused] == [DecidedAlready]
    assert "decided about job" in str(refused[0])
    assert len(await cases.acts()) == 1


async def test_several_candidates_are_told_apart_by_id(cases: Cases) -> None:
    """Adopting blindly would be a guess with somebody's money."""
    job = await cases.left()
    cases.parts.provider.lists = [["x1", "x2"]]
    with pytest.raises(BadRequest, match="2 predictions"):
        await cases.job_moderation.resolve(job.job_id, "adopt", MODERATOR)
    decided = await cases.job_moderation.resolve(job.job_id, "x2", MODERATOR)

    assert decided.provider_id == "x2"


async def test_what_belongs_to_another_picture_is_no_candidate(cases: Cases) -> None:
    """An id that one of ours has is not offered again, nor taken when typed."""
    await cases.parts.processing("x1", ANN)
    job = await cases.left()
    cases.parts.provider.lists = [["x1"]]

    assert (await cases.job_moderation.case(job.job_id, MODERATOR)).candidates == ()
    with pytest.raises(BadRequest):
        await cases.job_moderation.resolve(job.job_id, "x1", MODERATOR)


async def test_a_list_out_of_reach_decides_nothing(cases: Cases) -> None:
    """The moderator reads so, and the hold stays."""
    job = await cases.left()
    cases.parts.provider.lists = [TryLater("down")]
    with pytest.raises(Unavailable):
        await cases.job_moderation.resolve(job.job_id, "adopt", MODERATOR)

    assert (await cases.parts.stores.jobs.job(job.job_id)).held_micros == job.price_micros


async def test_lists_are_narrowed_by_stage(cases: Cases) -> None:
    """Newest first, the whole server's."""
    job = await cases.left()
    queued = await cases.parts.admitted(ANN)

    assert [each.job_id for each in await cases.job_moderation.listed(MODERATOR, Stage.CHECKING)] == [job.job_id]
    assert {each.job_id for each in await cases.job_moderation.listed(MODERATOR, None)} == {job.job_id, queued.job_id}


async def test_what_is_stuck_is_listed_however_much_came_after_it(cases: Cases) -> None:
    """A case from last week is found by its stage behind two hundred newer jobs."""
    job = await cases.left()
    await asyncio.gather(*(cases.parts.admitted(ANN) for _ in range(200)))

    assert [each.job_id for each in await cases.job_moderation.listed(MODERATOR, Stage.CHECKING)] == [job.job_id]


async def test_a_running_job_is_not_brought_again(cases: Cases) -> None:
    """Its result comes by itself."""
    job = await cases.parts.admitted(ANN)
    with pytest.raises(BadRequest, match="still running"):
        await cases.job_moderation.bring_again(job.job_id, MODERATOR)


async def test_cases_are_the_moderators_of_that_server(cases: Cases) -> None:
    """Neither members nor moderators of another server."""
    job = await cases.left()
    member, foreign = Actor(ANN, GUILD, can_manage=False), Actor(13, GUILD + 1, can_manage=True)

    with pytest.raises(NotAllowed):
        await cases.job_moderation.resolve(job.job_id, "release", member)
    with pytest.raises(NotAllowed):
        await cases.job_moderation.listed(member, None)
    with pytest.raises(NoSuchJob):
        await cases.job_moderation.resolve(job.job_id, "release", foreign)
    with pytest.raises(NoSuchJob):
        await cases.job_moderation.bring_again(job.job_id, foreign)


async def _late(world: ServiceWorld) -> Job:
    """A job that the provider has not finished by its deadline, after its member was told so."""
    job = await world.reaches(await world.command(), PredictionState.PROCESSING)
    world.clock.leap(610)
    await world.until(lambda: _told(world, job.job_id))
    return job


async def _told(world: ServiceWorld, job_id: str) -> bool:
    return (await world.job(job_id)).late_told_at is not None


async def _shown(world: ServiceWorld) -> bool:
    return bool(world.fake_messenger.results)


async def _once_shown(world: ServiceWorld) -> tuple[tuple[int, int], int]:
    """What its member and the server have spent, once the provider has finished and the picture is there."""
    world.clock.leap(1_500)
    await world.until(lambda: _shown(world))
    return await world.budget(), await world.server_spent()


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_wait_that_was_ended(tmp_path: Path, *, restarts: bool) -> None:
    """Its money is back at once; a picture that comes after all is brought, also after a restart; the server pays."""
    async with open_service_world(tmp_path, pace=Pace(0.2, (900.0, 900.0))) as world:
        async with world.start() as bot:
            job = await _late(world)
            await bot.services.moderation.job_moderation.cancel(job.job_id, world.actor(13, can_manage=True))
            ended = await world.closed(job)
            before = (await world.budget(), await world.server_spent())
            after = None if restarts else await _once_shown(world)
        if after is None:
            async with world.start():
                after = await _once_shown(world)

    assert (ended.stage, ended.predictions[0].reason, before) == (Stage.FAILED, FailureReason.WAIT_ENDED, ((0, 0), 0))
    assert after == ((0, 0), PRICE)
    assert (len(world.fake_messenger.results), world.posts, world.provider.billed_micros) == (1, 1, PRICE)


async def test_only_what_is_late_can_be_ended(tmp_path: Path) -> None:
    """Before the deadline a picture is waited for; past it releasing is a decision, and adopting is none."""
    async with open_service_world(tmp_path, pace=Pace(0.2, (900.0, 900.0))) as world, world.start() as bot:
        moderator = world.actor(13, can_manage=True)
        early = await world.reaches(await world.command(), PredictionState.PROCESSING)
        with pytest.raises(TooLateToCancel):
            await bot.services.moderation.job_moderation.cancel(early.job_id, moderator)
        with pytest.raises(NothingToDecide):
            await bot.services.moderation.job_moderation.resolve(early.job_id, "release", moderator)
        world.clock.leap(610)
        await world.until(lambda: _told(world, early.job_id))
        with pytest.raises(BadRequest):
            await bot.services.moderation.job_moderation.resolve(early.job_id, "adopt", moderator)
        with pytest.raises(TooLateToCancel):
            await bot.services.jobs.cancelling.cancel(early.job_id, world.actor())
        decided = await bot.services.moderation.job_moderation.resolve(early.job_id, " Release ", moderator)

    assert (decided.provider_id, decided.job.held_micros) == (None, 0)
