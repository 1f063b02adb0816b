"""Storyboards: one job whose pictures each have their own words, from what was typed to the contact sheet."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.demo.provider import Behaviour, Site
from bot.domain.budget import LimitKind, OverLimit
from bot.domain.errors import BadParameter, PriceRose
from bot.domain.jobs import Job, MessageAt, PredictionState, Stage
from bot.domain.models import PRO
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from bot.domain.rules import ForbiddenWord
from bot.domain.storyboards import BadShots, NoSuchShot
from bot.services.crash_points import CrashPoint
from bot.services.creative.requests import PictureRequest
from bot.services.ports.messages import Link, Picture
from tests.services.creative.erasing import erased, files_with
from tests.services.dying import NEXT_START_SECONDS, Trap, run_into
from tests.services.world import (
    ANN,
    CHANNEL,
    GUILD,
    MODERATOR,
    PRICE,
    Running,
    ServiceWorld,
    open_service_world,
    png,
    references,
    request,
)

SHOTS = ("a fox wakes", "a fox runs", "a fox sleeps")


def board(*shots: str, **facts: Any) -> PictureRequest:
    """A storyboard of these shots."""
    return request(prompt="\n".join(shots or SHOTS), command="storyboard", is_storyboard=True, **facts)


def sent(world: ServiceWorld) -> list[str]:
    """The words of each paid request."""
    return [each.order.prompt for each in world.provider.predictions]


def posted(world: ServiceWorld, job: Job) -> list[Picture]:
    """The files of a job's result."""
    (result,) = world.fake_messenger.results_of(job.job_id)
    return [each for each in result.pictures if isinstance(each, Picture)]


class TestOneJob:
    """Admitted, sent, paid and brought together."""

    async def test_each_picture_has_its_own_words(self, world: ServiceWorld, bot: Running) -> None:
        """One job, one prompt each, with the roles of the references in front; what it costs is the sum."""
        asked = replace(board(), references=references(png(), roles=("identity",)))
        job = await world.closed(await bot.accept(asked))

        assert sorted(sent(world)) == sorted(f"Use image 1 for identity. {shot}" for shot in SHOTS)
        assert [each.shot and each.shot.prompt for each in job.predictions] == list(SHOTS)
        assert (job.prompt, job.stage, job.command) == ("\n".join(SHOTS), Stage.DONE, "storyboard")
        assert await world.budget() == (3 * PRICE, 0)

    async def test_all_shots_have_one_seed(self, bot: Running) -> None:
        """The one that was chosen, or one of ours; none where the model has none."""
        ours = await bot.accept(board())
        chosen = await bot.accept(board(seed=2**31 - 1))
        without = await bot.accept(board(model_id=PRO.id))

        [seed] = {each.seed for each in ours.predictions}
        assert seed is not None
        assert [each.seed for each in chosen.predictions] == [2**31 - 1] * 3
        assert {each.seed for each in without.predictions} == {None}

    async def test_the_same_after_a_read(self, bot: Running) -> None:
        """What the admission returns is what is kept."""
        admitted = await bot.accept(board())
        kept = await bot.stores.jobs.job(admitted.job_id)

        assert [each.shot for each in kept.predictions] == [each.shot for each in admitted.predictions]

    async def test_six_shots_in_one_message_in_order(self, world: ServiceWorld, bot: Running) -> None:
        """Each picture says its shot in full, and a sheet of all is there to download."""
        shots = [f"shot number {n} " + "x" * 300 for n in range(1, 7)]
        job = await world.closed(await bot.accept(board(*shots)))
        *pictures, sheet = posted(world, job)

        assert [each.alt for each in pictures] == [f"Shot {n} of 6: {shot}" for n, shot in enumerate(shots, start=1)]
        assert [each.filename for each in pictures] == [f"easel-{job.job_id}-{n}.jpg" for n in range(1, 7)]
        assert (sheet.is_download, sheet.filename) == (True, f"easel-{job.job_id}-contact-sheet.jpg")
        assert Image.open(io.BytesIO(sheet.content)).size > (1_900, 1_000)

    async def test_other_jobs_have_no_sheet(self, world: ServiceWorld, bot: Running) -> None:
        """Several pictures of the same words are no storyboard."""
        job = await world.closed(await bot.accept(request(count=3)))

        assert [each.is_download for each in posted(world, job)] == [False] * 3

    async def test_the_sheet_comes_with_the_last_shot(self, world: ServiceWorld, bot: Running) -> None:
        """Past the deadline what is there is brought without it; once all have ended it is added to that message."""
        world.provider.script(Site.SUBMIT, Behaviour.NORMAL, Behaviour.STUCK, Behaviour.NORMAL)
        job = await bot.accept(board(), status=MessageAt(CHANNEL, 1))
        await world.reaches(job, PredictionState.COMPLETED)
        world.clock.leap(601)

        async def shows_two() -> bool:
            return [len(each.pictures) for each in world.fake_messenger.results] == [2]

        await world.until(shows_two)
        assert [each.is_download for each in posted(world, job)] == [False, False]

        world.clock.leap(7 * 86_400)
        ended = await world.closed(job)
        assert [each.is_download for each in posted(world, ended)] == [False, False, True]
        assert [each.alt for each in posted(world, ended)[:2]] == [
            "Shot 1 of 3: a fox wakes",
            "Shot 3 of 3: a fox sleeps",
        ]

    async def test_where_only_links_fit_there_is_no_sheet(self, world: ServiceWorld, bot: Running) -> None:
        """A server that takes no file gets the provider's addresses."""
        world.fake_messenger.largest = 1_000
        job = await world.closed(await bot.accept(board()))

        (result,) = world.fake_messenger.results_of(job.job_id)
        assert [type(each) for each in result.pictures] == [Link] * 3


