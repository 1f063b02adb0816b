"""A bot that holds one gateway connection per shard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.gateway import DiscordWebSocket

from bot.client import EaselBot, IdentifyGate
from bot.domain.shards import Shards


class _ShardedClient(discord.AutoShardedClient):
    """discord.py's client for several shards, without its way of connecting them: that is `bot.connection`'s."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sockets: dict[int, DiscordWebSocket] = {}
        self._connection.shard_ids = self.shard_ids or []

    async def close(self) -> None:
        """Leave Discord with every shard."""
        for socket in self.sockets.values():
            if socket.open:
                await socket.close(code=1000)
        await discord.Client.close(self)

    def _get_websocket(self, guild_id: int | None = None, *, shard_id: int | None = None) -> DiscordWebSocket:
        count = self.shard_count or 1
        return self.sockets[((guild_id or 0) >> 22) % count if shard_id is None else shard_id]


class ShardedBot(EaselBot, _ShardedClient):
    """Easel's bot on the shards of one process."""

    def __init__(self, *, shards: Shards, gates: Mapping[int, IdentifyGate], **options: Any) -> None:
        """Make a client that is not connected yet. `gates` paces the sessions of each shard; the rest as `EaselBot`."""
        super().__init__(shards=shards, **options)
        self._shards = shards
        self._gates = gates

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until a new session may be started."""
        del initial
        if shard_id is not None:
            await self._gates[shard_id].before_identify()

    @property
    def hears(self) -> bool:
        """Whether each of its shards is in a session now."""
        return self.is_ready() and all(each in self.sockets and self.sockets[each].open for each in self._shards.ids)
