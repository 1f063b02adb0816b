"""What the bot needs to be allowed in a server, and the link that invites it with exactly that."""

from __future__ import annotations

from urllib.parse import urlencode

import discord

NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,  # after a restart the channel is searched for a result that may be there already
)


def missing_from(granted: discord.Permissions) -> tuple[str, ...]:
    """The needed permissions that are not granted, as Discord's English client names them: `Attach Files`."""
    if granted.administrator:
        return ()
    return tuple(_shown(name) for name, needed in NEEDED if needed and not getattr(granted, name))


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
