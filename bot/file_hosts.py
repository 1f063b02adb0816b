"""Looks up Discord's file hosts, and says whether images can be fetched from where their names lead."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

from bot.domain.errors import OperatorError
from bot.media.guard import DISCORD_HOSTS, AllowedHosts, is_public, not_public_sentence
from bot.settings import Settings

_HTTPS_PORT = 443

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Gives the addresses of a name, or raises OSError."""


async def addresses_of(host: str) -> tuple[str, ...]:
    """What this machine's resolver makes of a name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(str(where[0]) for *_, where in found)


class FileHostsUnreachable(OperatorError):
    """No image can be fetched; the sentence says which name leads where, and what to do."""


async def judge_file_hosts(settings: Settings, resolve: Resolve) -> str:
    """Whether the names of Discord's file hosts lead to public addresses: nothing else is connected to.

    Raises:
        FileHostsUnreachable: they do not, or cannot be looked up.
    """
    listed = AllowedHosts.parse(",".join(settings.cdn_hosts))
    own = not settings.discord_api_base.startswith("https://discord.com/")
    for host in sorted(DISCORD_HOSTS):
        try:
            addresses = await resolve(host)
        except OSError as error:
            if own:  # Discord is somebody's own: so are its files
                continue
            raise FileHostsUnreachable(f"{host} cannot be looked up; images come from there.") from error
        inner = [] if listed.lists(host, _HTTPS_PORT) else [each for each in addresses if not is_public(each)]
        if inner:
            raise FileHostsUnreachable(not_public_sentence(host, inner[0]))
    return f"images are fetched from {', '.join(sorted(DISCORD_HOSTS | {host for host, _ in listed.entries}))}."
