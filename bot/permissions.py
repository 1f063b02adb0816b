"""What the bot needs to be allowed in a server, and the link that invites it with exactly that."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import discord

EVERYWHERE = discord.Permissions(
    view_channel=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,  # after a restart the channel is searched for a result that may be there already
)
IN_CHANNELS = EVERYWHERE | discord.Permissions(send_messages=True)
IN_THREADS = EVERYWHERE | discord.Permissions(send_messages_in_threads=True)
"""Discord asks for one of the two ("Permissions", on threads): a read-only channel may have open threads."""

NEEDED = IN_CHANNELS | IN_THREADS

_OF_POSTS = (discord.ChannelType.forum, discord.ChannelType.media)
_THREADS = (
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
)
PLACES = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    *_OF_POSTS,
    *_THREADS,
)
"""Every kind of channel in which pictures can be asked for, or that holds posts in which they can."""


def needed_in(channel: object) -> discord.Permissions:
    """What the bot needs in a channel as the library knows it; a forum is all posts, which are threads."""
    is_thread = getattr(channel, "type", None) in (*_THREADS, *_OF_POSTS)
    return IN_THREADS if is_thread else IN_CHANNELS


def missing_from(granted: discord.Permissions, needed: discord.Permissions = NEEDED) -> tuple[str, ...]:
    """The needed permissions that are not granted, as Discord's English client names them: `Attach Files`."""
    if granted.administrator:
        return ()
    return tuple(_shown(name) for name, is_needed in needed if is_needed and not getattr(granted, name))


def missing_here(interaction: discord.Interaction[Any]) -> tuple[str, ...]:
    """What the bot lacks where an interaction comes from, as Discord says with it."""
    return missing_from(interaction.app_permissions, needed_in(interaction.channel))


def invite_url(application_id: int) -> str:
    """The address at which a server's owner adds the bot, for servers only (no user install)."""
    query = {
        "client_id": application_id,
        "permissions": NEEDED.value,
        "integration_type": 0,
        "scope": "bot applications.commands",
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def _shown(name: str) -> str:
    # discord.py still calls it by its name of old.
    return "View Channels" if name == "read_messages" else name.replace("_", " ").title().replace(" In ", " in ")
