"""Styles as moderators make them and members use them: what is sent, what is said, what it costs, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from simcord import InteractionResult

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.jobs import Job
from tests.cogs.collecting import collect, remove_file
from tests.cogs.doing import (
    button,
    buttons_of,
    count_of_jobs,
    file,
    forgotten,
    leap,
    left_over,
    message_of,
    newest,
    newest_result,
    painted,
    said,
    sent_prompts,
    stop_spending,
)
from tests.cogs.drafting import begin, press, run_is_open
from tests.cogs.moderating import open_desk, panel
from tests.cogs.seeing import all_closed, private_text

RED, BLUE = file("red", "red.png"), file("blue", "blue.png")
TEMPLATE = "An ink drawing of {prompt}, on paper"


async def add_style(world: World, **fields: Any) -> InteractionResult:
    """Mona adds one with the form; what she reads."""
    form = await world.mona.slash(world.channel, "manage styles add")
    return await world.mona.submit_modal(form, {"name": "Ink", "template": TEMPLATE, "roles": "", **fields})


async def edited(world: World, **fields: Any) -> InteractionResult:
    """Mona changes it with the form."""
    form = await world.mona.slash(world.channel, "manage styles edit", name="Ink")
    return await world.mona.submit_modal(form, {"name": "Ink", "template": TEMPLATE, "roles": "", **fields})


async def made(world: World, **options: Any) -> Job:
    """Alice makes a picture with the style."""
    return await painted(world, prompt="a fox", style="ink", **options)


async def set_style_of_channel(world: World, name: str) -> InteractionResult:
    """Mona gives the channel a style of its own, or takes it off."""
    form = await world.mona.select(await panel(world), [world.channel], custom_id="channel-rule")
    return await world.mona.submit_modal(form, {"model": "", "shape": "", "nsfw": "", "style": name})


async def choose(world: World, confirmation: InteractionResult, style: str) -> None:
    """Alice chooses a style in a confirmation, by its number."""
    message = message_of(confirmation)
    [draft_id] = [each.split(":")[1] for each in buttons_of(message) if each.startswith("run:")]
    await world.alice.select(message, [style], custom_id=f"style:{draft_id}")


async def change(world: World, job: Job) -> InteractionResult:
    """Alice sends the form of *Change* as it was opened; the confirmation."""
    form = await world.alice.click(newest_result(world), custom_id=f"change:{job.job_id}")
    return await world.alice.submit_modal(form, {"prompt": job.prompt, "model": ["-"], "count": ["1"]})


class TestUse:
    """What a member's request becomes."""

    async def test_the_template_goes_around_the_words(self, world: World) -> None:
        """The member's own words stay theirs; result and details say the style."""
        await add_style(world)
        job = await made(world)
        details = await world.alice.click(newest_result(world), custom_id=f"details:{job.job_id}")

        assert sent_prompts(world) == ["An ink drawing of a fox, on paper"]
        assert (job.prompt, job.style) == ("a fox", "Ink")
        assert "style Ink" in text_of(newest_result(world))
        assert "style Ink" in private_text(details)
        assert "An ink drawing of a fox, on paper" in private_text(details)

    async def test_its_images_follow_the_members_own(self, world: World) -> None:
        """In their order, with their roles, under a model that takes them all; messages say which came from it."""
        await add_style(world, images=[RED, BLUE], roles="lighting\npaper")
        job = await made(world)
        details = await world.alice.click(newest_result(world), custom_id=f"details:{job.job_id}")
        [sent] = world.provider.predictions

        assert sent.order.prompt.startswith("Use image 2 for lighting. Use image 3 for paper. An ink drawing of")
        assert [each.of_style for each in job.references] == [False, True, True]
        assert [each.filename for each in job.references] == ["picture.png", "red.png", "blue.png"]
        assert len(sent.references) == 3
        assert "style Ink (references 2 and 3)" in text_of(newest_result(world))
        assert "**2** lighting \u00b7 red.png \u00b7 from the style" in private_text(details)

    async def test_compose_needs_no_image_of_ones_own(self, world: World) -> None:
        """Where the style brings some."""
        await add_style(world, images=[RED])
        await world.alice.slash(world.channel, "compose", prompt="a fox", style="Ink")
        await all_closed(world)

        assert [each.of_style for each in (await newest(world)).references] == [True]

    async def test_what_it_names_is_used_unless_the_member_chooses(self, world: World) -> None:
        """Model, shape and guidance of the style; a member's own choice goes before."""
        await add_style(world)
        form = await world.mona.click(await left_over(world, "style-settings:1"), custom_id="style-settings:1")
        await world.mona.submit_modal(
            form, {"model": ["wavespeed-ai/flux-kontext-pro"], "aspect_ratio": ["1:1"], "guidance_scale": "7"}
        )
        first = await made(world)
        second = await made(world, aspect_ratio="16:9", model="wavespeed-ai/flux-kontext-max")

        assert first.model.id == "wavespeed-ai/flux-kontext-pro"
        assert first.parameters == {"aspect_ratio": "1:1", "guidance_scale": 7.0}
        assert second.model.id == "wavespeed-ai/flux-kontext-max"
        assert second.parameters == {"aspect_ratio": "16:9", "guidance_scale": 7.0}

    async def test_again_uses_it_again(self, world: World) -> None:
        """Its images are not taken for the member's own; *Edit this* goes on without it."""
        await add_style(world, images=[RED])
        first = await made(world)
        await world.alice.click(newest_result(world), custom_id=f"again:{first.job_id}")
        await all_closed(world)
        again = await newest(world)
        form = await world.alice.click(newest_result(world), custom_id=f"edit:{again.job_id}")
        await world.alice.submit_modal(form, {"prompt": "add snow"})
        await all_closed(world)
        edit = await newest(world)

        assert (again.style, [each.of_style for each in again.references]) == ("Ink", [False, True])
        assert again.sent_prompt == first.sent_prompt
        assert (edit.style, edit.sent_prompt) == (None, "add snow")

    async def test_too_many_images_say_the_way_out(self, world: World) -> None:
        """In private, at once; nothing is held."""
        await add_style(world, images=[RED, BLUE])
        own = {f"image{n}": file(colour) for n, colour in enumerate(("navy", "pink", "gold", "lime"), start=1)}
        answer = await world.alice.slash(world.channel, "compose", prompt="a fox", style="Ink", **own)

        assert "brings 2 images and you gave 4; 5 together is the most" in private_text(answer)
        assert "at most 3 yourself" in private_text(answer)
        assert await count_of_jobs(world) == 0

    async def test_one_that_is_not_there(self, world: World) -> None:
        """One sentence, and where the others are."""
        answer = await world.alice.slash(world.channel, "edit", prompt="a fox", image=file(), style="Oil")

        assert "This server has no style called \u201cOil\u201d." in private_text(answer)
        assert "/styles shows those that there are" in private_text(answer)


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


