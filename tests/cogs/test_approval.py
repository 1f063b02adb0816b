"""Asking a moderator: a request goes to their channel, and has one outcome, whoever presses and whatever restarts."""

from __future__ import annotations

import asyncio

import discord
import pytest

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.approvals import AlreadyDecided, Verdict
from bot.domain.budget import LimitKind
from bot.domain.clock import DAY, SECOND
from bot.domain.periods import Period
from bot.services.rights import Actor
from bot.ui.render.actions import ActionButton
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent
from tests.cogs.asking import handed_on, refused
from tests.cogs.doing import (
    button,
    buttons_of,
    count_of_jobs,
    file,
    leap,
    message_of,
    newest,
    press_button,
    restart,
    said,
    sent_prompts,
)
from tests.cogs.moderating import open_desk
from tests.cogs.seeing import all_closed, posted_in, public_messages

RED = file("red", "red.png")


async def audit_of(world: World) -> list[tuple[str, int | None, str | None]]:
    """What was done in the server, newest first: the act, by whom, and why."""
    rows = await world.app.stores.moderation.audit(world.guild_id, limit=20)
    return [(row.action, row.actor_member_id, row.reason) for row in rows]


class TestAsking:
    """From the refusal to the moderators' channel."""

    async def test_moderators_see_who_asks_what_for_how_much(self, world: World) -> None:
        """The request stands in their channel with its prompt, its price, and who asks where; nothing is held."""
        message = await handed_on(world, await open_desk(world), count=2)
        text = text_of(message)

        assert f"<@{world.alice.id}> asks in <#{world.channel.id}>" in text
        assert "> Winter" in text
        assert "**$0.16**" in text
        assert await count_of_jobs(world) == 0

    async def test_without_a_channel_it_says_how_to_set_one(self, world: World) -> None:
        """The member can tell a moderator what to do."""
        refusal = message_of(await refused(world))
        answer = await world.alice.click(refusal, custom_id=button(refusal, "ask"))

        assert "/manage settings" in said(answer)

    async def test_a_deleted_desk_channel_is_told(self, world: World) -> None:
        """Nothing is lost: once another channel is chosen, the same button asks there."""
        gone = await open_desk(world)
        real = world.app.bot.get_channel(gone.id)
        assert isinstance(real, discord.TextChannel)
        await real.delete()
        refusal = message_of(await refused(world))
        answer = await world.alice.click(refusal, custom_id=button(refusal, "ask"))

        assert "can\u2019t post in the moderators" in said(answer)

    async def test_one_refusal_asks_once(self, world: World) -> None:
        """Pressing again, also after a restart, posts nothing more."""
        await open_desk(world)
        refusal = message_of(await refused(world))
        await world.alice.click(refusal, custom_id=button(refusal, "ask"))
        await restart(world)
        leap(world, 5)
        again = await world.alice.click(refusal, custom_id=button(refusal, "ask"))

        assert "You asked already" in said(again)

    async def test_a_servers_own_limit_is_no_matter_for_asking(self, world: World) -> None:
        """Only a member's own limit can be approved beyond."""
        await world.app.stores.budgets.set_limit(
            world.guild_id, LimitKind.SERVER, 0, Period.MONTH, 0, by_member_id=world.mona.id, at=world.clock.now()
        )
        answer = await world.alice.slash(world.channel, "edit", prompt="Winter", image=RED)

        assert "Over" in said(answer)
        assert buttons_of(message_of(answer)) == []

    async def test_a_server_can_want_every_request_approved(self, world: World) -> None:
        """A member's request waits although there is room, and is paid from it; a moderator's runs."""
        channel = await open_desk(world)
        mona = Actor(world.mona.id, world.guild_id, can_manage=True)
        await world.app.bot.services.moderation.server_settings.set_approval(mona, wanted=True)
        answer = message_of(await world.alice.slash(world.channel, "edit", prompt="Winter", image=RED))

        assert "A moderator has to approve this" in text_of(answer)

        await world.alice.click(answer, custom_id=button(answer, "ask"))
        await press_button(world.mona, posted_in(channel), "approve")
        await world.mona.slash(world.channel, "edit", prompt="Summer", image=RED)
        await all_closed(world)

        assert sorted(sent_prompts(world)) == ["Summer", "Winter"]
        assert "grant" not in {
            entry.kind for entry in await world.app.stores.budgets.entries(world.guild_id, world.alice.id, 9)
        }


