"""A reported picture, as moderators and the one who reported it read about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol, cast

import discord
from discord import ui

from bot.domain.reports import Measure, PictureReport
from bot.services.moderation.reporting import Decided, Reach, ReportDesk, Reporting
from bot.ui.about import JOB_ID
from bot.ui.answers import Answers
from bot.ui.desk import texts
from bot.ui.layout import Layout
from bot.ui.manage.forms import OneFieldForm
from bot.ui.manage.items import attempt
from bot.ui.people import presser_of
from bot.ui.theme import Accent, heading, relative, small

Interaction = discord.Interaction[Any]

_STYLES = {Measure.HIDE: discord.ButtonStyle.primary, Measure.DELETE: discord.ButtonStyle.danger}
_NAMES_JOB = re.compile(rf"[a-z]+:(?P<job_id>{JOB_ID})")


class ReportServices(Protocol):
    """The use case behind the buttons."""

    @property
    def reporting(self) -> Reporting:
        """Takes reports, and carries out decisions."""
        ...


class ReportClient(Protocol):
    """What the buttons need of the client that they are pressed in."""

    @property
    def services(self) -> ReportServices:
        """The use cases."""
        ...

    @property
    def answers(self) -> Answers:
        """The conversation at the door."""
        ...

    @property
    def report_desk(self) -> ReportDesk:
        """Discord, as far as reports need it."""
        ...


class ReportButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=r"report:(?P<what>(hide|show|delete|block|dismiss):\d{1,18}:\d{1,9})",
):
    """Decides about a report: the measure, the report's number, and how many decisions the presser has seen."""

    def __init__(self, what: str) -> None:
        measure, report_id, steps = what.split(":")
        self.measure, self.report_id, self.steps = Measure(measure), int(report_id), int(steps)
        style = _STYLES.get(self.measure, discord.ButtonStyle.secondary)
        super().__init__(ui.Button(label=texts.DECIDE[self.measure], style=style, custom_id=f"report:{what}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> ReportButton:
        """Read what is decided about which report from its custom id."""
        del interaction, item
        return cls(match["what"])

    async def callback(self, interaction: Interaction) -> None:
        """Decide; a block asks for its reason first."""
        await attempt(interaction, lambda _client: self._press(interaction))

    async def _press(self, interaction: Interaction) -> None:
        if self.measure is not Measure.BLOCK:
            await self._decide(interaction)
            return
        client = cast("ReportClient", interaction.client)
        await client.services.reporting.undecided(presser_of(interaction), self.report_id, self.measure, self.steps)
        form = OneFieldForm(texts.BLOCK_FORM, texts.BLOCK_FIELD, texts.BLOCK_HINT, self._block)
        await client.answers.show_form(interaction, form)

    async def _block(self, interaction: Interaction, reason: str) -> None:
        await attempt(interaction, lambda _client: self._decide(interaction, reason))

    async def _decide(self, interaction: Interaction, reason: str = "") -> None:
        client, presser = cast("ReportClient", interaction.client), presser_of(interaction)
        reporting = client.services.reporting
        await client.answers.take_note(interaction)
        decided = await reporting.decide(
            presser, self.report_id, self.measure, self.steps, client.report_desk, reason=reason
        )
        place = decided.report.desk_message
        if interaction.message is not None and place is not None and interaction.message.id == place.message_id:
            if decided.reach is not Reach.ALL:
                await client.answers.answer_privately(interaction, render_decided(decided))
            return
        await client.answers.redraw(interaction, render_reports(await reporting.open_reports(presser), decided))


def render_reported() -> ui.LayoutView:
    """What is said to whoever reported it."""
    return Layout(Accent.CALM).text(heading(texts.REPORTED), texts.REPORTED_WHY).build()


def render_report(report: PictureReport) -> ui.LayoutView:
    """What the moderators read: the report, who decided what and when, and what can be decided now."""
    accent = Accent.WAITING if report.measure is None else Accent.CALM
    layout = Layout(accent).text(heading(texts.REPORT), report_line(report), _decided_line(report))
    return layout.buttons(*_choices(report)).text(small(relative(report.reported_at))).build()


def render_reports(reports: Sequence[PictureReport], decided: Decided | None = None) -> ui.LayoutView:
    """The open reports, oldest first, each with its buttons; above them what was decided a moment ago."""
    layout = Layout(Accent.WAITING if reports else Accent.CALM).text(heading(texts.OPEN_REPORTS))
    if decided is not None:
        layout.text(report_line(decided.report), _decided_line(decided.report), _reached_line(decided))
        layout.buttons(*_choices(decided.report)).separator()
    for report in reports:
        layout.text(report_line(report), small(relative(report.reported_at))).buttons(*_choices(report))
    return layout.text("" if reports else texts.NO_OPEN_REPORTS).build()


def render_decided(decided: Decided) -> ui.LayoutView:
    """What whoever decided is told beside the report's own message."""
    return Layout(Accent.CALM).text(_decided_line(decided.report), _reached_line(decided)).build()


def report_line(report: PictureReport) -> str:
    """A report in one line, for lists too."""
    link = f"https://discord.com/channels/{report.guild_id}/{report.channel_id}/{report.message_id}"
    job = texts.REPORT_JOB.format(job_id=report.job_id) if report.job_id else ""
    return texts.REPORT_LINE.format(
        link=link, channel_id=report.channel_id, reporter_id=report.reporter_id or 0, job=job
    )


def job_named_in(components: Sequence[discord.Component]) -> str | None:
    """The job that the buttons of a message of ours are about: the only mark of a copy of a result."""
    for component in components:
        if isinstance(component, discord.Button):
            match = _NAMES_JOB.fullmatch(component.custom_id or "")
            if match is not None:
                return match["job_id"]
        inner: Sequence[discord.Component] = getattr(component, "children", ())
        named = job_named_in(inner)
        if named is not None:
            return named
    return None


def _choices(report: PictureReport) -> list[ReportButton]:
    return [ReportButton(f"{measure.value}:{report.report_id}:{report.steps}") for measure in report.choices]


def _decided_line(report: PictureReport) -> str:
    if report.measure is None or report.decided_at is None:
        return ""
    who = texts.A_MODERATOR if report.decided_by is None else f"<@{report.decided_by}>"
    return texts.DECIDED_LINE.format(what=texts.DECIDED[report.measure], who=who, when=relative(report.decided_at))


def _reached_line(decided: Decided) -> str:
    return texts.REACHED[decided.reach]
