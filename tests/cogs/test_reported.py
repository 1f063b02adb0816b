"""The report queue: one moderator decides, in the message or from the overview, and everybody reads who did what."""

from __future__ import annotations

import asyncio

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.jobs import Job
from bot.domain.reports import Measure
from bot.domain.rules import RuleChange
from bot.services.rights import Actor
from bot.ui.render.actions import ActionButton
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent
from tests.cogs.doing import buttons_of, message_of, newest_result, painted_amid_talk, restart, said
from tests.cogs.seeing import PATIENCE_SECONDS


class Reported:
    """A picture of Alice's that Ben reported, and the channel where moderators read about it."""

    def __init__(self, world: World, job: Job, channel: ChannelHandle) -> None:
        self.world = world
        self.job = job
        self.channel = channel
        nora = world.env.create_user("nora")
        self.nora: MemberActor = world.env.guild.add_member(nora, roles=[world.env.guild.roles["Moderators"]])

    @property
    def message(self) -> discord.Message:
        """The report, as moderators see it now."""
        return self.channel.history()[-1]

    @property
    def result(self) -> discord.Message:
        """The reported message, as everybody sees it now."""
        assert self.job.result_message is not None
        return next(m for m in self.world.channel.history() if m.id == self.job.result_message.message_id)

    def button(self, measure: str, message: discord.Message | None = None) -> str:
        """The custom id of a button that is there now."""
        return next(each for each in buttons_of(message or self.message) if each.startswith(f"report:{measure}:"))

    async def acts(self) -> list[str]:
        """What stands on record, newest first."""
        rows = await self.world.app.stores.moderation.audit(self.world.guild_id, limit=9)
        return [row.action for row in rows if row.action.startswith(("report.", "block"))]


@pytest.fixture
async def case(world: World) -> Reported:
    job = await painted_amid_talk(world)
    channel = world.env.guild.create_text_channel("moderators")
    change = RuleChange("desk_channel_id", channel.id, None, str(channel.id))
    await world.app.stores.rules.set_rule(world.guild_id, change, by_member_id=world.mona.id, at=world.clock.now())
    await world.ben.context_menu(world.channel, "Report this picture", newest_result(world))
    job = await world.app.stores.jobs.job(job.job_id)
    return Reported(world, job, channel)


def status_of(case: Reported) -> str:
    """The line under the command."""
    at = case.job.status_message
    assert at is not None
    return text_of(next(each for each in case.world.channel.history() if each.id == at.message_id))


async def test_a_hidden_picture_can_be_shown_again(case: Reported) -> None:
    """Hide takes the picture out of its message; after a restart, Show again brings it back."""
    asked = text_of(case.message)
    assert f"> {case.job.prompt}" in asked
    assert f"by <@{case.world.alice.id}>" in asked
    assert [each.filename for each in case.message.attachments] == [f"SPOILER_easel-{case.job.job_id}.png"]

    await case.world.mona.click(case.message, custom_id=case.button("hide"))

    assert case.result.attachments == []
    assert "hidden this picture" in text_of(case.result)
    assert f"**Hidden** by <@{case.world.mona.id}>" in text_of(case.message)
    shown = said(await case.world.alice.slash(case.world.channel, "jobs show", job=case.job.job_id))
    assert "hidden by a moderator" in shown
    assert "· hidden by a moderator · " in status_of(case)
    assert "see the picture" not in status_of(case)
    assert "they can show it again or refund it" in shown
    assert "ready" not in shown
    assert "**hidden by a moderator**" in said(await case.world.alice.slash(case.world.channel, "jobs list"))

    await restart(case.world)
    await case.world.mona.click(case.message, custom_id=case.button("show"))

    assert await case.world.until(lambda: bool(case.result.attachments), PATIENCE_SECONDS)
    assert "**Shown again**" in text_of(case.message)
    assert "see the picture" in status_of(case)
    assert await case.acts() == ["report.show", "report.hide"]


async def test_delete_takes_the_messages_away(case: Reported) -> None:
    """The result goes; who decided stays under the report."""
    await case.world.mona.click(case.message, custom_id=case.button("delete"))
    left = {message.id for message in case.world.channel.history()}

    assert case.job.result_message is not None
    assert case.job.result_message.message_id not in left
    assert f"**Deleted** by <@{case.world.mona.id}>" in text_of(case.message)
    assert (await case.world.app.stores.jobs.job(case.job.job_id)).taken_down_at is not None


