"""How a test furnishes the world: guilds, roles, members, channels, threads, and rights given and taken."""

from __future__ import annotations

from tests.wire.discord_fake.permissions import MEMBER_DEFAULT, Permission
from tests.wire.discord_fake.world import Channel, ChannelKind, DiscordWorld, Guild, Member, Message, Role, User


def add_guild(world: DiscordWorld, name: str = "Atelier", *, tier: int = 0, owner: User | None = None) -> Guild:
    """Make a guild that has the bot, with a managed role, as its member."""
    owner = owner or world.add_user(f"owner-of-{name}")
    guild = Guild(world.ids.mint(), name, owner.id, tier)
    guild.roles[guild.id] = Role(guild.id, "@everyone", int(MEMBER_DEFAULT))
    managed = Role(world.ids.mint(), world.bot.name, int(MEMBER_DEFAULT), managed=True)
    guild.roles[managed.id] = managed
    world.guilds[guild.id] = guild
    for user, roles in ((owner, []), (world.bot, [managed.id])):
        guild.members[user.id] = Member(user, guild, roles, world.clock.now())
    world.announce("GUILD_CREATE", guild)
    return guild


def add_role(world: DiscordWorld, guild: Guild, name: str, permissions: int = 0) -> Role:
    """Make a role with these permission bits."""
    role = Role(world.ids.mint(), name, int(permissions))
    guild.roles[role.id] = role
    world.announce("GUILD_ROLE_CREATE", role)
    return role


def add_member(world: DiscordWorld, guild: Guild, name: str | User, *roles: Role) -> Member:
    """Let a (new) user join a guild with these roles."""
    user = name if isinstance(name, User) else world.add_user(name)
    member = Member(user, guild, [role.id for role in roles], world.clock.now())
    guild.members[user.id] = member
    return member


def add_moderator(world: DiscordWorld, guild: Guild, name: str) -> Member:
    """Let a user join whose role has *Manage Server*."""
    return add_member(world, guild, name, add_role(world, guild, f"{name}-moderates", Permission.MANAGE_GUILD))


def add_channel(
    world: DiscordWorld, guild: Guild, name: str = "studio", *, kind: ChannelKind = ChannelKind.TEXT, nsfw: bool = False
) -> Channel:
    """Make a text channel or a forum."""
    channel = Channel(world.ids.mint(), kind, name, guild, nsfw=nsfw, created_at=world.clock.now())
    world.channels[channel.id] = guild.channels[channel.id] = channel
    world.announce("CHANNEL_CREATE", channel)
    return channel


def add_thread(world: DiscordWorld, parent: Channel, name: str = "thread") -> Channel:
    """Make a thread of a text channel or a post of a forum."""
    thread = Channel(
        world.ids.mint(), ChannelKind.PUBLIC_THREAD, name, parent.guild, parent=parent, created_at=world.clock.now()
    )
    world.channels[thread.id] = thread
    if parent.guild:
        parent.guild.channels[thread.id] = thread
    world.announce("THREAD_CREATE", thread)
    return thread


def change_channel(
    world: DiscordWorld,
    channel: Channel,
    *,
    archived: bool | None = None,
    locked: bool | None = None,
    nsfw: bool | None = None,
) -> None:
    """Archive, lock or mark a channel, or take that back."""
    channel.archived = channel.archived if archived is None else archived
    channel.locked = channel.locked if locked is None else locked
    channel.nsfw = channel.nsfw if nsfw is None else nsfw
    world.announce("THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE", channel)


def overwrite(
    world: DiscordWorld, channel: Channel, who: Member | Role | User, *, allow: int = 0, deny: int = 0
) -> None:
    """Give or take rights in a channel, for a member, a role or a user such as the bot."""
    channel.overwrites[who.id] = (int(allow), int(deny))
    world.announce("CHANNEL_UPDATE", channel)


def give_role(world: DiscordWorld, member: Member, role: Role) -> None:
    """Give a member a role."""
    member.role_ids.append(role.id)
    world.announce("GUILD_MEMBER_UPDATE", member)


def leave(world: DiscordWorld, guild: Guild) -> None:
    """Throw the bot out of a guild."""
    for channel in guild.channels.values():
        world.channels.pop(channel.id, None)
    del world.guilds[guild.id]
    world.announce("GUILD_DELETE", guild)


def write(world: DiscordWorld, member: Member, channel: Channel, content: str) -> Message:
    """Let a member write a plain message."""
    message = Message(world.ids.mint(), channel, member.user, world.clock.now(), content)
    channel.messages[message.id] = message
    world.announce("MESSAGE_CREATE", message)
    return message
