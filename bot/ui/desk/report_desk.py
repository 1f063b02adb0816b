"""Reports in Discord: posted, renewed, and the reported messages covered or removed, with the bot's own rights."""

from __future__ import annotations

import discord
import structlog

from bot.domain.jobs import MessageAt
from bot.domain.reports import PictureReport
from bot.ui.desk import texts
from bot.ui.desk.reports import render_report
from bot.ui.desk.showing import MessageRemover
from bot.ui.doors import reading
from bot.ui.drawing import drawn, one_sentence

log = structlog.stdlib.get_logger(__name__)

_NOBODY = discord.AllowedMentions.none()


class DiscordReportDesk(MessageRemover):
    """Implements `bot.services.reporting.ReportDesk`."""

    async def post(self, channel_id: int, report: PictureReport) -> MessageAt | None:
        """See `ReportDesk.post`."""
        channel = self._client.get_partial_messageable(channel_id, guild_id=report.guild_id)
        try:
            message = await channel.send(view=drawn(render_report(report)), allowed_mentions=_NOBODY)
        except discord.HTTPException as error:
            log.info("report.refused", code=error.code)
            return None
        return MessageAt(channel_id, message.id)

    async def renew(self, message: MessageAt, report: PictureReport) -> None:
        """See `ReportDesk.renew`."""
        await self._edit(message, render_report(report))

    async def cover(self, message: MessageAt) -> bool:
        """See `ReportDesk.cover`."""
        return await self._edit(message, one_sentence(texts.HIDDEN))

    async def _edit(self, message: MessageAt, view: discord.ui.LayoutView) -> bool:
        partial = self._client.get_partial_messageable(message.channel_id).get_partial_message(message.message_id)
        try:
            await partial.edit(view=drawn(view), attachments=[], allowed_mentions=_NOBODY)
        except discord.HTTPException as error:
            log.info("message.not_edited", why=type(reading(error)).__name__)
            return False
        return True
