"""Reported pictures, as moderators read about them, with what they can decide."""

from __future__ import annotations

import re
from collections.abc import Sequence

import discord
from discord import ButtonStyle, ui

from bot import texts
from bot.domain.reports import Measure, PictureReport
from bot.services.moderation.reporting import DecidedReport, ReportedPicture
from bot.ui.render import about
from bot.ui.render.about import JOB_ID
from bot.ui.render.actions import ActionButton
from bot.ui.render.layout import Layout
from bot.ui.render.result import attached
from bot.ui.render.theme import Accent, heading, relative, small

_STYLES = {Measure.HIDE: ButtonStyle.primary, Measure.DELETE: ButtonStyle.danger}
_NAMES_JOB = re.compile(rf"[a-z]+:(?P<job_id>{JOB_ID})")


def render_picture_report(reported: ReportedPicture) -> ui.LayoutView:
    """What the moderators read: the picture, covered, its request, who decided what and when, what can be decided."""
    report, job = reported.report, reported.job
    accent = Accent.WAITING if report.measure is None else Accent.CALM
    layout = Layout(accent).text(heading(texts.reports.REPORTED_PICTURE), report_line(report), _decided_line(report))
    layout.gallery(attached([] if reported.picture is None else [reported.picture]))
    if job is not None:
        count = texts.results.PICTURES.format(count=len(job.pictures))
        layout.text(about.quoted_prompt(job), small(about.asked(job), count))
    return layout.buttons(*_choices(report)).text(small(relative(report.reported_at))).build()


def render_reports(reports: Sequence[PictureReport], decided: DecidedReport | None = None) -> ui.LayoutView:
    """The open reports, oldest first, each with its buttons; above them what was decided a moment ago."""
    layout = Layout(Accent.WAITING if reports else Accent.CALM).text(heading(texts.reports.REPORTED_PICTURES))
    if decided is not None:
        layout.text(report_line(decided.report), _decided_line(decided.report), _reached_line(decided))
        layout.buttons(*_choices(decided.report)).separator()
    for report in reports:
        layout.text(report_line(report), small(relative(report.reported_at))).buttons(*_choices(report))
    return layout.text("" if reports else texts.reports.NO_REPORTED_PICTURES).build()


def render_decided(decided: DecidedReport) -> ui.LayoutView:
    """What whoever decided is told beside the report's own message."""
    return Layout(Accent.CALM).text(_decided_line(decided.report), _reached_line(decided)).build()


def report_line(report: PictureReport) -> str:
    """A report in one line, for lists too."""
    link = f"https://discord.com/channels/{report.guild_id}/{report.channel_id}/{report.message_id}"
    who = texts.audit.SOMEBODY if report.reporter_id is None else f"<@{report.reporter_id}>"
    if report.job_id is None:
        return texts.reports.REPORT_LINE.format(link=link, channel_id=report.channel_id, who=who)
    return texts.reports.REPORT_LINE_OF_JOB.format(
        link=link, channel_id=report.channel_id, who=who, job_id=report.job_id
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


def _choices(report: PictureReport) -> list[ActionButton]:
    """What can be decided now; each button also says how many decisions whoever presses it has seen."""
    return [
        ActionButton(
            "report",
            measure.value,
            report.report_id,
            report.steps,
            label=texts.reports.DECIDE[measure],
            style=_STYLES.get(measure, ButtonStyle.secondary),
        )
        for measure in report.choices
    ]


def _decided_line(report: PictureReport) -> str:
    if report.measure is None or report.decided_at is None:
        return ""
    who = texts.reports.A_MODERATOR if report.decided_by is None else f"<@{report.decided_by}>"
    return texts.reports.DECIDED_LINE.format(
        what=texts.reports.DECIDED[report.measure], who=who, when=relative(report.decided_at)
    )


def _reached_line(decided: DecidedReport) -> str:
    return texts.reports.REACHED[decided.reach]
