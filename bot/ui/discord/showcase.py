"""A server's showcase in Discord: pictures posted there, and found again after a crash."""

from __future__ import annotations

from datetime import UTC, datetime

import discord

from bot.domain.clock import MINUTE, SECOND
from bot.domain.jobs import Job, MessageAt
from bot.domain.shares import Share
from bot.services.ports.messages import CannotSearch, Picture, Unreachable
from bot.ui.discord.calls import reading
from bot.ui.discord.channels import DiscordChannels
from bot.ui.discord.elsewhere import place_of
from bot.ui.discord.files import DEFAULT_FILE_LIMIT, picture_files, share_of_request
from bot.ui.discord.posts import FAILURES, Posts
from bot.ui.render.creative.showcase import render_showcase, take_back_id

SEARCHED_MESSAGES = 1_000

_CLOCKS_DIFFER_BY = 10 * MINUTE
"""How far our clock may go ahead of Discord's."""


class DiscordShowcase(Posts):
    """Implements `bot.services.creative.showcase.ShowcaseChannel`."""

    def __init__(self, client: discord.Client, channels: DiscordChannels) -> None:
        super().__init__(client)
        self._channels = channels

    async def is_age_restricted(self, channel_id: int) -> bool:
        """See `ShowcaseChannel.is_age_restricted`."""
        return await self._channels.is_age_restricted(channel_id)

    def file_limit(self, guild_id: int) -> int:
        """See `ShowcaseChannel.file_limit`."""
        guild = self._client.get_guild(guild_id)
        return share_of_request(1, largest=DEFAULT_FILE_LIMIT if guild is None else guild.filesize_limit)

    async def post(self, share: Share, job: Job, picture: Picture) -> MessageAt:
        """See `ShowcaseChannel.post`."""
        channel = self.channel(share.guild_id, share.channel_id)
        view, files = render_showcase(job, share, picture), picture_files([picture])
        return await self.deliver(channel, view, f"s:{share.share_id}", files)

    async def find(self, share: Share) -> MessageAt | None:
        """See `ShowcaseChannel.find`. Where more was written since than is looked through, nobody can say either."""
        since = datetime.fromtimestamp((share.shared_at - _CLOCKS_DIFFER_BY) / SECOND, UTC)
        seen = 0
        try:
            channel = await self._searchable(share)
            async for message in channel.history(limit=SEARCHED_MESSAGES, after=since, oldest_first=False):
                seen += 1
                if self._shows(message, share):
                    return MessageAt(message.channel.id, message.id)
        except FAILURES as error:
            raise reading(error) from error
        if seen == SEARCHED_MESSAGES:
            raise CannotSearch
        return None

    async def _searchable(self, share: Share) -> discord.TextChannel:
        channel, rights = await place_of(self._client, share.guild_id, share.channel_id)
        if not isinstance(channel, discord.TextChannel) or rights is None:
            raise CannotSearch
        if not rights.view_channel:
            raise Unreachable("the channel is hidden from us")
        # Without this right Discord answers with an empty history instead of a refusal.
        if not rights.read_message_history:
            raise CannotSearch
        return channel

    def _shows(self, message: discord.Message, share: Share) -> bool:
        ours = self._client.user is not None and message.author.id == self._client.user.id
        return ours and take_back_id(share) in _custom_ids(message)


def _custom_ids(message: discord.Message) -> set[str | None]:
    return {
        item.custom_id
        for container in message.components
        if isinstance(container, discord.Container)
        for row in container.children
        if isinstance(row, discord.ActionRow)
        for item in row.children
        if isinstance(item, discord.Button)
    }
