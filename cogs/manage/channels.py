"""`/manage channels …`: where pictures may be made."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from bot.domain.rules import ChannelAccess
from bot.ui.discord.people import actor_of
from bot.ui.handlers.manage.settings import show_channels
from bot.ui.handlers.options import PlaceOption
from bot.ui.handlers.presses import press_of
from bot.ui.render.manage.rules import render_access
from cogs.manage.family import ManageFamily

_WHERE = "A channel, a forum, or one thread"


class ChannelCommands(ManageFamily):
    """The channel rules of `/manage`."""

    channels = app_commands.Group(name="channels", description="Where pictures may be made")

    @channels.command()
    @app_commands.describe(channel=_WHERE)
    async def allow(self, interaction: Interaction, channel: PlaceOption) -> None:
        """Pictures here; once a channel is allowed, only there."""
        await self._set(interaction, channel.id, ChannelAccess.ALLOW)

    @channels.command()
    @app_commands.describe(channel=_WHERE)
    async def deny(self, interaction: Interaction, channel: PlaceOption) -> None:
        """No pictures here, nor in its threads."""
        await self._set(interaction, channel.id, ChannelAccess.DENY)

    @channels.command()
    @app_commands.describe(channel=_WHERE)
    async def clear(self, interaction: Interaction, channel: PlaceOption) -> None:
        """Neither allowed nor denied by itself."""
        await self._set(interaction, channel.id, None)

    @channels.command(name="list")
    async def list_channels(self, interaction: Interaction) -> None:
        """Which channels have rules of their own."""
        await show_channels(press_of(interaction))

    async def _set(self, interaction: Interaction, channel_id: int, access: ChannelAccess | None) -> None:
        settings = self.bot.services.moderation.server_settings
        is_new = await settings.set_access(actor_of(interaction), channel_id, access)
        await self.bot.answers.answer_privately(interaction, render_access(channel_id, access, is_new=is_new))