class TestModerators:
    """How styles come, change and go."""

    async def test_a_new_one_is_shown_with_what_can_be_done(self, world: World) -> None:
        """Its template, images and buttons; trying says its price."""
        answer = await add_style(world, images=[RED], roles="paper")
        message = message_of(answer)

        assert "Style added" in private_text(answer)
        assert "**1** paper \u00b7 red.png" in private_text(answer)
        assert [each.split(":")[0] for each in buttons_of(message)] == ["style-try", "style-words", "style-settings"]
        assert buttons_of(message)[0] == "style-try:1:80000"

    async def test_all_faults_at_once(self, world: World) -> None:
        """The form's refusal names each."""
        answer = await add_style(world, name="none", template="An ink drawing")

        assert "means no style at all" in private_text(answer)
        assert "does not hold {prompt}" in private_text(answer)

    async def test_a_name_that_is_taken(self, world: World) -> None:
        """However it is written; also for one that is renamed."""
        await add_style(world)
        await add_style(world, name="Oil")
        again = await add_style(world, name="INK ")
        renamed = await edited(world, name="oil")

        assert "There is a style called \u201cInk\u201d already." in private_text(again)
        assert "There is a style called \u201cOil\u201d already." in private_text(renamed)

    async def test_images_that_stay_and_new_ones(self, world: World) -> None:
        """Those that were taken off are gone, new ones come behind; roles go by that order."""
        await add_style(world, images=[RED, BLUE], roles="one\ntwo")
        answer = await edited(world, keep=["2"], images=[file("gold", "gold.png")], roles="two\nthree")
        job = await made(world)

        assert "**1** two \u00b7 blue.png" in private_text(answer)
        assert [(each.role, each.filename) for each in job.references[1:]] == [
            ("two", "blue.png"),
            ("three", "gold.png"),
        ]

    async def test_five_images_are_too_many(self, world: World) -> None:
        """Those that stay count."""
        await add_style(world, images=[RED, BLUE])
        answer = await edited(world, keep=["1", "2"], images=[file("gold"), file("lime"), file("pink")])

        assert "That makes 5 images; a style has at most 4." in private_text(answer)

    async def test_a_removed_one_is_gone_and_its_jobs_name_it(self, world: World) -> None:
        """Nobody uses it any more, not by *Again* either; its name is free."""
        await add_style(world, images=[RED])
        job = await made(world)
        answer = await world.mona.slash(world.channel, "manage styles remove", name="ink")
        again = await world.alice.click(newest_result(world), custom_id=f"again:{job.job_id}")
        shown = await world.alice.click(newest_result(world), custom_id=f"details:{job.job_id}")
        added = await add_style(world)

        assert "Style removed" in private_text(answer)
        assert "This server has no style called \u201cInk\u201d." in private_text(again)
        assert "style Ink (reference 2)" in private_text(shown)
        assert "Style added" in private_text(added)

    async def test_each_act_is_on_record(self, world: World) -> None:
        """By name, from what to what."""
        await add_style(world)
        await edited(world, name="Oil")
        await world.mona.slash(world.channel, "manage styles remove", name="Oil")
        acts = await world.app.stores.moderation.audit(world.guild_id, limit=9)

        assert [(each.action, each.before, each.after) for each in acts] == [
            ("style", "Oil", None),
            ("style", "Ink", "Oil"),
            ("style", None, "Ink"),
        ]

    @pytest.mark.parametrize("button", ["style-words:1", "style-settings:1", "style-try:1:80000"])
    async def test_only_moderators(self, world: World, button: str) -> None:
        """Whoever finds an old button may not."""
        await add_style(world)
        answer = await world.alice.click(await left_over(world, button), custom_id=button)

        assert "Only members with Manage Server" in private_text(answer)

    async def test_images_erased_with_their_givers_data(self, world: World) -> None:
        """The style says so and is not used as if it had none, until somebody gives it others."""
        await add_style(world, images=[RED])
        job = await painted(world, world.mona)
        export = await world.app.bot.services.creative.privacy.export(world.mona.id)
        await world.app.bot.services.creative.privacy.ask_erasure(world.mona.id, with_messages=False)
        await forgotten(world, job)
        leap(world, 1)
        refused = await world.alice.slash(world.channel, "edit", prompt="a fox", image=file(), style="Ink")
        mended = await edited(world, images=[BLUE])
        after = await made(world)

        assert b"red.png" in export
        assert "were deleted with the data of whoever gave them" in private_text(refused)
        assert "Style changed" in private_text(mended)
        assert [each.filename for each in after.references] == ["picture.png", "blue.png"]

    async def test_an_image_that_is_lost(self, world: World, tmp_path: Path) -> None:
        """With a disk: the style is named as what is not whole, and nothing is held."""
        await add_style(world, images=[RED])
        [style] = await world.app.stores.styles.styles(world.guild_id)
        remove_file(tmp_path, style.references[0].image)
        answer = await world.alice.slash(world.channel, "edit", prompt="a fox", image=file(), style="Ink")

        assert "That style is incomplete" in private_text(answer)
        assert "red.png" in private_text(answer)
        assert await count_of_jobs(world) == 0


