"""Styles as moderators make them: how they come, change and go, and what the records and the report say of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.world import World
from tests.cogs.collecting import remove_file
from tests.cogs.doing import (
    buttons_of,
    count_of_jobs,
    file,
    forgotten,
    leap,
    left_over,
    message_of,
    newest_result,
    painted,
    said,
)
from tests.cogs.seeing import private_text
from tests.cogs.styling import add_style, edited, made

RED, BLUE = file("red", "red.png"), file("blue", "blue.png")


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


async def test_the_report_counts_by_style(world: World) -> None:
    """Each style with what was spent on it; what had none is one row."""
    await add_style(world)
    await made(world)
    await painted(world)
    await world.mona.slash(world.channel, "manage styles remove", name="Ink")
    answer = await world.mona.slash(world.channel, "manage report", by="style")

    assert "`$0.08` Ink" in said(answer)
    assert "`$0.08` no style" in said(answer)
