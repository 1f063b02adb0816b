"""Who may do what where: Discord's permission bits and the way it computes them (its Permissions page)."""

from __future__ import annotations

from enum import IntFlag

from tests.wire.discord_fake.world import Channel, ChannelKind, Guild, Member


class Permission(IntFlag):
    """The bits that matter to a bot that reads and writes messages."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    SEND_MESSAGES_IN_THREADS = 1 << 38


ALL = (1 << 50) - 1
MEMBER_DEFAULT = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What @everyone has in a fresh guild of the fake."""


def base_permissions(member: Member) -> int:
    """Compute what a member has in the guild before a channel's overwrites."""
    guild = member.guild
    if guild.owner_id == member.id:
        return ALL
    bits = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        bits |= guild.roles[role_id].permissions
    return ALL if bits & Permission.ADMINISTRATOR else bits


def permissions_in(member: Member, channel: Channel) -> int:
    """Compute what a member has in a channel; a thread takes its parent's, a direct message allows everything."""
    home = channel.parent if channel.is_thread and channel.parent is not None else channel
    if home.kind is ChannelKind.DM:
        return ALL
    bits = base_permissions(member)
    if bits == ALL:
        return bits
    bits = _overwrite(bits, home.overwrites.get(member.guild.id))
    denied = allowed = 0
    for role_id in member.role_ids:
        allow, deny = home.overwrites.get(role_id, (0, 0))
        allowed |= allow
        denied |= deny
    bits = (bits & ~denied) | allowed
    bits = _overwrite(bits, home.overwrites.get(member.id))
    return bits if bits & Permission.VIEW_CHANNEL else bits & ~int(MEMBER_DEFAULT)


def permissions_of(guild: Guild, user_id: int, channel: Channel) -> int:
    """Compute what a user has in a channel of a guild; nothing for one who is not its member."""
    member = guild.members.get(user_id)
    return permissions_in(member, channel) if member else 0


def _overwrite(bits: int, overwrite: tuple[int, int] | None) -> int:
    if overwrite is None:
        return bits
    allow, deny = overwrite
    return (bits & ~deny) | allow
