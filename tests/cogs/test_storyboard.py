"""`/storyboard`: a form, a confirmation with the numbered shots and the price of all, one result in their order."""

from __future__ import annotations

from typing import Any

import discord
from simcord import InteractionResult

from bot.demo.provider import Behaviour, Site
from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.jobs import PredictionState, Stage
from bot.services.rights import Actor
from tests.cogs.collecting import collect, order_in
from tests.cogs.doing import (
    button,
    buttons_of,
    count_of_jobs,
    file,
    message_of,
    newest,
    newest_result,
    said,
    sent_prompts,
    stop_spending,
)
from tests.cogs.drafting import field, press
from tests.cogs.moderating import open_desk
from tests.cogs.repricing import NEWS, costs_now
from tests.cogs.seeing import all_closed, posted_in, private_text

RED, BLUE = file("red", "red.png"), file("blue", "blue.png")
SHOTS = "a fox wakes\n\na fox runs\na fox sleeps"


async def begin(world: World, *files: tuple[str, bytes], shots: str = SHOTS) -> InteractionResult:
    """Open the form as alice and send it; returns the confirmation."""
    form = await world.alice.slash(world.channel, "storyboard")
    typed: dict[str, Any] = {"prompt": shots}
    return await world.alice.submit_modal(form, {**typed, "images": list(files)} if files else typed)


def alts(message: discord.Message) -> list[str | None]:
    """What the pictures of a message say."""
    return [
        item.description
        for component in message.components
        if isinstance(component, discord.Container)
        for gallery in component.children
        if isinstance(gallery, discord.MediaGalleryComponent)
        for item in gallery.items
    ]


class TestConfirmation:
    """Before anything is spent."""

    async def test_shows_numbered_shots_and_the_price_of_all(self, world: World) -> None:
        """With the references in their order; nothing is spent."""
        confirmation = await begin(world, RED, BLUE)
        text = private_text(confirmation)

        assert "> **1** a fox wakes\n> **2** a fox runs\n> **3** a fox sleeps" in text
        assert order_in(text.split("> **1** a fox")[0]) == ["red.png", "blue.png"]
        assert "storyboard of 3 shots" in text
        assert "**$0.24** \u00b7 you have $1.00 left this month" in text
        assert [each.split(":")[0] for each in buttons_of(message_of(confirmation))] == [
            "run",
            "prompt",
            "order",
            "parameters",
        ]
        assert await count_of_jobs(world) == 0

    async def test_its_shots_can_be_changed(self, world: World) -> None:
        """*Shots* opens them as they are; the price follows."""
        confirmation = await begin(world, RED)
        form = await press(world, confirmation, "prompt")
        assert field(form, "prompt")["value"] == "a fox wakes\na fox runs\na fox sleeps"

        await world.alice.submit_modal(form, {"prompt": "one\ntwo"})

        assert "> **1** one\n> **2** two" in said(confirmation)
        assert "**$0.16**" in said(confirmation)

    async def test_parameters_leave_it_a_storyboard(self, world: World) -> None:
        """They ask for no number of pictures: the lines say it."""
        confirmation = await begin(world, RED)
        form = await press(world, confirmation, "parameters")
        assert form.modal is not None
        assert "count" not in str(form.modal["components"])

        await world.alice.submit_modal(form, {"aspect_ratio": ["16:9"]})

        assert "16:9 \u00b7 storyboard of 3 shots" in said(confirmation)

    async def test_what_is_no_storyboard_is_refused_with_its_words(self, world: World) -> None:
        """Nothing typed is lost."""
        answer = await begin(world, RED, shots="a fox wakes")

        assert "There is one shot in it." in private_text(answer)
        assert "a fox wakes" in private_text(answer)
        assert any(each.startswith("reopen:storyboard") for each in buttons_of(message_of(answer)))

    async def test_without_files_it_takes_the_tray(self, world: World) -> None:
        """What was collected is used."""
        await collect(world, RED, BLUE)

        assert order_in(private_text(await begin(world)).split("> **1** a fox")[0]) == ["red.png", "blue.png"]


