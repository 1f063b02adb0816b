"""Who presses what where: each button and menu, by strangers, in other servers, in direct messages, and when it is old.

The names are read from what is registered, so that a new button is tried or fails here. A refused press changes nothing
in any table that holds anything of anybody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord
import pytest
from discord import ui
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.db.connection import Connection
from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.jobs import Job
from bot.services.rights import Actor
from bot.ui.render.actions import BUTTON_NAMES, SELECT_NAMES, ActionButton, ActionSelect
from tests.cogs.doing import buttons_of, file, forgotten, message_of, newest_result, painted, stop_spending
from tests.cogs.seeing import PATIENCE_SECONDS

REFUSALS = (
    "Only members with Manage Server",
    "Only the member who",
    "Somebody else decides",
    "There is no job",
    "That request is gone",
    "That draft is gone",
    "There is no such report",
    "decided already",
    "servers only",
    "blocked you here",
    "That was not kept",
    "It was deleted",
    "That is no longer in the showcase",
)
REPORTS = ("report:hide", "report:delete", "report:block", "report:dismiss", "report:show")
NOT_THEIRS = {"interactions", "facts", "prices", "sqlite_sequence", "picks", "deletions"}
"""The program's own tables, what it must still delete elsewhere, and what a press notes about whoever presses."""

PRESSES_WITH_PLACE = {"first", "earlier", "later", "drop", "replace"}
OF_DRAFT = PRESSES_WITH_PLACE | {
    *("run", "prompt", "order", "roles", "template", "parameters", "back", "ask", "place", "style"),
}
OF_APPROVAL = {"approve", "decline"}
OF_SHARE = {"unshare"}
OF_JOB = {
    *("cancel", "edit", "again", "change", "use", "details", "original", "share", "delete", "keep", "retry"),
    *("bring", "step", "pick"),
}
OF_MODERATORS = {"desk", "settings", "audit", "forget", "report", "unsafe", "review", "offered"} | {
    *("style-try", "style-words", "style-settings"),
}
"""Tried with every id that they carry in `test_rights`; those of reports here too."""

OF_PRESSER = {"clear", "start", "pages", "try", "sample", "models", "styles", "style-use", "erase", "reopen"}
"""What a name is about. The last ones are about nobody but whoever presses: their own tray, a form, a list."""

PAID_BY_PRESSER = OF_JOB - {"cancel", "delete", "keep", "bring", "share"}
"""Whoever presses goes on from a picture that everybody there sees, and pays for it."""


def test_every_name_is_sorted() -> None:
    """A new button or menu says here what it is about."""
    assert {*BUTTON_NAMES, *SELECT_NAMES} == OF_DRAFT | OF_APPROVAL | OF_SHARE | OF_JOB | OF_MODERATORS | OF_PRESSER


