"""What the bot may not do in a server's channels, found from what Discord says about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import discord

from bot.domain.rules import ServerRules
from bot.permissions import missing_from

_TO_TELL = frozenset({"View Channels", "Send Messages"})


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the bot may not do in a server, and what its rules name that is not there any more.

    `missing`: the permissions by channel; `unseen`: how many channels are hidden from it; `gone`: deleted roles and
    channels that are still set.
    """

    missing: Sequence[tuple[int, tuple[str, ...]]] = ()
    unseen: int = 0
    gone: frozenset[int] = frozenset()


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
    return Gaps((*seen, *told), unseen, _gone(guild, rules))


def unseen_in(guild: discord.Guild, rules: ServerRules) -> frozenset[int]:
    """The channels with rules that were deleted, and the threads that were deleted or archived."""
    named = (rule.channel_id for rule in rules.channels)
    return frozenset(each for each in named if guild.get_channel_or_thread(each) is None)


def _gaps_of_desk(guild: discord.Guild, rules: ServerRules) -> Iterator[tuple[int, tuple[str, ...]]]:
    """What is missing where moderators want to be told."""
    for channel_id in dict.fromkeys((rules.log_channel_id, rules.desk_channel_id)):
        channel = None if channel_id is None else guild.get_channel(channel_id)
        if channel is not None:
            missing = tuple(name for name in missing_from(channel.permissions_for(guild.me)) if name in _TO_TELL)
            if missing:
                yield channel.id, missing


def _gone(guild: discord.Guild, rules: ServerRules) -> frozenset[int]:
    """What is set and was deleted since."""
    channels = (rules.log_channel_id, rules.desk_channel_id)
    named = {each for each in channels if each is not None and guild.get_channel(each) is None}
    return frozenset(named | {each for each in rules.desk_role_ids if guild.get_role(each) is None})
