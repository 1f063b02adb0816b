"""The moderators' rules as they and the members see them: the panel, pause, channels, words, blocks."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from simcord import InteractionResult
from simcord.actors import MemberActor

from bot.demo.world import World
from bot.domain.rules import ServerRules
from bot.ui.render.manage.settings import Gaps, render_settings
from tests.cogs.moderating import manage, panel
from tests.cogs.pictures import picture
from tests.cogs.seeing import all_closed, private_text, results, shown_text


async def edit(world: World, who: MemberActor, prompt: str = "a fox", channel: Any = None) -> InteractionResult:
    return await who.slash(channel or world.channel, "edit", prompt=prompt, image=("a.png", picture("red")))


async def test_the_panel_shows_what_is_set_and_what_the_default_is(world: World) -> None:
    """A fresh server has the default everywhere, and the bot lacks nothing."""
    text = shown_text(await panel(world))

    assert "**Time zone** UTC \u00b7 default" in text
    assert "**Running jobs per member** no limit \u00b7 default" in text
    assert "(Ask before spending)  (Approve every request)  (Running jobs)" in text


async def test_a_form_of_the_panel_sets_a_zone(world: World) -> None:
    """The panel itself then says what is set."""
    shown = await panel(world)
    form = await world.mona.click(shown, custom_id="settings:zone")
    await world.mona.submit_modal(form, {"typed": "Europe/Paris"})

    assert "**Time zone** Europe/Paris \u00b7 default: UTC" in shown_text(shown)


async def test_a_form_outlives_a_restart(world: World) -> None:
    """It is found by its name, as what members submit is: nothing of it is kept in memory."""
    form = await world.mona.click(await panel(world), custom_id="settings:confirm")
    await world.env.restart_bot()
    await world.mona.submit_modal(form, {"typed": "0.30"})
    rules = await world.app.stores.rules.rules(world.guild_id)

    assert rules.confirm_above_micros == 300_000


async def test_a_zone_that_does_not_exist_is_one_sentence(world: World) -> None:
    """Nothing is changed, and what to write instead is said."""
    form = await world.mona.click(await panel(world), custom_id="settings:zone")
    text = private_text(await world.mona.submit_modal(form, {"typed": "Mars/Olympus"}))

    assert "There is no time zone called Mars/Olympus" in text
    assert "Europe/Paris" in text


async def test_a_menu_of_the_panel_sets_the_log_channel(world: World) -> None:
    """And an empty choice removes it."""
    shown = await panel(world)
    await world.mona.select(shown, [world.channel], custom_id="log-channel")

    assert f"**Log channel** <#{world.channel.id}>" in shown_text(shown)

    await world.mona.select(shown, [], custom_id="log-channel")

    assert "**Log channel** none" in shown_text(shown)


async def test_toggles_turn_and_turn_back(world: World) -> None:
    """The button says what it would do next."""
    shown = await panel(world)
    await world.mona.click(shown, custom_id="settings:unmarked-unsafe")

    assert "Pictures without a safety mark** count as unsafe" in shown_text(shown)
    assert "(Show unmarked pictures)" in shown_text(shown)

    await world.mona.click(shown, custom_id="settings:unmarked-shown")

    assert "Pictures without a safety mark** are shown \u00b7 default" in shown_text(shown)


async def test_the_rule_for_unsafe_pictures_is_chosen(world: World) -> None:
    """One of the choices, each in words; the panel says which holds."""
    shown = await panel(world)
    await world.mona.select(shown, ["never"], custom_id="unsafe")

    assert "Show unsafe pictures** never" in shown_text(shown)

    await world.mona.select(shown, ["adult_channels"], custom_id="unsafe")

    assert "in age-restricted channels only \u00b7 default" in shown_text(shown)


async def test_a_channel_gets_a_shape_of_its_own(world: World) -> None:
    """A request that names no shape is made in the channel's."""
    shown = await panel(world)
    form = await world.mona.select(shown, [world.channel], custom_id="channel-rule")
    await world.mona.submit_modal(form, {"model": "", "shape": "9:16", "nsfw": ""})
    await edit(world, world.alice)
    await all_closed(world)
    (job,) = await world.app.stores.jobs.jobs_of(world.guild_id, None, limit=1)

    assert job.parameters == {"aspect_ratio": "9:16"}


async def exposed(world: World) -> discord.Message:
    """The panel in public, where it never is: as good as one that is still open after its reader lost the right."""
    channel = world.app.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.send(view=render_settings(ServerRules(), Gaps()))


@pytest.mark.parametrize("custom_id", ["settings:zone", "settings:unmarked-unsafe"])
async def test_the_panel_is_the_moderators(world: World, custom_id: str) -> None:
    """Whoever is no moderator changes nothing with a panel that they can reach."""
    refused = await world.alice.click(await exposed(world), custom_id=custom_id)

    assert "Only members with Manage Server" in private_text(refused)
    assert await world.app.stores.rules.rules(world.guild_id) == ServerRules()


