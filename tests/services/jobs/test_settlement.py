"""Settling: a member pays only for a picture that is in our store and may be shown to them."""

from __future__ import annotations

import pytest
import structlog
from structlog.testing import capture_logs

from bot.demo.provider import Behaviour, Site
from bot.domain.jobs import PredictionState, Stage
from bot.domain.marks import Mark, WithheldBecause
from bot.domain.predictions import FailureReason
from bot.services.ports.messages import Picture
from bot.services.rights import Actor
from tests.services.world import CHANNEL, GUILD, MODERATOR, PRICE, Running, ServiceWorld, request

MARKED = (
    Behaviour.FLAGGED,
    Behaviour.FLAGGED_BY_WORD,
    Behaviour.FLAGGED_BY_NUMBER,
    Behaviour.FLAGGED_BY_SCORE,
    Behaviour.FLAGS_WRONG_LENGTH,
)
MISSING = (Behaviour.FLAGS_MISSING, Behaviour.FLAGS_NULL, Behaviour.FLAGS_EMPTY)
CLEAN = (Behaviour.NORMAL, Behaviour.FLAGS_BARE_FALSE, Behaviour.FLAGS_WORD_FALSE, Behaviour.FLAGS_LOW_SCORE)
UNUSABLE = (
    Behaviour.OUTPUTS_EMPTY,
    Behaviour.OUTPUTS_NULL,
    Behaviour.PICTURE_GONE,
    Behaviour.PICTURE_TRUNCATED,
    Behaviour.PICTURE_NOT_AN_IMAGE,
    Behaviour.PICTURE_MOVED,
)
FAILED = {
    Behaviour.MODERATED: FailureReason.MODERATED,
    Behaviour.MISSING_PARAMETER: FailureReason.BAD_INPUT,
    Behaviour.INVALID_PARAMETER: FailureReason.BAD_INPUT,
    Behaviour.REFERENCE_LOST: FailureReason.REFERENCE_LOST,
    Behaviour.EXECUTION_FAILED: FailureReason.PROVIDER,
    Behaviour.TASK_FAILED: FailureReason.PROVIDER,
    Behaviour.RETRIES_EXHAUSTED: FailureReason.PROVIDER,
    Behaviour.NO_CREDIT: FailureReason.OUT_OF_CREDIT,
    Behaviour.INTERNAL_ERROR: FailureReason.PROVIDER,
    Behaviour.SERVICE_UNAVAILABLE: FailureReason.PROVIDER,
    Behaviour.TIMED_OUT: FailureReason.PROVIDER,
    Behaviour.CANCELLED: FailureReason.PROVIDER,
    Behaviour.TIMEOUT_STATUS: FailureReason.PROVIDER,
    Behaviour.DELETED: FailureReason.EXPIRED,
}
MODERATES = Actor(MODERATOR, GUILD, can_manage=True)
GOOD = (
    Behaviour.NORMAL,
    Behaviour.UNKNOWN_STATUS,
    Behaviour.PENDING_STATUS,
    Behaviour.SPARSE,
    Behaviour.SLOW,
    Behaviour.OUTPUTS_OBJECTS,
    Behaviour.PICTURE_OCTET_STREAM,
)


@pytest.mark.parametrize("behaviour", GOOD)
async def test_a_good_picture_is_paid(world: ServiceWorld, bot: Running, behaviour: Behaviour) -> None:
    """However oddly it is told, a picture that came is paid once, at the price that was held."""
    world.provider.script(Site.SUBMIT, behaviour)

    job = await world.closed(await bot.accept(request()))

    assert (job.stage, job.spent_micros, await world.budget()) == (Stage.DONE, PRICE, (PRICE, 0))
    assert await world.server_spent() == world.provider.billed_micros == PRICE


@pytest.mark.parametrize("behaviour", sorted(FAILED))
async def test_a_failed_picture_costs_nothing(world: ServiceWorld, bot: Running, behaviour: Behaviour) -> None:
    """What fails at the provider gives the hold back, with the reason in our words."""
    world.provider.script(Site.SUBMIT, behaviour)

    job = await world.closed(await bot.accept(request()))

    assert (job.stage, job.predictions[0].reason) == (Stage.FAILED, FAILED[behaviour])
    assert (await world.budget(), await world.server_spent()) == ((0, 0), 0)
    assert world.provider.billed_micros == 0
    assert not world.fake_messenger.results


@pytest.mark.parametrize("behaviour", UNUSABLE)
async def test_an_unusable_picture_costs_the_member_nothing(
    world: ServiceWorld, bot: Running, behaviour: Behaviour
) -> None:
    """Completed without a usable picture: the member gets the money back, the server carries what was billed."""
    world.provider.script(Site.SUBMIT, behaviour)

    job = await world.closed(await bot.accept(request()))

    assert (job.stage, job.predictions[0].reason) == (Stage.FAILED, FailureReason.NO_PICTURE)
    assert await world.budget() == (0, 0)
    assert await world.server_spent() == world.provider.billed_micros == PRICE


async def test_the_log_names_the_job(world: ServiceWorld, bot: Running) -> None:
    """What is logged deep down, where nobody knows of jobs, says which job it was about."""
    world.provider.script(Site.SUBMIT, Behaviour.PICTURE_NOT_AN_IMAGE)
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        job = await world.closed(await bot.accept(request()))

    assert {line.get("job_id") for line in logs if line["event"] == "output.unusable"} == {job.job_id}


