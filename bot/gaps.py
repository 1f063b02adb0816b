"""What the bot is not allowed to do in a server's channels, found from what Discord says about them."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from bot.domain.rules import ServerRules
from bot.permissions import missing_from
from bot.ui.manage.settings import Gaps

_TO_TELL = frozenset({"View Channels", "Send Messages"})


def gaps_in(guild: discord.Guild, rules: ServerRules) -> Gaps:
    """What is missing wherever members could ask for pictures; channels hidden from the bot are only counted."""
    seen: list[tuple[int, tuple[str, ...]]] = []
    unseen = 0
    for channel in guild.channels:
        if not isinstance(channel, discord.TextChannel | discord.ForumChannel) or not rules.is_open(
            channel.id, channel.id
        ):
            continue
        granted = channel.permissions_for(guild.me)
        if not granted.view_channel:
            unseen += 1
        elif missing := missing_from(granted):
            seen.append((channel.id, missing))
    known = {channel_id for channel_id, _ in seen}
    told = [gap for gap in _gaps_of_desk(guild, rules) if gap[0] not in known]
    return Gaps((*seen, *told), unseen)


def _gaps_of_desk(guild: discord.Guild, rules: ServerRules) -> Iterator[tuple[int, tuple[str, ...]]]:
    """What is missing where moderators want to be told; a channel that was deleted lacks all of it."""
    for channel_id in dict.fromkeys((rules.log_channel_id, rules.desk_channel_id)):
        if channel_id is None:
            continue
        channel = guild.get_channel(channel_id)
        granted = discord.Permissions.none() if channel is None else channel.permissions_for(guild.me)
        missing = tuple(name for name in missing_from(granted) if name in _TO_TELL)
        if missing:
            yield channel_id, missing