async def test_a_pause_is_told_and_ends(world: World) -> None:
    """Members read why; what is asked after the end is made."""
    assert "until `/manage resume`" in await manage(world, "pause", reason="exam week")
    assert "exam week" in private_text(await edit(world, world.alice))
    assert "New pictures can be made again" in await manage(world, "resume")

    await edit(world, world.alice)
    await all_closed(world)

    assert len(results(world)) == 1


async def test_a_denied_channel_is_closed(world: World) -> None:
    """The list says so, and clearing opens it."""
    await manage(world, "channels deny", channel=world.channel)

    assert "Not in this channel" in private_text(await edit(world, world.alice))
    assert f"<#{world.channel.id}> denied" in await manage(world, "channels list")

    await manage(world, "channels clear", channel=world.channel)
    await edit(world, world.alice)
    await all_closed(world)

    assert len(results(world)) == 1


async def test_what_was_deleted_is_named_by_its_number(world: World) -> None:
    """A mention of a channel or role that is gone would name nothing; the panel goes on working."""
    gone, role = world.env.guild.create_text_channel("gone"), world.env.guild.create_role("Helpers")
    await manage(world, "channels deny", channel=gone)
    shown = await panel(world)
    await world.mona.select(shown, [gone], custom_id="log-channel")
    await world.mona.select(shown, [role], custom_id="desk-roles")

    assert f"**Roles at the moderators' desk** <@&{role.id}>" in shown_text(shown)

    guild = world.app.bot.get_guild(world.guild_id)
    assert guild is not None
    for each in (guild.get_channel(gone.id), guild.get_role(role.id)):
        assert each is not None
        await each.delete()
    text = shown_text(await panel(world))

    assert f"**Log channel** deleted channel {gone.id}" in text
    assert f"**Roles at the moderators' desk** deleted role {role.id}" in text
    assert f"channel {gone.id}, deleted or archived: denied" in await manage(world, "channels list")


async def test_a_deleted_channel_that_alone_was_allowed_can_be_cleared(world: World) -> None:
    """It would keep every other channel closed, and no command could name it any more."""
    gone = world.env.guild.create_text_channel("gone")
    await manage(world, "channels allow", channel=gone)
    channel = world.app.bot.get_channel(gone.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()

    assert "Not in this channel" in private_text(await edit(world, world.alice))

    listed = (await world.mona.slash(world.channel, "manage channels list")).response
    assert listed is not None
    await world.mona.click(listed, custom_id="forget")

    assert "pictures may be made wherever I can post" in shown_text(listed)
    assert f"channel {gone.id}" in await manage(world, "audit")

    await edit(world, world.alice)
    await all_closed(world)

    assert len(results(world)) == 1


async def test_everybody_is_no_role_for_the_desk(world: World) -> None:
    """It would let every member approve."""
    shown = await panel(world)
    answer = await world.mona.select(shown, [world.env.guild.default_role], custom_id="desk-roles")

    assert "Everybody has that role" in private_text(answer)
    assert (await world.app.stores.rules.rules(world.guild_id)).desk_role_ids == ()


async def test_a_word_of_the_list_costs_nothing(world: World) -> None:
    """The refusal is private and quotes the word; nothing reaches the provider."""
    assert "\u201csecret\u201d" in await manage(world, "words add", word="Secret")
    assert "secret" in await manage(world, "words list")

    text = private_text(await edit(world, world.alice, "my S\u200becret garden"))

    assert "That word is blocked in this server" in text
    assert "Nothing was spent" in text
    assert not world.provider.predictions

    assert "may be used again" in await manage(world, "words remove", word="SECRET")


async def test_a_blocked_member_has_no_command(world: World) -> None:
    """Neither commands nor suggestions; others are not touched."""
    await manage(world, "block", user=world.alice, reason="spam")

    assert "blocked you here" in private_text(await world.alice.slash(world.channel, "budget"))
    assert "blocked you here" in private_text(await edit(world, world.alice))
    assert "Your budget" in private_text(await world.ben.slash(world.channel, "budget"))
    assert await world.alice.autocomplete(world.channel, "jobs show", "job", "") == []

    await manage(world, "unblock", user=world.alice)

    assert "Your budget" in private_text(await world.alice.slash(world.channel, "budget"))


async def test_a_blocked_member_has_no_button(world: World) -> None:
    """A button under an old message is a command too."""
    shown = await exposed(world)
    await manage(world, "block", user=world.alice, reason="spam")

    assert "blocked you here" in private_text(await world.alice.click(shown, custom_id="settings:zone"))
