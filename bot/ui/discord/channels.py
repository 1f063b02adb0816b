"""Whether a channel is age-restricted, as Discord says."""

from __future__ import annotations

import discord

from bot.domain.clock import Clock
from bot.ui.discord.elsewhere import AgeLimits, may_be_elsewhere

_AGED = (
    discord.TextChannel,
    discord.Thread,
    discord.ForumChannel,
    discord.VoiceChannel,
    discord.StageChannel,
)


def is_age_restricted(channel: object) -> bool:
    """Whether Discord shows a channel to adults only; a thread is as restricted as its channel."""
    return isinstance(channel, _AGED) and channel.is_nsfw()


class DiscordChannels:
    """Implements `bot.services.jobs.places.Channels` from the client's cache, else by asking Discord."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._elsewhere = AgeLimits(client, clock)

    async def is_age_restricted(self, channel_id: int) -> bool:
        """See `Channels.is_age_restricted`."""
        channel = self._client.get_channel(channel_id)
        if channel is None and may_be_elsewhere(self._client):
            return await self._elsewhere.is_age_restricted(channel_id)
        return is_age_restricted(channel)


def place_to_begin(guild: discord.Guild) -> discord.TextChannel | None:
    """Where moderators look first and the bot may write: the community's updates, the system's, the first channel."""
    channels = (guild.public_updates_channel, guild.system_channel, *guild.text_channels)
    return next((channel for channel in channels if channel is not None and _may_write(channel)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    granted = channel.permissions_for(channel.guild.me)
    return granted.view_channel and granted.send_messages
