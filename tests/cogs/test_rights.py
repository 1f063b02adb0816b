"""Who may do what: every synced command and every registered button, for every kind of person in every kind of place.

The lists are read from the command tree and the registry of buttons, so that a new one is tried or fails here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
import pytest
from discord import app_commands, ui
from simcord.actors import MemberActor

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.services.rights import Actor
from bot.ui.discord.people import NotInServer
from bot.ui.handlers.manage import audit, overview, reports, reviews, settings
from bot.ui.render.actions import (
    CHANNEL_SELECT_NAMES,
    ROLE_SELECT_NAMES,
    SELECT_NAMES,
    ActionButton,
    ActionChannelSelect,
    ActionRoleSelect,
    ActionSelect,
)
from tests.cogs.pictures import picture

MODERATORS_ONLY = "manage"
EVERYWHERE = {"privacy", "guide"}
"""The contract: these two also answer in direct messages; everything else is for servers."""

GIVEN: dict[str, Any] = {
    "amount": "5",
    "period": "month",
    "reason": "because",
    "word": "word",
    "job": "ABC123",
    "decision": "release",
    "name": "Brand",
}
ITEM_IDS: dict[str, tuple[str, ...]] = {
    "settings": ("zone", "confirm", "at-once", "unmarked-unsafe", "approve-all"),
    "unsafe": ("",),
    "offered": ("",),
    "log-channel": ("",),
    "desk-channel": ("",),
    "showcase-channel": ("",),
    "channel-rule": ("",),
    "desk-roles": ("",),
    "desk": ("report", "jobs", "audit", "reported", "settings", "pause", "resume", "refresh"),
    "forget": ("",),
    "audit": ("newer:0:0", "older:0:1"),
    "review": ("show:1", "keep:1"),
    "report": tuple(f"{each}:1:0" for each in ("hide", "show", "delete", "block", "dismiss")),
}
"""The items of the moderators' desk by name, with the ids that they carry."""


def leaves(bot: Any) -> Iterator[app_commands.Command[Any, Any, Any]]:
    """Every slash command that Discord is told about."""
    for command in bot.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            yield command


def options(guild: Any, who: Any, channel: Any, command: app_commands.Command[Any, Any, Any]) -> dict[str, Any]:
    """Something plausible for each required option."""
    values: dict[str, Any] = {}
    for parameter in command.parameters:
        if not parameter.required:
            continue
        match parameter.type:
            case discord.AppCommandOptionType.user:
                values[parameter.name] = who
            case discord.AppCommandOptionType.channel:
                values[parameter.name] = channel
            case discord.AppCommandOptionType.role:
                values[parameter.name] = guild.default_role
            case discord.AppCommandOptionType.attachment:
                values[parameter.name] = ("a.png", picture("red"))
            case _:
                values[parameter.name] = GIVEN[parameter.name]
    if command.qualified_name == "manage grant":
        values["user"] = who  # one of two that are optional, and one is needed
    return values


def heard(answer: Any) -> str:
    """What whoever sent it reads, privately or not."""
    said = answer.followups[-1] if answer.followups else answer.response
    return "" if said is None else text_of(said.message)


