"""Reads actor and requester from an interaction."""

from __future__ import annotations

from typing import Any

import discord

from bot import texts
from bot.domain.errors import NotAllowed
from bot.domain.orders import Requester
from bot.services.rights import Actor


class NotInServer(NotAllowed):
    """A command that came from where there is no server, or from a place that Discord does not let us see."""

    def __init__(self) -> None:
        super().__init__(texts.rights.IN_SERVERS_ONLY)


def actor_of(interaction: discord.Interaction[Any]) -> Actor:
    """Who pressed or typed.

    Raises:
        NotInServer: there is no server around it.
    """
    if interaction.guild_id is None:
        raise NotInServer
    return Actor(
        interaction.user.id, interaction.guild_id, interaction.permissions.manage_guild, _roles_of(interaction.user)
    )


def requester_of(
    interaction: discord.Interaction[Any], member: discord.Member | discord.User | None = None
) -> Requester:
    """Whose budget counts, in which channel: the one who sent the command, or `member` where a moderator looks.

    Raises:
        NotInServer: there is no server around it.
    """
    who = member or interaction.user
    if interaction.guild_id is None or interaction.channel_id is None:
        raise NotInServer
    return Requester(
        member_id=who.id,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        purse_channel_id=purse_channel_of(interaction.channel, interaction.channel_id),
        role_ids=_roles_of(who),
    )


def _roles_of(who: discord.Member | discord.User) -> tuple[int, ...]:
    """The member's roles from the lowest to the highest, without the one that everybody has.

    `Member.roles` leaves out what is not in the cache: all of them between READY and the server's own data. Their
    ids come with each interaction. A role whose place is not known yet stands below the others: its limit counts.
    """
    if not isinstance(who, discord.Member):
        return ()
    known = [role.id for role in who.roles if not role.is_default()]
    sent = who._roles  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - discord.py has no other way to the bare ids
    return (*(role_id for role_id in sent if role_id not in known), *known)


def purse_channel_of(channel: object, channel_id: int) -> int:
    """The channel whose limits and purse apply: a thread or a forum's post counts as its channel."""
    return channel.parent_id if isinstance(channel, discord.Thread) else channel_id
