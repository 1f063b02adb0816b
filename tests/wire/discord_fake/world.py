"""What exists: guilds, roles, members, channels, messages, commands; a connected bot hears of changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from bot.domain.clock import Clock, Instant
from tests.wire.discord_fake.ids import Snowflakes
from tests.wire.discord_fake.shapes import Json

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15

_MIB = 1024 * 1024
_FILE_LIMITS = {0: 10 * _MIB, 1: 10 * _MIB, 2: 50 * _MIB, 3: 100 * _MIB}


class ChannelKind(IntEnum):
    """Discord's channel types, by the numbers on the wire."""

    TEXT = 0
    DM = 1
    FORUM = 15
    PUBLIC_THREAD = 11


@dataclass(slots=True, eq=False)
class User:
    """One account."""

    id: int
    name: str
    bot: bool = False
    dms_closed: bool = False

    @property
    def mention(self) -> str:
        """The text that mentions them."""
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild; the one with the guild's own id is @everyone."""

    id: int
    name: str
    permissions: int
    managed: bool = False


@dataclass(slots=True, eq=False)
class Guild:
    """A server with its premium tier (0-3), from which its file-size limit follows."""

    id: int
    name: str
    owner_id: int
    tier: int = 0
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    members: dict[int, Member] = field(default_factory=dict[int, "Member"])
    channels: dict[int, Channel] = field(default_factory=dict[int, "Channel"])

    @property
    def file_limit(self) -> int:
        """Bytes that one file may have here."""
        return _FILE_LIMITS[self.tier]


@dataclass(slots=True, eq=False)
class Member:
    """A user in a guild."""

    user: User
    guild: Guild
    role_ids: list[int]
    joined_at: Instant

    @property
    def id(self) -> int:
        """The user's id."""
        return self.user.id


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel, forum, thread (also a forum's post) or direct message."""

    id: int
    kind: ChannelKind
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    recipient: User | None = None
    nsfw: bool = False
    archived: bool = False
    locked: bool = False
    created_at: Instant = 0
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    messages: dict[int, Message] = field(default_factory=dict[int, "Message"])

    @property
    def is_thread(self) -> bool:
        """Whether it hangs below another channel."""
        return self.kind is ChannelKind.PUBLIC_THREAD

    @property
    def file_limit(self) -> int:
        """Bytes that one file may have here."""
        return self.guild.file_limit if self.guild else _FILE_LIMITS[0]


@dataclass(slots=True, eq=False)
class Attachment:
    """A stored file; `ephemeral` ones came in with a command or a form."""

    id: int
    channel_id: int
    filename: str
    data: bytes
    content_type: str
    width: int | None = None
    height: int | None = None
    ephemeral: bool = False
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What a message said from `at` on."""

    at: Instant
    text: str


@dataclass(slots=True, eq=False)
class Message:
    """A message; `visible_to` is the one member who sees an ephemeral one, `pinged` whom its creation notified."""

    id: int
    channel: Channel
    author: User
    created_at: Instant
    content: str = ""
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    flags: int = 0
    reactions: list[str] = field(default_factory=list[str])
    edited_at: Instant | None = None
    deleted: bool = False
    nonce: str | None = None
    reference_id: int | None = None
    interaction: Interaction | None = None
    visible_to: int | None = None
    pinged: frozenset[str] = frozenset()
    revisions: list[Revision] = field(default_factory=list[Revision])

    @property
    def loading(self) -> bool:
        """Whether it still reads "is thinking…"."""
        return bool(self.flags & LOADING)


@dataclass(slots=True, eq=False)
class Interaction:
    """One thing that a member did with the bot, and how the bot answered it.

    `response` is the callback's type (4-9) or None while there is none; `original` is the message behind `@original`.
    """

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    data: Json
    created_at: Instant
    source: Message | None = None
    response: int | None = None
    responded_at: Instant | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list[Message])
    modal: Json | None = None
    choices: list[Json] | None = None
    deliveries: int = 0

    @property
    def messages(self) -> list[Message]:
        """Every message that answered it and still stands."""
        found = [self.original] if self.original else []
        return [message for message in [*found, *self.followups] if not message.deleted]


Listener: TypeAlias = Callable[[str, "Channel | Guild | Member | Message | Role"], None]
"""Called with a gateway event's name and what it is about."""


class DiscordWorld:
    """All that exists, and the changes that a test makes to it; a bot that is connected hears of them."""

    def __init__(self, clock: Clock, *, bot_name: str = "Easel") -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.application_id = self.ids.mint()
        self.bot = User(self.application_id, bot_name, bot=True)
        self.operator = User(self.ids.mint(), "operator")
        self.users: dict[int, User] = {self.bot.id: self.bot, self.operator.id: self.operator}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.commands: dict[int, list[Json]] = {0: []}
        """Synced commands by guild id; 0 holds the global ones."""
        self.interactions: dict[str, Interaction] = {}
        """By token, in the order in which they happened."""
        self.listener: Listener | None = None

    def announce(self, event: str, subject: Channel | Guild | Member | Message | Role) -> None:
        """Tell a connected bot of a change."""
        if self.listener:
            self.listener(event, subject)

    def add_user(self, name: str, *, dms_closed: bool = False) -> User:
        """Make an account."""
        user = User(self.ids.mint(), name, dms_closed=dms_closed)
        self.users[user.id] = user
        return user

    def direct_channel(self, user: User) -> Channel:
        """Find or open the direct messages between the bot and a user."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.ids.mint(), ChannelKind.DM, user.name, recipient=user, created_at=self.clock.now())
        self.channels[channel.id] = channel
        return channel

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel with its threads."""
        for thread in [each for each in self.channels.values() if each.parent is channel and each.is_thread]:
            self.delete_channel(thread)
        del self.channels[channel.id]
        if channel.guild:
            del channel.guild.channels[channel.id]
        self.announce("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)

    def delete_message(self, message: Message) -> None:
        """Delete a message, as a moderator would."""
        message.deleted = True
        message.channel.messages.pop(message.id, None)
        self.announce("MESSAGE_DELETE", message)

    def all_messages(self) -> Iterator[Message]:
        """Every message that stands, in every channel, oldest first."""
        for channel in self.channels.values():
            yield from channel.messages.values()