class TestSamples:
    """*Try it*, and what `/styles` shows."""

    async def test_try_it_makes_the_sample(self, world: World) -> None:
        """A job like every other, paid by whoever pressed; then the list shows its picture."""
        answer = await add_style(world)
        before = await world.alice.slash(world.channel, "styles")
        await world.mona.click(message_of(answer), custom_id="style-try:1:80000")
        await all_closed(world)
        job = await newest(world)
        listed = await world.alice.slash(world.channel, "styles")

        assert "no sample yet" in private_text(before)
        assert (job.member_id, job.style, job.spent_micros) == (world.mona.id, "Ink", 80_000)
        assert "no sample yet" not in private_text(listed)
        assert [each.filename for each in message_of(listed).attachments] == [f"easel-{job.job_id}.png"]
        assert "**1 Ink**" in private_text(listed)
        assert "An ink drawing of {prompt}, on paper" in private_text(listed)

    async def test_a_hidden_sample_is_not_shown(self, world: World) -> None:
        """Deleted or hidden is gone here too."""
        answer = await add_style(world)
        await world.mona.click(message_of(answer), custom_id="style-try:1:80000")
        await all_closed(world)
        job = await newest(world)
        await world.app.stores.gallery.take_down(job.job_id, world.mona.id, world.clock.now())
        listed = await world.alice.slash(world.channel, "styles")

        assert message_of(listed).attachments == []
        assert "no sample yet" in private_text(listed)

    async def test_one_by_itself(self, world: World) -> None:
        """Chosen in the list: its sample, template, images and what it names."""
        added = await add_style(world, images=[RED])
        await world.mona.click(message_of(added), custom_id="style-try:1:80000")
        await all_closed(world)
        listed = message_of(await world.alice.slash(world.channel, "styles"))
        answer = await world.alice.select(listed, ["1"], custom_id="styles")

        assert len(message_of(answer).attachments) == 2, "the sample, and the strip of its images"
        assert "**1** red.png" in private_text(answer)
        assert "An ink drawing of {prompt}, on paper" in private_text(answer)

    async def test_without_any(self, world: World) -> None:
        """Says who makes them."""
        assert "Moderators add them" in private_text(await world.alice.slash(world.channel, "styles"))


