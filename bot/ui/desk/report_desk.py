"""Reports in Discord: posted, renewed, and the reported messages covered or removed, with the bot's own rights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog

from bot.domain.jobs import Job, MessageAt
from bot.domain.reports import PictureReport
from bot.services.ports.messages import NotNow, Picture
from bot.ui.desk import texts
from bot.ui.desk.reports import render_report
from bot.ui.desk.showing import picture_files
from bot.ui.doors import reading
from bot.ui.drawing import drawn, one_sentence
from bot.ui.jobs import render_job

log = structlog.stdlib.get_logger(__name__)

_NOBODY = discord.AllowedMentions.none()


class DiscordReportDesk:
    """Implements `bot.services.moderation.reporting.ReportDesk`."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

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

    async def uncover(self, message: MessageAt, job: Job, pictures: tuple[Picture, ...]) -> bool:
        """See `ReportDesk.uncover`."""
        return await self._edit(message, render_job(job, pictures), pictures)

    async def remove(self, message: MessageAt) -> bool:
        """See `ReportDesk.remove`."""
        return await self._reach(self._partial(message).delete)

    async def _edit(self, message: MessageAt, view: discord.ui.LayoutView, pictures: tuple[Picture, ...] = ()) -> bool:
        partial = self._partial(message)
        return await self._reach(
            lambda: partial.edit(view=drawn(view), attachments=picture_files(pictures), allowed_mentions=_NOBODY)
        )

    async def _reach(self, call: Callable[[], Awaitable[object]]) -> bool:
        try:
            await call()
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            meaning = reading(error)
            log.info("report.message_out_of_reach", why=type(meaning).__name__)
            if isinstance(meaning, NotNow):
                raise meaning from error
            return False
        return True

    def _partial(self, message: MessageAt) -> discord.PartialMessage:
        return self._client.get_partial_messageable(message.channel_id).get_partial_message(message.message_id)
