"""Reports of pictures in Discord: posted, renewed, and the reported messages covered, uncovered or removed."""

from __future__ import annotations

from bot.domain.jobs import Job, MessageAt
from bot.domain.reports import PictureReport
from bot.services.ports.messages import Picture
from bot.ui.drawing import one_sentence
from bot.ui.files import picture_files
from bot.ui.jobs import render_job
from bot.ui.manage import texts
from bot.ui.manage.reports import render_report
from bot.ui.posts import Posts


class DiscordReportDesk(Posts):
    """Implements `bot.services.moderation.reporting.ReportDesk`."""

    async def post(self, channel_id: int, report: PictureReport) -> MessageAt | None:
        """See `ReportDesk.post`."""
        channel = self.channel(report.guild_id, channel_id)
        return await self.send(channel, render_report(report), f"p:{report.report_id}")

    async def renew(self, message: MessageAt, report: PictureReport) -> None:
        """See `ReportDesk.renew`."""
        await self.edit(message, render_report(report))

    async def cover(self, message: MessageAt) -> bool:
        """See `ReportDesk.cover`."""
        return await self.edit(message, one_sentence(texts.HIDDEN))

    async def uncover(self, message: MessageAt, job: Job, pictures: tuple[Picture, ...]) -> bool:
        """See `ReportDesk.uncover`."""
        return await self.edit(message, render_job(job, pictures), picture_files(pictures))
