"""Reports of pictures in Discord: posted, renewed, and the reported messages covered, uncovered or removed."""

from __future__ import annotations

import discord

from bot import texts
from bot.domain.jobs import Job, MessageAt
from bot.domain.snapshots import JobSnapshot
from bot.services.moderation.reporting import ReportedPicture
from bot.services.ports.messages import Picture
from bot.ui.discord.files import picture_files
from bot.ui.discord.posts import Posts
from bot.ui.render.drawing import one_sentence
from bot.ui.render.jobs import render_job
from bot.ui.render.manage.reports import render_picture_report
from bot.ui.render.status import render_status


class DiscordReportDesk(Posts):
    """Implements `bot.services.moderation.reporting.ReportDesk`."""

    async def post(self, channel_id: int, reported: ReportedPicture) -> MessageAt | None:
        """See `ReportDesk.post`."""
        report = reported.report
        channel = self.channel(report.guild_id, channel_id)
        return await self.send(channel, render_picture_report(reported), f"p:{report.report_id}", _files(reported))

    async def renew(self, message: MessageAt, reported: ReportedPicture) -> None:
        """See `ReportDesk.renew`."""
        await self.edit(message, render_picture_report(reported), _files(reported))

    async def restate(self, message: MessageAt, snapshot: JobSnapshot) -> None:
        """See `ReportDesk.restate`."""
        await self.edit(message, render_status(snapshot))

    async def cover(self, message: MessageAt) -> bool:
        """See `ReportDesk.cover`."""
        return await self.edit(message, one_sentence(texts.reports.HIDDEN))

    async def uncover(self, message: MessageAt, job: Job, pictures: tuple[Picture, ...]) -> bool:
        """See `ReportDesk.uncover`."""
        return await self.edit(message, render_job(job, pictures), picture_files(pictures))


def _files(reported: ReportedPicture) -> list[discord.File]:
    return picture_files([] if reported.picture is None else [reported.picture])