async def somebody(world: World, who: str) -> MemberActor:
    """A member, one with a role that the server named for its desk, or a moderator who is blocked."""
    mona, services = Actor(world.mona.id, world.guild_id, can_manage=True), world.app.bot.services
    if who == "helper":
        role = world.env.guild.create_role("Helpers")
        await services.moderation.server_settings.set_desk_roles(mona, (role.id,))
        return world.env.guild.add_member(world.env.create_user("olga"), roles=[role])
    if who == "blocked moderator":
        await services.moderation.blocks.block(
            Actor(world.ben.id, world.guild_id, can_manage=True), world.mona.id, "enough"
        )
        return world.mona
    return world.alice


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("member", "channel"),
        ("member", "thread"),
        ("member", "other server"),
        ("helper", "channel"),
        ("helper", "thread"),
        ("blocked moderator", "channel"),
    ],
)
async def test_no_manage_command_serves_a_member(world: World, who: str, place: str) -> None:
    """Even where a server's owner shows them to everybody, in a channel or a thread, each is refused on our side."""
    guild, channel, member = world.env.guild, world.channel, await somebody(world, who)
    if place == "thread":
        parent = world.app.bot.get_channel(world.channel.id)
        assert isinstance(parent, discord.TextChannel)
        await parent.create_thread(name="aside", type=discord.ChannelType.public_thread)
        (channel,) = world.channel.threads
    if place == "other server":
        # A moderator at home is a member like any other elsewhere.
        nora = world.env.create_user("nora")
        guild.add_member(nora, roles=[guild.roles["Moderators"]])
        guild = world.env.create_guild("Elsewhere")
        channel, member = guild.create_text_channel("hall"), guild.add_member(nora)
    for synced in await world.app.bot.tree.fetch_commands():
        guild.set_command_permissions(synced, {guild.default_role: True})
    tried = [each for each in leaves(world.app.bot) if each.qualified_name.startswith(MODERATORS_ONLY)]
    served: list[str] = []
    for command in tried:
        answer = await member.slash(channel, command.qualified_name, **options(guild, member, channel, command))
        if "Only " not in heard(answer) and "blocked you here" not in heard(answer):
            served.append(f"{command.qualified_name}: {heard(answer)!r}")

    print(f"{len(tried)} commands x {who} x {place}")  # noqa: T201 - the matrix's size is reported
    assert len(tried) >= 20
    assert served == []


async def test_each_command_belongs_where_the_contract_says(world: World) -> None:
    """Hidden from members where it is for moderators, and kept out of direct messages unless it is for everywhere."""
    wrong: list[str] = []
    for command in world.app.bot.tree.get_commands():
        plain = command.to_dict(world.app.bot.tree)
        contexts = plain.get("contexts")
        in_dms = contexts is None or 1 in contexts
        hidden = plain.get("default_member_permissions") == discord.Permissions(manage_guild=True).value
        if in_dms != (command.name in EVERYWHERE) or hidden != (command.name == MODERATORS_ONLY):
            wrong.append(f"{command.name}: direct messages {in_dms}, hidden {hidden}")

    assert wrong == []


def test_every_item_of_the_desk_is_tried() -> None:
    """A new button is a new line above."""
    of_moderators = (overview, settings, audit, reports, reviews)

    assert {name for module in of_moderators for name in module.ITEMS} == set(ITEM_IDS)


def item_for(custom_id: str) -> ui.Item[Any]:
    name, *ids = custom_id.split(":")
    if name in ROLE_SELECT_NAMES:
        return ActionRoleSelect(name, *ids)
    if name in SELECT_NAMES:
        return ActionSelect(name, *ids, options=[discord.SelectOption(label="never", value="never")])
    return (ActionChannelSelect if name in CHANNEL_SELECT_NAMES else ActionButton)(name, *ids)


async def posted(world: World, custom_id: str) -> discord.Message:
    """A button in a public message: stale, foreign, or pressed by somebody it was never shown to."""
    channel = world.app.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.ActionRow(item_for(custom_id)))
    return await channel.send(view=view)


@pytest.mark.parametrize(
    "custom_id", [":".join(filter(None, (name, ids))) for name, every in ITEM_IDS.items() for ids in every]
)
async def test_no_item_of_the_desk_serves_a_member(world: World, custom_id: str) -> None:
    """Wherever it is found: the right is asked again at the press, and nothing is changed."""
    message = await posted(world, custom_id)
    before = await world.app.stores.rules.rules(world.guild_id)
    if custom_id in CHANNEL_SELECT_NAMES:
        answer = await world.alice.select(message, [world.channel], custom_id=custom_id)
    elif custom_id in SELECT_NAMES:
        answer = await world.alice.select(message, ["never"], custom_id=custom_id)
    elif custom_id in ROLE_SELECT_NAMES:
        answer = await world.alice.select(message, [world.env.guild.roles["Moderators"]], custom_id=custom_id)
    else:
        answer = await world.alice.click(message, custom_id=custom_id)

    assert "Only members with Manage Server" in heard(answer)
    assert await world.app.stores.rules.rules(world.guild_id) == before
    assert await world.app.stores.moderation.audit(world.guild_id, limit=1) == ()


def test_without_a_server_there_is_nobody_to_ask() -> None:
    """A server command that reaches us from a direct message is refused in words."""
    assert "servers only" in NotInServer().title
