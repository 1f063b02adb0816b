"""A fake Discord that speaks REST, gateway and CDN over real sockets and lets tests act as its members."""

from __future__ import annotations

from tests.wire.discord_fake.bodies import Upload
from tests.wire.discord_fake.clock import MovableClock
from tests.wire.discord_fake.faults import Fault, Kind
from tests.wire.discord_fake.openapi import OpenApi
from tests.wire.discord_fake.options import Refused
from tests.wire.discord_fake.permissions import Permission
from tests.wire.discord_fake.rate_limits import Bucket, RateLimits
from tests.wire.discord_fake.server import FakeDiscord
from tests.wire.discord_fake.views import buttons_of, images_of, text_of
from tests.wire.discord_fake.world import (
    Attachment,
    Channel,
    ChannelKind,
    DiscordWorld,
    Guild,
    Interaction,
    Member,
    Message,
    Role,
    User,
)

__all__ = [
    "Attachment",
    "Bucket",
    "Channel",
    "ChannelKind",
    "DiscordWorld",
    "FakeDiscord",
    "Fault",
    "Guild",
    "Interaction",
    "Kind",
    "Member",
    "Message",
    "MovableClock",
    "OpenApi",
    "Permission",
    "RateLimits",
    "Refused",
    "Role",
    "Upload",
    "User",
    "buttons_of",
    "images_of",
    "text_of",
]