async def test_a_copy_is_deleted_with_its_result(case: Reported) -> None:
    """What /jobs show brought once more is known by its buttons."""
    copy = message_of(await case.world.alice.slash(case.world.channel, "jobs show", job=case.job.job_id))
    if copy.flags.ephemeral:
        bring = next(each for each in buttons_of(copy) if each.startswith("bring:"))
        copy = message_of(await case.world.alice.click(copy, custom_id=bring))
    await case.world.ben.context_menu(case.world.channel, "Report this picture", copy)
    await case.world.mona.click(case.message, custom_id=case.button("delete"))
    left = {message.id for message in case.world.channel.history()}

    assert case.job.result_message is not None
    assert left.isdisjoint({copy.id, case.job.result_message.message_id})


async def test_block_asks_why_and_keeps_the_requester_out(case: Reported) -> None:
    """The reason is read by whoever was blocked."""
    form = await case.world.mona.click(case.message, custom_id=case.button("block"))
    await case.world.mona.submit_modal(form, {"typed": "unwanted pictures"})
    answer = await case.world.alice.slash(case.world.channel, "gallery")

    assert "unwanted pictures" in said(answer)
    assert f"blocked** by <@{case.world.mona.id}>" in text_of(case.message)
    assert await case.acts() == ["block", "report.block"]


async def test_of_two_moderators_at_once_one_decides(case: Reported) -> None:
    """Both saw the same buttons; the second is refused, and one decision is on record and carried out."""
    world, reporting = case.world, case.world.app.bot.services.moderation.reporting
    [report] = await world.app.stores.reports.open_reports(world.guild_id, 9)
    number = report.report_id
    mona, nora = (Actor(each.id, world.guild_id, can_manage=True) for each in (world.mona, case.nora))
    outcomes = await asyncio.gather(
        reporting.decide(mona, number, Measure.DISMISS, 0),
        reporting.decide(nora, number, Measure.DELETE, 0),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["DecidedReport", "ReportDecided"]
    assert len(await case.acts()) == 1


async def test_a_button_that_was_seen_before_a_decision_does_nothing(case: Reported) -> None:
    """Whoever looks at an old message is told."""
    stale = case.button("dismiss")
    await case.world.mona.click(case.message, custom_id=case.button("hide"))
    old = await _with_button(case, stale)
    answer = await case.nora.click(old, custom_id=stale)

    assert "decided already" in said(answer)
    assert await case.acts() == ["report.hide"]


async def _with_button(case: Reported, custom_id: str) -> discord.Message:
    channel = case.world.app.bot.get_channel(case.world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = Layout(Accent.CALM).buttons(ActionButton(*custom_id.split(":"))).build()
    return await channel.send(view=view)


async def test_a_result_that_is_gone_gets_a_sentence(case: Reported) -> None:
    """The decision counts, and the moderator reads that there was nothing left to cover."""
    await case.result.delete()
    answer = await case.world.mona.click(case.message, custom_id=case.button("hide"))

    assert "gone already" in said(answer)
    assert await case.acts() == ["report.hide"]


async def test_the_overview_leads_to_open_reports(case: Reported) -> None:
    """It counts them; a decision there also changes the report's own message."""
    overview = await case.world.mona.slash(case.world.channel, "manage overview")

    assert "**Reported** 1" in said(overview)

    listed = message_of(await case.world.mona.click(message_of(overview), custom_id="desk:reported"))
    await case.world.mona.click(listed, custom_id=case.button("dismiss", listed))

    assert f"**Dismissed: nothing was done** by <@{case.world.mona.id}>" in text_of(case.message)
    assert "Reported" not in said(await case.world.mona.slash(case.world.channel, "manage overview"))


async def test_a_member_decides_nothing(case: Reported) -> None:
    """Whoever can see the message cannot act on it."""
    answer = await case.world.ben.click(case.message, custom_id=case.button("hide"))

    assert "Only members with Manage Server" in said(answer)
    assert case.result.attachments