async def test_the_report_counts_by_style(world: World) -> None:
    """Each style with what was spent on it; what had none is one row."""
    await add_style(world)
    await made(world)
    await painted(world)
    await world.mona.slash(world.channel, "manage styles remove", name="Ink")
    answer = await world.mona.slash(world.channel, "manage report", by="style")

    assert "`$0.08` Ink" in said(answer)
    assert "`$0.08` no style" in said(answer)


async def test_suggestions_show_the_templates_first_words(world: World) -> None:
    """And find a style by them."""
    await add_style(world)
    await add_style(world, name="Oil", template="An oil painting of {prompt}")
    shown = await world.alice.autocomplete(world.channel, "edit", "style", "ink draw")

    assert [each["name"] for each in shown] == ["Ink \u00b7 An ink drawing of {prompt}, on paper"]
    assert [each["value"] for each in shown] == ["Ink"]


class TestChannel:
    """A channel's own style, set in `/manage settings`."""

    async def test_is_used_unless_the_member_chooses(self, world: World) -> None:
        """Another one, or none; *Again* and *Edit this* stay what the picture was."""
        await add_style(world)
        await add_style(world, name="Oil", template="An oil painting of {prompt}")
        await set_style_of_channel(world, "ink")
        own = await painted(world, prompt="a fox")
        other = await painted(world, prompt="a fox", style="Oil")
        none = await painted(world, prompt="a fox", style="none")
        await world.alice.click(newest_result(world), custom_id=f"again:{none.job_id}")
        await all_closed(world)
        again = await newest(world)
        listed = await world.alice.slash(world.channel, "styles")

        assert [each.style for each in (own, other, none, again)] == ["Ink", "Oil", None, None]
        assert "used in this channel unless you choose" in said(listed)

    async def test_a_confirmation_begins_with_it(self, world: World) -> None:
        """Where it can be taken off."""
        await add_style(world)
        await set_style_of_channel(world, "Ink")
        confirmation = await begin(world, RED)
        begun = said(confirmation)
        await choose(world, confirmation, "0")

        assert "style Ink" in begun
        assert "style Ink" not in said(confirmation)

    async def test_it_is_shown_and_taken_off(self, world: World) -> None:
        """In the list of channels, and in its form; an empty field takes it off."""
        await add_style(world)
        await set_style_of_channel(world, "Ink")
        listed = private_text(await world.mona.slash(world.channel, "manage channels list"))
        await set_style_of_channel(world, "")
        job = await painted(world)

        assert f"<#{world.channel.id}> \u00b7 style Ink" in listed
        assert job.style is None

    async def test_one_that_is_not_there(self, world: World) -> None:
        """Nothing is set."""
        answer = await set_style_of_channel(world, "Oil")

        assert "This server has no style called \u201cOil\u201d." in private_text(answer)

    async def test_suggestions_offer_none(self, world: World) -> None:
        """Where there is something to go without."""
        await add_style(world)
        before = await world.alice.autocomplete(world.channel, "edit", "style", "")
        await set_style_of_channel(world, "Ink")
        after = await world.alice.autocomplete(world.channel, "edit", "style", "")

        assert [each["value"] for each in before] == ["Ink"]
        assert [each["value"] for each in after] == ["Ink", "none"]