BAD = {
    "blanks": (board(" ", "\u200b", ""), BadShots, "every line is blank"),
    "one shot": (board("a fox"), BadShots, "one shot"),
    "seven shots": (board(*["a fox"] * 7), BadShots, "7 shots"),
    "too long": (board("a fox", "x" * 501), BadShots, "Shot 2 has 501 characters"),
    "a seed out of range": (board(seed=2**31), BadParameter, "seed"),
}


class TestBadInput:
    """Refused with one sentence, and nothing held."""

    @pytest.mark.parametrize("case", BAD)
    async def test_is_refused(self, world: ServiceWorld, bot: Running, case: str) -> None:
        """By the early look and by the acceptance alike."""
        asked, kind, words = BAD[case]
        error = await world.refusal(asked)

        assert isinstance(error, kind)
        assert words in error.sentence
        assert (await world.budget(), await bot.stores.jobs.open_jobs()) == ((0, 0), ())

    async def test_a_forbidden_word_names_its_shot(self, world: ServiceWorld, bot: Running) -> None:
        """So that nobody has to look for it in six; words of two shots do not make one together."""
        moderator = world.actor(MODERATOR, can_manage=True)
        await bot.services.moderation.word_list.add_word(moderator, "red fox")

        error = await world.refusal(board("a dog", "a Red  Fox", "a cat"))

        assert isinstance(error, ForbiddenWord)
        assert error.sentence == "Shot 2 contains \u201cred fox\u201d."
        assert await bot.services.creative.intake.look(board("it is red", "fox at night"))

    async def test_all_of_it_needs_room(self, world: ServiceWorld, bot: Running) -> None:
        """Where the last shot has no room, none is held, and the price of all is named."""
        moderator = world.actor(MODERATOR, can_manage=True)
        await bot.services.money.budgets.set_limit(moderator, LimitKind.MEMBER, ANN, Period.DAY, "0.20")

        error = await world.refusal(board())

        assert isinstance(error, OverLimit)
        assert error.total_micros == 3 * PRICE
        assert await world.budget() == (0, 0)

    async def test_a_price_that_rose_is_not_held(self, world: ServiceWorld, bot: Running) -> None:
        """Between the confirmation and the run."""
        draft = await bot.services.creative.drafting.begin(
            board().requester, "storyboard", "\n".join(SHOTS), (), choices=board().choices
        )
        assert draft.total_micros == 3 * draft.price_micros

        error = await world.refusal(board(shown_micros=PRICE - 1))

        assert isinstance(error, PriceRose)
        assert await world.budget() == (0, 0)