@pytest.mark.parametrize("behaviour", MARKED)
async def test_a_marked_picture_is_withheld(world: ServiceWorld, bot: Running, behaviour: Behaviour) -> None:
    """However the mark is written, the picture is not shown where anybody may look; the server carries it."""
    world.provider.script(Site.SUBMIT, behaviour)

    job = await world.closed(await bot.accept(request()))

    withheld = job.predictions[0]
    assert (withheld.state, withheld.withheld_because) == (PredictionState.WITHHELD, WithheldBecause.MARKED)
    assert (await world.budget(), world.fake_messenger.results) == ((0, 0), [])
    assert world.fake_messenger.withheld == [job.job_id]
    assert await world.server_spent() == world.provider.billed_micros == PRICE


@pytest.mark.parametrize("behaviour", [*MISSING, *CLEAN])
async def test_no_mark_is_no_objection(world: ServiceWorld, bot: Running, behaviour: Behaviour) -> None:
    """A picture without a mark is shown and paid, and what the provider said of it is kept as it was."""
    world.provider.script(Site.SUBMIT, behaviour)

    job = await world.closed(await bot.accept(request()))

    assert (job.stage, await world.budget(), len(world.fake_messenger.results)) == (Stage.DONE, (PRICE, 0), 1)
    assert job.pictures[0].mark is (Mark.MISSING if behaviour in MISSING else Mark.CLEAN)


@pytest.mark.parametrize("behaviour", [*MISSING, *CLEAN])
async def test_a_server_can_count_unmarked_pictures_as_unsafe(
    world: ServiceWorld, bot: Running, behaviour: Behaviour
) -> None:
    """Then what came without a mark is withheld, and only that."""
    await bot.services.moderation.server_settings.set_unmarked(MODERATES, is_unsafe=True)
    world.provider.script(Site.SUBMIT, behaviour)

    job = await world.closed(await bot.accept(request()))

    because = WithheldBecause.UNMARKED if behaviour in MISSING else None
    assert job.predictions[0].withheld_because is because
    assert await world.budget() == ((0, 0) if behaviour in MISSING else (PRICE, 0))
    assert await world.server_spent() == PRICE


async def test_the_operator_is_warned_of_a_model_without_marks(world: ServiceWorld, bot: Running) -> None:
    """Five withheld in a row for want of a mark are told once; a mark in between begins the count anew."""
    await bot.services.moderation.server_settings.set_unmarked(MODERATES, is_unsafe=True)
    fates = [Behaviour.FLAGS_NULL] * 4 + [Behaviour.NORMAL] + [Behaviour.FLAGS_NULL] * 6
    world.provider.script(Site.SUBMIT, *fates)
    warned: list[int] = []
    for n, _ in enumerate(fates, start=1):
        with capture_logs() as logs:
            await world.closed(await bot.accept(request()))
        warned += [n for line in logs if line["event"] == "model.sends_no_marks"]

    assert warned == [10]
    assert 'easel_unmarked_withheld_total{model="' in bot.resources.metrics.render().decode()


@pytest.mark.parametrize("behaviour", MARKED)
async def test_adults_are_shown_what_is_marked(world: ServiceWorld, bot: Running, behaviour: Behaviour) -> None:
    """In an age-restricted channel a marked picture is shown, and paid like any other."""
    world.fake_messenger.restricted.add(CHANNEL)
    world.provider.script(Site.SUBMIT, behaviour)

    job = await world.closed(await bot.accept(request()))

    assert (job.stage, await world.budget(), len(world.fake_messenger.results)) == (Stage.DONE, (PRICE, 0), 1)
    assert world.fake_messenger.withheld == []
    assert job.pictures[0].mark is Mark.MARKED


async def test_captured_only_once_the_picture_is_ours(world: ServiceWorld, bot: Running) -> None:
    """While the picture cannot be fetched the money is only held; afterwards its file is there, byte for byte."""
    world.provider.script(Site.OUTPUT, Behaviour.UNAVAILABLE, times=12)
    job = await bot.accept(request())
    await world.until(lambda: fetched(world, 8))

    assert await world.budget() == (0, PRICE)

    ended = await world.closed(job)
    (shown,) = world.fake_messenger.results[0].pictures
    assert isinstance(shown, Picture)
    assert await bot.resources.media.vault.read(ended.pictures[0].image) == shown.content
    assert await world.budget() == (PRICE, 0)


async def test_a_batch_settles_picture_by_picture(world: ServiceWorld, bot: Running) -> None:
    """Of three pictures one fails and one is withheld: the member pays for the one that they see."""
    world.provider.script(Site.SUBMIT, Behaviour.MODERATED, Behaviour.FLAGGED, Behaviour.NORMAL)

    job = await world.closed(await bot.accept(request(count=3)))

    assert [p.state.value for p in job.predictions] == ["failed", "withheld", "completed"]
    assert (job.stage, await world.budget(), await world.server_spent()) == (Stage.PARTLY, (PRICE, 0), 2 * PRICE)
    assert len(world.fake_messenger.results[0].pictures) == 1


async def fetched(world: ServiceWorld, times: int) -> bool:
    return len(world.provider.history.at(Site.OUTPUT)) >= times