class TestRun:
    """One job."""

    async def test_one_result_in_order(self, world: World) -> None:
        """Each picture says its words, each shot stands in the message, and the sheet is there to download."""
        await press(world, await begin(world, RED), "run")
        await all_closed(world)
        job, result = await newest(world), newest_result(world)

        assert sorted(sent_prompts(world)) == ["a fox runs", "a fox sleeps", "a fox wakes"]
        assert (job.command, job.stage) == ("storyboard", Stage.DONE)
        assert alts(result) == ["Shot 1 of 3: a fox wakes", "Shot 2 of 3: a fox runs", "Shot 3 of 3: a fox sleeps"]
        assert "**1** a fox wakes\n**2** a fox runs\n**3** a fox sleeps" in text_of(result)
        assert "here are your 3 pictures" in text_of(result)
        assert result.attachments[-1].filename == f"easel-{job.job_id}-contact-sheet.jpg"

    async def test_a_missing_shot_is_tried_again_alone(self, world: World) -> None:
        """It says why in its place; one press makes it, for the price on the button."""
        shots = "a fox wakes\na fox runs [sim:execution-failed]\na fox sleeps"
        await press(world, await begin(world, RED, shots=shots), "run")
        await all_closed(world)
        job, result = await newest(world), newest_result(world)
        assert "runs \\[sim\\:execution-failed\\]\n-# \u21b3 no picture: something went wrong" in text_of(result)
        assert "Try shot 2 \u00b7 $0.08" in str(result.components)

        await world.alice.click(result, custom_id=f"retry:{job.job_id}:2")
        await all_closed(world)
        alone = await newest(world)

        assert (alone.parent_job_id, alone.count, alone.prompt) == (job.job_id, 1, shots.split("\n")[1])

    async def test_buttons_ask_for_a_shot_by_its_number(self, world: World) -> None:
        """*Edit this* of the third shot, where the second has no picture."""
        shots = "a fox wakes\na fox runs [sim:execution-failed]\na fox sleeps"
        await press(world, await begin(world, RED, shots=shots), "run")
        await all_closed(world)
        job = await newest(world)
        which = await world.alice.click(newest_result(world), custom_id=f"edit:{job.job_id}")
        assert "Which shot?" in private_text(which)
        assert buttons_of(message_of(which)) == [f"edit:{job.job_id}:1", f"edit:{job.job_id}:2"]

        form = await world.alice.click(message_of(which), custom_id=f"edit:{job.job_id}:2")
        assert form.modal is not None
        assert form.modal["title"] == "Edit picture 3"
        await world.alice.submit_modal(form, {"prompt": "at night"})
        await all_closed(world)

        edited = await newest(world)
        assert (edited.prompt, edited.count) == ("at night", 1)
        assert edited.references[0].image == job.predictions[2].outputs[0].image

    async def test_change_begins_with_the_shots(self, world: World) -> None:
        """The same form, filled in; it stays a storyboard."""
        await press(world, await begin(world, RED), "run")
        await all_closed(world)
        job = await newest(world)
        form = await world.alice.click(newest_result(world), custom_id=f"change:{job.job_id}")
        assert field(form, "prompt")["value"] == job.prompt

        confirmation = await world.alice.submit_modal(form, {"prompt": "one\ntwo"})

        assert "> **1** one\n> **2** two" in private_text(confirmation)

    async def test_details_have_every_shot_as_it_was_sent(self, world: World) -> None:
        """With the one seed of all."""
        await press(world, await begin(world, RED), "run")
        await all_closed(world)
        job = await newest(world)
        text = private_text(await world.alice.click(newest_result(world), custom_id=f"details:{job.job_id}"))

        assert "1. a fox wakes\n2. a fox runs\n3. a fox sleeps" in text
        assert f"seed {job.predictions[0].seed}" in text


