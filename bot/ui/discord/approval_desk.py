"""Requests before the moderators, in Discord: posted, renewed, begun where they were asked, and their members told."""

from __future__ import annotations

import discord
import structlog
from discord import ui

from bot import texts
from bot.domain.jobs import MessageAt
from bot.services.creative.album import Album
from bot.services.moderation.approvals import Asked
from bot.ui.discord.calls import UNKNOWN_MEMBER, UNKNOWN_USER
from bot.ui.discord.files import strip_files
from bot.ui.discord.posts import FAILURES, Posts
from bot.ui.render.creative.approval import render_asked, render_declined
from bot.ui.render.drawing import one_sentence

log = structlog.stdlib.get_logger(__name__)


class DiscordApprovalDesk(Posts):
    """Implements `bot.services.moderation.approvals.ApprovalDesk`."""

    def __init__(self, client: discord.Client, album: Album) -> None:
        super().__init__(client)
        self._album = album

    async def post(self, channel_id: int, asked: Asked) -> MessageAt | None:
        """See `ApprovalDesk.post`."""
        view, files = await self._drawn(asked)
        channel = self.channel(asked.draft.guild_id, channel_id)
        return await self.send(channel, view, f"q:{asked.approval.approval_id}", files)

    async def renew(self, message: MessageAt, asked: Asked, problem: str = "") -> None:
        """See `ApprovalDesk.renew`."""
        await self.edit(message, *await self._drawn(asked, problem))

    async def begin(self, guild_id: int, channel_id: int, interaction_id: int) -> MessageAt | None:
        """See `ApprovalDesk.begin`."""
        view = one_sentence(texts.approvals.APPROVED_BEGINS)
        return await self.send(self.channel(guild_id, channel_id), view, f"b:{interaction_id}")

    async def is_here(self, guild_id: int, member_id: int) -> bool:
        """See `ApprovalDesk.is_here`."""
        try:
            await self._client.http.get_member(guild_id, member_id)
        except discord.NotFound as error:
            return error.code not in {UNKNOWN_MEMBER, UNKNOWN_USER}
        except FAILURES as error:
            log.info("member.not_looked_up", why=type(error).__name__)
        return True

    async def tell_declined(self, asked: Asked, reason: str) -> bool:
        """See `ApprovalDesk.tell_declined`."""
        channel = await self.direct(asked.approval.requester.member_id)
        if channel is None:
            return False
        return await self.send(channel, render_declined(asked, reason), f"n:{asked.approval.approval_id}") is not None

    async def _drawn(self, asked: Asked, problem: str = "") -> tuple[ui.LayoutView, list[discord.File]]:
        strip = await self._album.strip(asked.draft.all_references)
        return render_asked(asked, has_strip=strip is not None, problem=problem), strip_files(strip)
