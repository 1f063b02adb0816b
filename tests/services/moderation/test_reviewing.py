"""Reviews under crashes, races and a Discord that fails: asked, decided and paid once, whatever happens in between."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.demo.provider import Behaviour, Site
from bot.domain.errors import NotAllowed
from bot.domain.jobs import Job, PredictionState, Stage
from bot.domain.marks import Mark, NsfwRule, WithheldBecause
from bot.domain.reviews import NoSuchReview, Review, ReviewDecided, ReviewVerdict
from bot.services.crash_points import CrashPoint
from bot.services.ports.messages import NotNow, Unreachable
from bot.services.rights import Actor
from tests.services.dying import Trap, run_into
from tests.services.world import ANN, BEN, GUILD, MODERATOR, PRICE, Running, ServiceWorld, open_service_world, request

DESK, HELPERS = 7_700, 88
MONA = Actor(MODERATOR, GUILD, can_manage=True)
NORA = Actor(99, GUILD, can_manage=True)


async def look_first(bot: Running) -> None:
    """Have moderators look at what is marked."""
    await bot.services.moderation.server_settings.set_desk_channel(MONA, DESK)
    await bot.services.moderation.server_settings.set_nsfw(MONA, NsfwRule.HELD)


async def asked(world: ServiceWorld, *, posted: bool = True) -> Review:
    """Wait until moderators are asked about a picture."""

    async def is_open() -> Review | None:
        reviews = await world.bot.stores.reviews.open()
        return next((each for each in reviews if each.message is not None or not posted), None)

    return await world.until(is_open)


@pytest.fixture
async def review(world: ServiceWorld, bot: Running) -> Review:
    await look_first(bot)
    world.provider.script(Site.SUBMIT, Behaviour.FLAGGED)
    await bot.accept(request())
    return await asked(world)


POINTS = (
    CrashPoint.FETCHED,
    CrashPoint.KEPT,
    CrashPoint.SETTLED,
    CrashPoint.POSTING,
    CrashPoint.POSTED,
    CrashPoint.RECORDED,
    CrashPoint.CLOSING,
)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("verdict", [ReviewVerdict.SHOWN, ReviewVerdict.KEPT_BACK])
async def test_dying_anywhere_loses_no_review(tmp_path: Path, point: CrashPoint, verdict: ReviewVerdict) -> None:
    """Of two pictures one waits: whichever life dies where, moderators are asked once and the money is exact."""
    async with open_service_world(tmp_path) as world:
        async with world.start() as running:
            await look_first(running)
        world.provider.script(Site.SUBMIT, Behaviour.FLAGGED, Behaviour.NORMAL)
        # Sooner, the second request may not have left, and what it would have cost is given back.
        trap = Trap(point, 1, may=lambda: len(world.provider.predictions) == 2)
        if point is CrashPoint.CLOSING:  # reached once a moderator has decided
            async with world.start() as running:
                job = await world.command(request(count=2))
                review = await asked(world)
                assert await running.stores.reviews.decide(review, verdict, world.clock.now(), MODERATOR)
            await run_into(world, trap)
        else:
            await run_into(world, trap, request(count=2))
        assert trap.sprung.is_set(), f"{point} was not reached"

        async with world.start() as running:
            [job] = await running.stores.jobs.jobs_of(GUILD, ANN, limit=2)
            if point is not CrashPoint.CLOSING:
                review = await asked(world)
                await running.services.moderation.reviewing.decide(MONA, review.prediction_id, verdict)
            ended = await world.closed(job)
            await check(world, ended, shown=2 if verdict is ReviewVerdict.SHOWN else 1)
            assert await running.stores.upkeep.violations() == ()


async def check(world: ServiceWorld, ended: Job, *, shown: int) -> None:
    assert ended.spent_micros == PRICE * shown
    assert await world.budget() == (PRICE * shown, 0)
    assert await world.server_spent() == world.provider.billed_micros == 2 * PRICE
    [result] = world.fake_messenger.results_of(ended.job_id)
    assert len(result.pictures) == len(ended.pictures) == shown
    assert len(world.review_desk.posts) == 1


async def test_of_two_at_once_one_decides(world: ServiceWorld, review: Review) -> None:
    """The second reads who was first, and nothing is captured or given back twice."""
    reviewing = world.bot.services.moderation.reviewing
    outcomes = await asyncio.gather(
        reviewing.decide(MONA, review.prediction_id, ReviewVerdict.SHOWN),
        reviewing.decide(NORA, review.prediction_id, ReviewVerdict.KEPT_BACK),
        return_exceptions=True,
    )
    job = await world.closed(review.job_id)
    [first] = [each for each in outcomes if isinstance(each, Review)]
    [late] = [each for each in outcomes if isinstance(each, ReviewDecided)]

    assert (late.review.verdict, late.review.decided_by) == (first.verdict, first.decided_by)
    assert job.stage is (Stage.DONE if first.verdict is ReviewVerdict.SHOWN else Stage.FAILED)


async def test_nobody_decides_about_their_own_by_a_role(world: ServiceWorld, bot: Running, review: Review) -> None:
    """A role of the desk is enough for the pictures of others."""
    await bot.services.moderation.server_settings.set_desk_roles(MONA, (HELPERS,))
    own = Actor(ANN, GUILD, can_manage=False, role_ids=(HELPERS,))
    other = Actor(BEN, GUILD, can_manage=False, role_ids=(HELPERS,))
    for actor in (own, Actor(BEN, GUILD, can_manage=False)):
        with pytest.raises(NotAllowed):
            await bot.services.moderation.reviewing.decide(actor, review.prediction_id, ReviewVerdict.SHOWN)

    await bot.services.moderation.reviewing.decide(other, review.prediction_id, ReviewVerdict.SHOWN)
    assert (await world.closed(review.job_id)).stage is Stage.DONE


async def test_a_picture_of_another_server_is_unknown(bot: Running, review: Review) -> None:
    """Whoever moderates elsewhere learns nothing of it."""
    elsewhere = Actor(MODERATOR, GUILD + 1, can_manage=True)
    with pytest.raises(NoSuchReview):
        await bot.services.moderation.reviewing.decide(elsewhere, review.prediction_id, ReviewVerdict.SHOWN)


async def test_a_bad_moment_is_waited_out(world: ServiceWorld, bot: Running) -> None:
    """Discord does not take the question twice, and then its answer is lost: asked again, seen once."""
    await look_first(bot)
    world.review_desk.faults += [NotNow("503"), NotNow("503")]
    world.review_desk.lost += [NotNow("reset")]
    world.provider.script(Site.SUBMIT, Behaviour.FLAGGED)
    await bot.accept(request())
    review = await asked(world)

    assert list(world.review_desk.posts) == [review.prediction_id]
    [(_, [picture])] = world.review_desk.posts.values()
    assert picture.is_spoiler
    world.review_desk.faults += [NotNow("503")]
    await bot.services.moderation.reviewing.decide(MONA, review.prediction_id, ReviewVerdict.KEPT_BACK)
    assert world.review_desk.settled == []

    async def is_told() -> bool:
        return await bot.stores.reviews.untold(world.clock.now()) == ()

    await world.until(is_told)
    assert [verdict for _, verdict in world.review_desk.settled] == [ReviewVerdict.KEPT_BACK]


async def test_a_closed_channel_holds_nobody_up(world: ServiceWorld, bot: Running) -> None:
    """Where moderators cannot be asked the picture is withheld at once, and the member has the money back."""
    await look_first(bot)
    world.review_desk.faults += [Unreachable("403")]
    world.provider.script(Site.SUBMIT, Behaviour.FLAGGED)
    job = await world.closed(await bot.accept(request()))

    [withheld] = job.predictions
    assert (withheld.state, withheld.withheld_because) == (PredictionState.WITHHELD, WithheldBecause.NO_DESK)
    assert (await world.budget(), world.fake_messenger.withheld) == ((0, 0), [job.job_id])


async def test_what_a_moderator_let_through_keeps_that(world: ServiceWorld, bot: Running, review: Review) -> None:
    """Its mark reads as cleared; one that nobody looked at stays marked."""
    await bot.services.moderation.reviewing.decide(MONA, review.prediction_id, ReviewVerdict.SHOWN)

    assert (await world.closed(review.job_id)).marks == (Mark.CLEARED,)