class TestAllElse:
    """As for several pictures of the same words."""

    async def test_a_forbidden_word_names_its_shot(self, world: World) -> None:
        """In private; nothing is held, and the confirmation is still there to change it."""
        mona = Actor(world.mona.id, world.guild_id, can_manage=True)
        await world.app.bot.services.moderation.word_list.add_word(mona, "runs")
        confirmation = await begin(world, RED)
        answer = await press(world, confirmation, "run")

        assert "Shot 2 contains \u201cruns\u201d." in private_text(answer)
        assert await count_of_jobs(world) == 0
        assert any(each.startswith("prompt:") for each in buttons_of(message_of(confirmation)))

    async def test_a_price_that_rose_is_shown_first(self, world: World) -> None:
        """The price of all, anew; the shots are not lost."""
        confirmation = await begin(world, RED)
        await costs_now(world, 100_000)
        second = await press(world, confirmation, "run")

        assert NEWS in private_text(second)
        assert "**$0.30**" in private_text(second)
        assert "**3** a fox sleeps" in private_text(second)
        assert await count_of_jobs(world) == 0

        await press(world, second, "run")
        await all_closed(world)
        assert sorted(sent_prompts(world)) == ["a fox runs", "a fox sleeps", "a fox wakes"]

    async def test_a_moderator_approves_all_of_it(self, world: World) -> None:
        """They read each shot and the price of all, and what runs is the storyboard."""
        desk = await open_desk(world)
        confirmation = await begin(world, RED)
        await stop_spending(world, world.alice.id)
        refusal = message_of(await press(world, confirmation, "run"))
        await world.alice.click(refusal, custom_id=button(refusal, "ask"))
        asked = posted_in(desk)
        assert "> **1** a fox wakes\n> **2** a fox runs\n> **3** a fox sleeps" in text_of(asked)
        assert "**$0.24**" in text_of(asked)

        await world.mona.click(asked, custom_id=button(asked, "approve"))
        await all_closed(world)

        job = await newest(world)
        assert [each.shot and each.shot.prompt for each in job.predictions] == [
            "a fox wakes",
            "a fox runs",
            "a fox sleeps",
        ]
        assert job.stage is Stage.DONE

    async def test_cancel_stops_what_was_not_sent(self, world: World) -> None:
        """The money of those comes back, and the result says so in their places."""
        world.provider.script(Site.SUBMIT, Behaviour.NORMAL, *[Behaviour.RATE_LIMITED] * 20)
        await press(world, await begin(world, RED), "run")
        while not (job := await newest(world)).pictures:
            await world.clock.sleep(0.02)
        await world.alice.slash(world.channel, "jobs cancel", job=job.job_id)
        await all_closed(world)
        ended = await newest(world)
        said_so = text_of(newest_result(world)).count("no picture: cancelled before it was sent")

        cancelled = [each for each in ended.predictions if each.state is PredictionState.CANCELLED]
        assert len(cancelled) == said_so == 2
        assert ended.returned_micros == 80_000 * len(cancelled)

    async def test_again_is_the_same_storyboard(self, world: World) -> None:
        """For the price of all on the button."""
        await press(world, await begin(world, RED), "run")
        await all_closed(world)
        job, result = await newest(world), newest_result(world)
        assert "Again \u00b7 $0.24" in str(result.components)

        await world.alice.click(result, custom_id=f"again:{job.job_id}")
        await all_closed(world)

        again = await newest(world)
        assert (again.prompt, again.count, again.parent_job_id) == (job.prompt, 3, job.job_id)

    async def test_when_no_shot_came_all_are_tried_again(self, world: World) -> None:
        """Under the status: there is no result to stand in."""
        shots = "one [sim:execution-failed]\ntwo [sim:execution-failed]"
        answer = await press(world, await begin(world, RED, shots=shots), "run")
        await all_closed(world)
        job = await newest(world)
        assert answer.response is not None
        assert "No picture this time" in text_of(answer.response.message)

        await world.alice.click(answer.response.message, custom_id=f"retry:{job.job_id}")
        await all_closed(world)

        assert [each.shot and each.shot.prompt for each in (await newest(world)).predictions] == shots.split("\n")
