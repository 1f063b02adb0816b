"""Styles as members use them: what is sent and said, what is refused, and the style that a channel has of its own."""

from __future__ import annotations

from simcord import InteractionResult

from bot.demo.reading import text_of
from bot.demo.world import World
from tests.cogs.doing import (
    count_of_jobs,
    file,
    left_over,
    newest,
    newest_result,
    painted,
    said,
    sent_prompts,
)
from tests.cogs.drafting import begin
from tests.cogs.moderating import panel
from tests.cogs.seeing import all_closed, private_text
from tests.cogs.styling import add_style, choose, made

RED, BLUE = file("red", "red.png"), file("blue", "blue.png")


async def set_style_of_channel(world: World, name: str) -> InteractionResult:
    """Mona gives the channel a style of its own, or takes it off."""
    form = await world.mona.select(await panel(world), [world.channel], custom_id="channel-rule")
    return await world.mona.submit_modal(form, {"model": "", "shape": "", "nsfw": "", "style": name})


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