@dataclass
class PressCase:
    """A picture, a refused request, one before the moderators, and a report: all of alice's, and who might press."""

    world: World
    job: Job
    draft_id: str
    approval_id: str
    desk: ChannelHandle
    olga: MemberActor  #: has a role that the server named for its desk
    nora: MemberActor  #: moderates another server, and is nobody here
    elsewhere: ChannelHandle

    def custom_id(self, name: str) -> str:
        """What the real button says."""
        if name in REPORTS:
            return f"{name}:1:0"
        if name in OF_DRAFT:
            return f"{name}:{self.draft_id}" + (":2" if name in PRESSES_WITH_PLACE else "")
        if name in OF_APPROVAL:
            return f"{name}:{self.approval_id}"
        own = {"pages": ":0:0:1", "try": ":1", "sample": ":80000", "models": ":0", "reopen": ":studio"}
        about = "" if name == "pick" else f":{self.job.job_id}"
        return f"{name}{about}" if name in OF_JOB else f"{name}{own.get(name, '')}"

    def item(self, name: str) -> ui.Item[Any]:
        """The real button or menu."""
        first, *ids = self.custom_id(name).split(":")
        if name in SELECT_NAMES:
            options = [discord.SelectOption(label="one", value=self.value(name))]
            return ActionSelect(name, *ids, options=options)
        return ActionButton(first, *ids)

    def value(self, name: str) -> str:
        """What is chosen in a menu."""
        return self.job.job_id if name in {"pick", "step"} else "1"

    async def post(self, name: str, channel: discord.abc.Messageable) -> discord.Message:
        """Show it where it never stands, as an old or a foreign message."""
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.ActionRow(self.item(name)))
        return await channel.send(view=view)

    def room(self, handle: ChannelHandle) -> discord.TextChannel:
        """The bot's view of a channel."""
        found = self.world.app.bot.get_channel(handle.id)
        assert isinstance(found, discord.TextChannel)
        return found

    async def books(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that is kept about anybody."""
        return await self.world.app.database.read(_books)


def _books(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    names = [row["name"] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {
        name: sorted(tuple(map(repr, tuple(row))) for row in connection.execute(f"SELECT * FROM {name}"))
        for name in names
        if name not in NOT_THEIRS
    }


@pytest.fixture
async def case(world: World) -> PressCase:
    """Everything that a button could be about."""
    guild, moderator = world.env.guild, Actor(world.mona.id, world.guild_id, can_manage=True)
    role = guild.create_role("Helpers")
    olga = guild.add_member(world.env.create_user("olga"), roles=[role])
    moderators = guild.create_text_channel("moderators")
    settings = world.app.bot.services.moderation.server_settings
    await settings.set_desk_channel(moderator, moderators.id)
    await settings.set_desk_roles(moderator, (role.id,))
    job = await painted(world)
    await world.ben.context_menu(world.channel, "Report this picture", newest_result(world))
    await stop_spending(world, world.alice.id)
    two = {"image1": file("red", "red.png"), "image2": file("blue", "blue.png")}
    refusal = message_of(await world.alice.slash(world.channel, "compose", prompt="Winter", **two))
    [ask] = [each for each in buttons_of(refusal) if each.startswith("ask:")]
    await world.alice.click(refusal, custom_id=ask)
    [approve] = [each for each in buttons_of(moderators.history()[-1]) if each.startswith("approve:")]
    again = message_of(await world.alice.slash(world.channel, "compose", prompt="Spring", **two))
    [asking] = [each for each in buttons_of(again) if each.startswith("ask:")]
    other = world.env.create_guild("Elsewhere")
    role_there = other.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
    nora = other.add_member(world.env.create_user("nora"), roles=[role_there])
    hall = other.create_text_channel("hall")
    return PressCase(world, job, asking.split(":")[1], approve.split(":")[1], moderators, olga, nora, hall)


def heard(answer: Any) -> str:
    """What whoever pressed reads last; nothing for a form."""
    said = answer.followups[-1] if answer.followups else answer.response
    return "" if said is None else text_of(said.message)


async def press(case: PressCase, who: Any, name: str, room: discord.abc.Messageable) -> str:
    """Press it, or choose in it, and return what is said."""
    message, custom_id = await case.post(name, room), case.custom_id(name)
    if name in SELECT_NAMES:
        return heard(await who.select(message, [case.value(name)], custom_id=custom_id))
    return heard(await who.click(message, custom_id=custom_id))


EVERYBODYS = {"erase"}
"""What also answers in direct messages, and those who are blocked."""

EVERY = (*sorted({*BUTTON_NAMES, *SELECT_NAMES} - OF_MODERATORS - EVERYBODYS), *REPORTS)


async def refused(case: PressCase, who: Any, names: tuple[str, ...], room: discord.abc.Messageable, title: str) -> None:
    """Press all of these: each is refused in words, and nothing in the books changes."""
    before = await case.books()
    served: dict[str, str] = {}
    for name in names:
        said = await press(case, who, name, room)
        if not any(each in said for each in REFUSALS):
            served[name] = said
    print(f"{len(names)} buttons x {title}")  # noqa: T201 - the matrix's size is reported

    assert served == {}
    assert await case.books() == before


async def test_a_member_presses_what_is_not_theirs(case: PressCase) -> None:
    """Another's draft, the moderators' decisions, another's picture to delete: refused, wherever it is found."""
    names = tuple(name for name in EVERY if name not in OF_PRESSER | PAID_BY_PRESSER)
    await refused(case, case.world.ben, names, case.room(case.world.channel), "member")


async def test_another_servers_moderator_has_no_say(case: PressCase) -> None:
    """A button of one server that turns up in another is about nothing there, whoever presses."""
    names = tuple(name for name in EVERY if name not in OF_PRESSER)
    await refused(case, case.nora, names, case.room(case.elsewhere), "another server's moderator")


async def test_there_is_nothing_to_press_in_direct_messages(case: PressCase) -> None:
    """Pictures, budgets and decisions belong to a server; alice's own too."""
    user = await case.world.app.bot.fetch_user(case.world.alice.id)
    await refused(case, case.world.alice.user, EVERY, await user.create_dm(), "direct message")


async def test_a_blocked_member_presses_nothing(case: PressCase) -> None:
    """Not even what is their own, and not with a role that the server named."""
    mona = Actor(case.world.mona.id, case.world.guild_id, can_manage=True)
    await case.world.app.bot.services.moderation.blocks.block(mona, case.olga.id, "enough")
    await refused(case, case.olga, EVERY, case.room(case.world.channel), "blocked helper")


async def test_a_named_role_opens_no_other_door(case: PressCase) -> None:
    """Whoever has it decides about requests and reports; drafts, deleting and blocking stay what they were."""
    names = (*sorted(OF_DRAFT), "delete", "bring", "report:block")
    await refused(case, case.olga, names, case.room(case.world.channel), "helper")


async def test_nobody_decides_about_their_own_by_a_role(case: PressCase) -> None:
    """Neither approves their own request nor waves through a report about their own picture."""
    alice = case.world.alice
    real = case.world.app.bot.get_guild(case.world.guild_id)
    assert real is not None
    role = next(each for each in real.roles if each.name == "Helpers")
    member = await real.fetch_member(alice.id)
    await member.add_roles(role)
    own = (*sorted(OF_APPROVAL), *REPORTS[:4])
    await refused(case, alice, own, case.room(case.world.channel), "helper about their own")


async def test_a_role_that_is_gone_opens_nothing(case: PressCase) -> None:
    """Deleted, or taken off the list: the same button refuses at the next press."""
    role = next(each for each in case.room(case.desk).guild.roles if each.name == "Helpers")
    await role.delete()
    names = (*sorted(OF_APPROVAL), *REPORTS)
    await refused(case, case.olga, names, case.room(case.world.channel), "helper whose role was deleted")


@pytest.mark.parametrize("who", ["mona", "olga"])
async def test_old_buttons_say_that_it_was_decided(case: PressCase, who: str) -> None:
    """A request and a report have one outcome, whoever comes second with whatever button."""
    actor = case.world.mona if who == "mona" else case.olga
    await case.world.mona.click(case.desk.history()[0], custom_id=case.custom_id("report:dismiss"))
    form = await case.world.mona.click(case.desk.history()[-1], custom_id=case.custom_id("decline"))
    await case.world.mona.submit_modal(form, {"reason": "Not today"})
    before = await case.books()
    said = {name: await press(case, actor, name, case.room(case.world.channel)) for name in ("approve", "decline")}
    names = ("report:hide", "report:delete", "report:dismiss")
    reports = {name: await press(case, actor, name, case.room(case.world.channel)) for name in names}

    assert all(f"<@{case.world.mona.id}> declined it" in each for each in said.values()), said
    assert all("decided already" in each for each in reports.values()), reports
    assert await case.books() == before


async def test_what_was_erased_has_no_buttons_any_more(case: PressCase) -> None:
    """Alice had her data deleted: her request is nobody's to decide, her draft nobody's to run."""
    await case.world.app.bot.services.creative.privacy.ask_erasure(case.world.alice.id, with_messages=False)
    await forgotten(case.world, case.job)
    give_up = case.world.clock.monotonic() + PATIENCE_SECONDS
    while (books := await case.books())["uploads"] or books["images"]:
        # Images go a grace later, and would in the midst of the presses.
        assert case.world.clock.monotonic() < give_up
        await case.world.clock.sleep(1)
    names = tuple(sorted(OF_DRAFT | OF_APPROVAL))
    await refused(case, case.world.mona, names, case.room(case.world.channel), "moderator after an erasure")


Served = Callable[[PressCase], Awaitable[bool]]


async def _is_hidden(case: PressCase) -> bool:
    return (await case.world.app.stores.jobs.job(case.job.job_id)).taken_down_at is not None


async def _is_decided(case: PressCase) -> bool:
    return await case.world.app.stores.reports.count_open(case.world.guild_id) == 0


async def _is_approved(case: PressCase) -> bool:
    return len(await case.world.app.stores.jobs.jobs_of(case.world.guild_id, case.world.alice.id, limit=9)) == 2


@pytest.mark.parametrize(
    ("name", "done", "act"),
    [
        ("report:hide", _is_hidden, "report.hide"),
        ("report:delete", _is_hidden, "report.delete"),
        ("report:dismiss", _is_decided, "report.dismiss"),
        ("approve", _is_approved, "approve"),
    ],
)
async def test_a_named_role_decides(case: PressCase, name: str, done: Served, act: str) -> None:
    """The press of somebody with that role counts as a moderator's, and stands on record under their name."""
    message_of_it = case.desk.history()[-1 if name in OF_APPROVAL else 0]
    await case.olga.click(message_of_it, custom_id=case.custom_id(name))
    [newest, *_] = await case.world.app.stores.moderation.audit(case.world.guild_id, limit=1)

    assert await done(case)
    assert (newest.action, newest.actor_member_id) == (act, case.olga.id)