class TestAShotThatIsMissing:
    """Says so in its place, and can be made alone."""

    async def test_is_tried_again_alone(self, world: ServiceWorld, bot: Running) -> None:
        """A new paid job of its words, from the same references and with the same seed."""
        asked = board("a fox wakes", "a fox runs [sim:execution-failed]", "a fox sleeps")
        job = await world.closed(await world.command(asked))
        assert [each.state for each in job.predictions] == [
            PredictionState.COMPLETED,
            PredictionState.FAILED,
            PredictionState.COMPLETED,
        ]
        alone = await bot.services.creative.follow_ups.shot_again(job.job_id, request().requester, 2)
        again = await world.closed(await bot.accept(alone))

        assert (again.prompt, again.count, again.parent_job_id) == ("a fox runs [sim:execution-failed]", 1, job.job_id)
        assert again.predictions[0].seed == job.predictions[1].seed
        assert [each.image for each in again.references] == [each.image for each in job.references]
        assert again.price_micros == PRICE

    async def test_what_was_unsafe_gets_another_seed(self, world: ServiceWorld, bot: Running) -> None:
        """The same words and seed would make the same picture."""
        job = await world.closed(await world.command(board("a fox", "a fox [sim:moderated]")))
        assert job.predictions[1].reason is FailureReason.MODERATED

        alone = await bot.services.creative.follow_ups.shot_again(job.job_id, request().requester, 2)

        assert alone.choices.seed is None

    async def test_one_that_is_there_is_not_sold_twice(self, world: ServiceWorld, bot: Running) -> None:
        """A press on an old button."""
        job = await world.closed(await world.command(board()))

        with pytest.raises(NoSuchShot):
            await bot.services.creative.follow_ups.shot_again(job.job_id, request().requester, 1)


class TestGoingOn:
    """From a storyboard as a whole, and from one shot."""

    async def test_again_is_a_storyboard_with_another_seed(self, world: ServiceWorld, bot: Running) -> None:
        """The same shots."""
        job = await world.closed(await world.command(board()))
        asked = await bot.services.creative.follow_ups.again(job.job_id, request().requester)
        again = await bot.accept(asked)

        assert [each.shot for each in again.predictions] == [each.shot for each in job.predictions]
        assert again.predictions[0].seed != job.predictions[0].seed

    async def test_edit_this_takes_one_shot(self, world: ServiceWorld, bot: Running) -> None:
        """One picture of other words, made from the picture of that shot."""
        job = await world.closed(await world.command(board("one [sim:execution-failed]", "two", "three")))
        asked = await bot.services.creative.follow_ups.edit(job.job_id, request().requester, "bluer", picture=2)
        edited = await bot.accept(asked)

        assert (edited.count, edited.predictions[0].shot, edited.prompt) == (1, None, "bluer")
        assert edited.references[0].image == job.predictions[2].outputs[0].image


async def test_what_is_erased_is_gone(world: ServiceWorld, bot: Running) -> None:
    """The words of each shot as well, from the files; and before that they are in the export."""
    secrets = [f"a heron in garden {n}" for n in (1, 2)]
    job = await world.closed(await world.command(board(*secrets)))
    exported = json.dumps(await bot.stores.privacy.export(ANN))
    assert all(f'"shot": "{secret}"' in exported for secret in secrets)

    await erased(world, ANN)

    assert files_with(world.folder, "a heron in garden") == []
    kept = await bot.stores.jobs.job(job.job_id)
    assert [each.shot and (each.shot.prompt, each.shot.sent_prompt) for each in kept.predictions] == [("", "")] * 2


@pytest.mark.parametrize("point", [CrashPoint.ADMITTED, CrashPoint.SUBMITTING, CrashPoint.ANSWERED, CrashPoint.POSTED])
async def test_a_crash_mixes_nothing_up(tmp_path: Path, point: CrashPoint) -> None:
    """Killed there while an answer is lost too: each shot ends with its own picture, in one message, paid once."""
    async with open_service_world(tmp_path, wavespeed_max_per_minute=1) as world:
        world.provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED)
        trap = Trap(point, 1)
        await run_into(world, trap, board())
        assert trap.sprung.is_set()
        world.clock.leap(NEXT_START_SECONDS)
        async with world.start() as running:
            [job] = await running.stores.jobs.jobs_of(GUILD, ANN, limit=10)
            ended = await world.closed(job)
            words_at_provider = {each.id: each.order.prompt for each in world.provider.predictions}
            own = [(each.provider_id, each.shot) for each in ended.predictions if each.provider_id is not None]

            assert [words_at_provider[provider_id] for provider_id, _ in own] == [
                shot and shot.sent_prompt for _, shot in own
            ]
            assert ended.spent_micros == world.provider.billed_micros == PRICE * len(ended.pictures)
            assert len(ended.pictures) >= len(SHOTS) - 1
            assert [each.alt for each in posted(world, ended) if not each.is_download] == [
                f"Shot {prediction.n} of 3: {SHOTS[prediction.n - 1]}" for prediction, _ in ended.painted
            ]
