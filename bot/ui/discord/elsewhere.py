"""Reads channels by REST where no cache has them: those of servers on another process's shard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeAlias, TypeVar

import discord
import structlog
from discord.abc import GuildChannel

from bot.domain.clock import Clock
from bot.ui.discord.posts import FAILURES

log = structlog.stdlib.get_logger(__name__)

KNOWN_SECONDS = 60.0
"""How long what Discord said of a channel is taken as it was."""

SAYS_WITHIN_SECONDS = 10.0
"""How long a picture waits for what Discord says of its channel; discord.py itself would wait for minutes."""

Place: TypeAlias = "GuildChannel | discord.Thread | discord.abc.PrivateChannel"

T = TypeVar("T")

_THREADS = frozenset({10, 11, 12})


class _ForAMinute(Generic[T]):
    """What Discord said of channels, remembered for a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[int, tuple[float, T]] = {}

    async def of(self, channel_id: int, ask: Callable[[], Awaitable[T]]) -> T:
        """What is known of a channel, else what `ask` brings; raises what that raises, and forgets it."""
        now = self._clock.monotonic()
        self._known = {each: known for each, known in self._known.items() if now - known[0] < KNOWN_SECONDS}
        if channel_id not in self._known:
            self._known[channel_id] = now, await ask()
        return self._known[channel_id][1]


class AgeLimits:
    """Whether channels are for adults only, asked of Discord and remembered for a minute."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._known = _ForAMinute[bool](clock)

    async def is_age_restricted(self, channel_id: int) -> bool:
        """Whether Discord shows it to adults only; False where it does not say."""
        try:
            async with asyncio.timeout(SAYS_WITHIN_SECONDS):
                return await self._known.of(channel_id, lambda: self._asked(channel_id))
        except FAILURES as error:
            log.info("channel.unknown", error=type(error).__name__)
            return False

    async def _asked(self, channel_id: int) -> bool:
        channel = await self._client.http.get_channel(channel_id)
        if channel["type"] in _THREADS and "parent_id" in channel:  # as restricted as its channel
            channel = await self._client.http.get_channel(channel["parent_id"] or channel_id)
        return bool(channel.get("nsfw", False))


def may_be_elsewhere(client: discord.Client) -> bool:
    """Whether what the cache does not know may be of another process's shard."""
    return client.shard_count is not None


def is_elsewhere(client: discord.Client, guild_id: int) -> bool:
    """Whether a server is one that only another process hears of."""
    return client.get_guild(guild_id) is None and may_be_elsewhere(client)


class KnownPlaces:
    """Channels with our rights in them, remembered for a minute where they had to be asked for."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._known = _ForAMinute[tuple[Place, discord.Permissions | None]](clock)

    async def place_of(self, guild_id: int, channel_id: int) -> tuple[Place, discord.Permissions | None]:
        """See `place_of`; it may be a minute old. Raises as that."""
        if not is_elsewhere(self._client, guild_id):
            return await place_of(self._client, guild_id, channel_id)
        return await self._known.of(channel_id, lambda: place_of(self._client, guild_id, channel_id))


async def place_of(client: discord.Client, guild_id: int, channel_id: int) -> tuple[Place, discord.Permissions | None]:
    """A channel with our rights in it, from the cache or by REST; None where the rights cannot be known.

    Raises:
        discord.DiscordException: Discord does not say.
    """
    if is_elsewhere(client, guild_id):
        return await _asked_place(client, guild_id, channel_id)
    channel = client.get_channel(channel_id) or await client.fetch_channel(channel_id)
    if not isinstance(channel, GuildChannel | discord.Thread) or client.user is None:
        return channel, None
    return channel, _rights(channel, channel.guild.get_member(client.user.id))


async def _asked_place(
    client: discord.Client, guild_id: int, channel_id: int
) -> tuple[Place, discord.Permissions | None]:
    guild = await client.fetch_guild(guild_id, with_counts=False)
    channel = await guild.fetch_channel(channel_id)
    if client.user is None:
        return channel, None
    ourselves = await guild.fetch_member(client.user.id)
    room = await guild.fetch_channel(channel.parent_id) if isinstance(channel, discord.Thread) else channel
    return channel, _rights(room, ourselves)


def _rights(channel: GuildChannel | discord.Thread, ourselves: discord.Member | None) -> discord.Permissions | None:
    if ourselves is None:
        return None
    try:
        return channel.permissions_for(ourselves)
    except discord.ClientException:  # a thread whose channel we do not see
        return None
