"""The one message with which the bot begins in a server, and the place where it says it."""

from __future__ import annotations

import discord
from discord import ui

from bot.ui.layout import Layout
from bot.ui.manage import texts
from bot.ui.theme import Accent, heading, small


def render_welcome(missing: tuple[str, ...] = ()) -> ui.LayoutView:
    """Three steps for a moderator; `missing` are the permissions that the bot lacks where it says this."""
    layout = Layout(Accent.WORKING).text(heading(texts.WELCOME), texts.WELCOME_ABOUT).separator()
    layout.text(*texts.WELCOME_STEPS)
    if missing:
        layout.text(texts.WELCOME_MISSING.format(permissions=", ".join(missing)))
    return layout.text(small(texts.WELCOME_SMALL)).build()


def place_to_begin(guild: discord.Guild) -> discord.TextChannel | None:
    """Where moderators look first and the bot may write: the community's updates, the system's, the first channel."""
    channels = (guild.public_updates_channel, guild.system_channel, *guild.text_channels)
    return next((channel for channel in channels if channel is not None and _may_write(channel)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    granted = channel.permissions_for(channel.guild.me)
    return granted.view_channel and granted.send_messages