class TestDeciding:
    """One outcome."""

    async def test_approving_runs_it_for_whoever_asked(self, world: World) -> None:
        """In their channel, under their account, beyond their limit by exactly this; on record."""
        message = await handed_on(world, await open_desk(world), count=2)
        await restart(world)
        await press_button(world.mona, message, "approve")
        await all_closed(world)
        job = await newest(world)

        assert (job.member_id, job.channel_id, job.prompt, len(job.pictures)) == (
            world.alice.id,
            world.channel.id,
            "Winter",
            2,
        )
        assert ("approve", world.mona.id, None) in await audit_of(world)

        again = await world.alice.slash(world.channel, "edit", prompt="More", image=RED)
        assert "Over" in said(again)

    async def test_declining_tells_why(self, world: World) -> None:
        """Whoever asked gets the reason in a direct message; nothing runs."""
        message = await handed_on(world, await open_desk(world))
        form = await press_button(world.mona, message, "decline")
        await restart(world)
        answer = await world.mona.submit_modal(form, {"reason": "Not today"})

        assert "was told in a direct message" in said(answer)
        assert ("decline", world.mona.id, "Not today") in await audit_of(world)
        assert await count_of_jobs(world) == 0

    async def test_two_moderators_at_once_have_one_outcome(self, world: World) -> None:
        """One approval makes the job; the other finds it decided, and leaves no message behind."""
        message = await handed_on(world, await open_desk(world))
        services, approval_id = world.app.bot.services, button(message, "approve").split(":")[1]
        moderators = [Actor(each, world.guild_id, can_manage=True) for each in (world.mona.id, world.ben.id)]
        outcomes = await asyncio.gather(
            *(services.moderation.approvals.approve(approval_id, each, each.member_id) for each in moderators),
            services.moderation.approvals.decline(approval_id, moderators[1], "No"),
            return_exceptions=True,
        )
        await all_closed(world)
        lost = [each for each in outcomes if isinstance(each, AlreadyDecided)]
        decided = await services.moderation.approvals.decided(approval_id, moderators[0])

        assert len(lost) == len(outcomes) - 1
        assert await count_of_jobs(world) == int(decided.approval.verdict is Verdict.APPROVED)
        assert not [each for each in public_messages(world) if "it starts now" in text_of(each)]

    async def test_what_was_approved_cannot_be_declined(self, world: World) -> None:
        """A button that still stands somewhere says what was decided."""
        message = await handed_on(world, await open_desk(world))
        custom_id = button(message, "decline")
        await press_button(world.mona, message, "approve")
        await all_closed(world)
        answer = await world.mona.click(await with_button(world, custom_id), custom_id=custom_id)

        assert f"<@{world.mona.id}> approved it" in said(answer)

    @pytest.mark.parametrize("name", ["approve", "decline"])
    async def test_a_member_decides_nothing(self, world: World, name: str) -> None:
        """Not even their own request, wherever they find the button."""
        custom_id = button(await handed_on(world, await open_desk(world)), name)
        answer = await world.alice.click(await with_button(world, custom_id), custom_id=custom_id)

        assert "Only members with Manage Server" in said(answer)
        assert await count_of_jobs(world) == 0

    async def test_another_servers_moderator_decides_nothing(self, world: World) -> None:
        """The request does not exist there."""
        custom_id = button(await handed_on(world, await open_desk(world)), "approve")
        approval_id = custom_id.split(":")[1]
        stranger = Actor(world.mona.id, world.guild_id + 1, can_manage=True)
        with pytest.raises(Exception, match="seven days"):
            await world.app.bot.services.moderation.approvals.look(approval_id, stranger)

    async def test_a_server_limit_still_holds(self, world: World) -> None:
        """The moderator reads the refusal, and can approve once there is room."""
        message = await handed_on(world, await open_desk(world))
        await set_server_limit(world, 0)
        answer = await press_button(world.mona, message, "approve")

        assert "Over" in said(answer)
        assert await count_of_jobs(world) == 0

        await set_server_limit(world, 10_000_000)
        await press_button(world.mona, message, "approve")
        await all_closed(world)
        assert await count_of_jobs(world) == 1

    async def test_a_deleted_channel_is_told_to_the_moderator(self, world: World) -> None:
        """Nothing runs where nothing can be shown."""
        message = await handed_on(world, await open_desk(world))
        asked_in = world.app.bot.get_channel(world.channel.id)
        assert isinstance(asked_in, discord.TextChannel)
        await asked_in.delete()
        answer = await press_button(world.mona, message, "approve")

        assert "was deleted" in said(answer)
        assert await count_of_jobs(world) == 0

    async def test_after_seven_days_it_is_gone(self, world: World) -> None:
        """It waits longer than a draft, but not for ever."""
        message = await handed_on(world, await open_desk(world))
        approvals = world.app.bot.services.moderation.approvals
        approval_id = button(message, "approve").split(":")[1]
        mona = Actor(world.mona.id, world.guild_id, can_manage=True)
        leap(world, 6 * DAY / SECOND)
        await approvals.look(approval_id, mona)
        leap(world, DAY / SECOND)
        with pytest.raises(Exception, match="seven days"):
            await approvals.look(approval_id, mona)


async def set_server_limit(world: World, micros: int) -> None:
    """What the whole server may spend in a month."""
    await world.app.stores.budgets.set_limit(
        world.guild_id, LimitKind.SERVER, 0, Period.MONTH, micros, by_member_id=world.mona.id, at=world.clock.now()
    )


async def with_button(world: World, custom_id: str) -> discord.Message:
    """The same button in a public message, as a stale or foreign one."""
    channel = world.app.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.send(view=Layout(Accent.CALM).buttons(ActionButton(*custom_id.split(":"))).build())
