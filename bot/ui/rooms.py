"""What Discord says about a channel before a flagged picture is shown in it."""

from __future__ import annotations

import discord


class DiscordRooms:
    """Implements `bot.services.settlement.Rooms` from the client's cache."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def is_age_restricted(self, channel_id: int) -> bool:
        """See `Rooms.is_age_restricted`; a thread is as restricted as its channel."""
        channel = self._client.get_channel(channel_id)
        if isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel):
            return channel.is_nsfw()
        return False
