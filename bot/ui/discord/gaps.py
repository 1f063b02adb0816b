"""Which permissions the bot lacks in a server's channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import discord

from bot.domain.rules import ServerRules
from bot.permissions import IN_THREADS, PLACES, missing_from, needed_in
from bot.ui.render.manage.settings import Gaps

_TO_TELL = discord.Permissions(view_channel=True, send_messages=True)


def gaps_in(guild: discord.Guild, rules: ServerRules) -> Gaps:
    """What is missing wherever members could ask for pictures; channels hidden from the bot are only counted."""
    seen: dict[int, tuple[str, ...]] = {}
    unseen = 0
    for channel in guild.channels:
        if channel.type not in PLACES or not rules.is_open(channel.id, channel.id):
            continue
        granted = _granted(channel)
        if not granted.view_channel:
            unseen += 1
        elif missing := missing_from(granted, needed_in(channel)):
            seen[channel.id] = missing
    seen |= dict(_gaps_of_threads(guild, rules, seen))
    told = [gap for gap in _gaps_of_desk(guild, rules) if gap[0] not in seen]
    return Gaps((*seen.items(), *told), unseen, _gone(guild, rules))


def unseen_in(guild: discord.Guild, rules: ServerRules) -> frozenset[int]:
    """The channels with rules that were deleted, and the threads that were deleted or archived."""
    named = (rule.channel_id for rule in rules.channels)
    return frozenset(each for each in named if guild.get_channel_or_thread(each) is None)


def _gaps_of_threads(
    guild: discord.Guild, rules: ServerRules, of_channels: Mapping[int, tuple[str, ...]]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """What is missing in open threads and not in their channel: one permission counts only there."""
    for thread in guild.threads:
        channel = thread.parent
        if channel is None or not rules.is_open(thread.id, channel.id):
            continue
        granted = _granted(channel)
        told = of_channels.get(channel.id, ())
        missing = tuple(name for name in missing_from(granted, IN_THREADS) if name not in told)
        if granted.view_channel and missing:
            yield thread.id, missing


def _gaps_of_desk(guild: discord.Guild, rules: ServerRules) -> Iterator[tuple[int, tuple[str, ...]]]:
    """What is missing where moderators want to be told."""
    for channel_id in dict.fromkeys((rules.log_channel_id, rules.desk_channel_id, rules.showcase_channel_id)):
        channel = None if channel_id is None else guild.get_channel(channel_id)
        if channel is not None:
            missing = missing_from(_granted(channel), _TO_TELL)
            if missing:
                yield channel.id, missing


def _granted(channel: discord.abc.GuildChannel) -> discord.Permissions:
    """What a channel's settings allow the bot; its own `permissions_for` takes files and embeds with *Send Messages*.

    A thread goes by another permission, so that in a read-only channel it may show pictures all the same.
    """
    return discord.abc.GuildChannel.permissions_for(channel, channel.guild.me)


def _gone(guild: discord.Guild, rules: ServerRules) -> frozenset[int]:
    """What is set and was deleted since."""
    channels = (rules.log_channel_id, rules.desk_channel_id, rules.showcase_channel_id)
    named = {each for each in channels if each is not None and guild.get_channel(each) is None}
    return frozenset(named | {each for each in rules.desk_role_ids if guild.get_role(each) is None})
