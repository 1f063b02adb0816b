"""A style in a confirmation, where it is chosen and taken off; and in the request that moderators approve."""

from __future__ import annotations

from simcord import InteractionResult

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.jobs import Job
from tests.cogs.collecting import collect
from tests.cogs.doing import (
    button,
    buttons_of,
    file,
    left_over,
    message_of,
    newest,
    newest_result,
    said,
    sent_prompts,
    stop_spending,
)
from tests.cogs.drafting import begin, press, run_is_open
from tests.cogs.moderating import open_desk
from tests.cogs.seeing import all_closed, private_text
from tests.cogs.styling import add_style, choose, edited, made

RED, BLUE = file("red", "red.png"), file("blue", "blue.png")


async def change(world: World, job: Job) -> InteractionResult:
    """Alice sends the form of *Change* as it was opened; the confirmation."""
    form = await world.alice.click(newest_result(world), custom_id=f"change:{job.job_id}")
    return await world.alice.submit_modal(form, {"prompt": job.prompt, "model": ["-"], "count": ["1"]})


class TestConfirmation:
    """`/studio`, *Change* and whatever else shows a confirmation: a style is one of its choices."""

    async def test_a_style_is_chosen_and_taken_off(self, world: World) -> None:
        """What is shown is what runs: its images behind one's own, its template, its model's price."""
        await add_style(world, images=[BLUE], roles="paper")
        form = await world.mona.click(await left_over(world, "style-settings:1"), custom_id="style-settings:1")
        await world.mona.submit_modal(form, {"model": ["wavespeed-ai/flux-kontext-pro/multi"]})
        confirmation = await begin(world, RED)
        before = said(confirmation)
        await choose(world, confirmation, "1")
        with_style = said(confirmation)
        await choose(world, confirmation, "0")
        without = said(confirmation)
        await choose(world, confirmation, "1")
        await press(world, confirmation, "run")
        await all_closed(world)
        job = await newest(world)

        assert "**2** paper \u00b7 blue.png \u00b7 from the style" in with_style
        assert "> Use image 2 for paper. An ink drawing of A poster, on paper" in with_style
        assert "style Ink" in with_style
        assert "**$0.04**" in with_style
        assert "**$0.08**" in without
        assert without == before
        assert (job.style, job.price_micros, len(job.references)) == ("Ink", 40_000, 2)

    async def test_settings_keep_it(self, world: World) -> None:
        """The form of the parameters does not ask for it."""
        await add_style(world)
        confirmation = await begin(world, RED)
        await choose(world, confirmation, "1")
        form = await press(world, confirmation, "parameters")
        await world.alice.submit_modal(form, {"aspect_ratio": ["4:3"], "count": ["1"], "model": ["-"]})

        assert "4:3" in said(confirmation)
        assert "style Ink" in said(confirmation)

    async def test_change_begins_with_it(self, world: World) -> None:
        """Also where it has other images by now; one that was removed is left out and said."""
        await add_style(world, images=[RED])
        job = await made(world)
        await edited(world, images=[BLUE])
        kept = await change(world, job)
        await world.mona.slash(world.channel, "manage styles remove", name="Ink")
        lost = await change(world, job)

        assert "**2** blue.png \u00b7 from the style" in said(kept)
        assert "The style Ink was removed since; this is without it." in said(lost)
        assert "from the style" not in said(lost)

    async def test_too_many_images_cannot_be_run(self, world: World) -> None:
        """It says the way out instead of what is left."""
        await add_style(world, images=[RED, BLUE])
        confirmation = await begin(world, *(file(colour) for colour in ("navy", "pink", "gold", "lime")))
        await choose(world, confirmation, "1")

        assert "brings 2 images and you gave 4" in said(confirmation)
        assert not run_is_open(confirmation)

    async def test_use_it_opens_the_form_with_it(self, world: World) -> None:
        """From the list; a style that brings images needs none of one's own."""
        await add_style(world, images=[RED])
        listed = message_of(await world.alice.slash(world.channel, "styles"))
        shown = message_of(await world.alice.select(listed, ["1"], custom_id="styles"))
        form = await world.alice.click(shown, custom_id="style-use:1")
        confirmation = await world.alice.submit_modal(form, {"prompt": "a fox"})

        assert "style Ink" in private_text(confirmation)
        assert run_is_open(confirmation)

    async def test_a_storyboard_has_it_in_each_shot(self, world: World) -> None:
        """Every shot goes through the template."""
        await add_style(world)
        await collect(world, RED)
        form = await world.alice.slash(world.channel, "storyboard")
        confirmation = await world.alice.submit_modal(form, {"prompt": "a fox\na hare"})
        await choose(world, confirmation, "1")
        await press(world, confirmation, "run")
        await all_closed(world)

        words = [f"An ink drawing of {shot}, on paper" for shot in ("a fox", "a hare")]
        assert sorted(sent_prompts(world)) == words

    async def test_moderators_who_approve_see_it(self, world: World) -> None:
        """With its images; what they approve is made with it."""
        await add_style(world, images=[RED])
        desk = await open_desk(world)
        await stop_spending(world, world.alice.id)
        refusal = message_of(await world.alice.slash(world.channel, "edit", prompt="a fox", image=file(), style="Ink"))
        [ask] = [each for each in buttons_of(refusal) if each.startswith("ask:")]
        await world.alice.click(refusal, custom_id=ask)
        request = desk.history()[-1]
        asked = text_of(request)
        await world.mona.click(request, custom_id=button(request, "approve"))
        await all_closed(world)

        assert "**2** red.png \u00b7 from the style" in asked
        assert "style Ink" in asked
        assert (await newest(world)).style == "Ink"
