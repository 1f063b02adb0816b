"""A reported picture, as moderators and the one who reported it read about it."""

from __future__ import annotations

from discord import ui

from bot.services.desk_stores import PictureReport
from bot.ui.desk import texts
from bot.ui.layout import Layout
from bot.ui.theme import Accent, heading, relative, small


def render_reported() -> ui.LayoutView:
    """What is said to whoever reported it."""
    return Layout(Accent.CALM).text(heading(texts.REPORTED), texts.REPORTED_WHY).build()


def render_report(report: PictureReport) -> ui.LayoutView:
    """What the moderators read."""
    layout = Layout(Accent.WAITING).text(heading(texts.REPORT), report_line(report))
    return layout.text(small(relative(report.reported_at))).build()


def report_line(report: PictureReport) -> str:
    """A report in one line, for lists too."""
    link = f"https://discord.com/channels/{report.guild_id}/{report.channel_id}/{report.message_id}"
    job = texts.REPORT_JOB.format(job_id=report.job_id) if report.job_id else ""
    return texts.REPORT_LINE.format(
        link=link, channel_id=report.channel_id, reporter_id=report.reporter_id or 0, job=job
    )
