"""Channels of servers whose shard another process holds: what the cache does not know is asked of Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator

import discord
import pytest
from discord.http import Route

from bot.ui.discord.channels import DiscordChannels
from bot.ui.discord.elsewhere import KNOWN_SECONDS, KnownPlaces, place_of
from tests.clocks import ManualClock
from tests.wire.discord_fake import Channel, FakeDiscord, Guild, build

READING = discord.Permissions(view_channel=True, read_message_history=True)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return build.add_guild(fake.world)


@pytest.fixture(autouse=True)
def _addressed(fake: FakeDiscord) -> Generator[None]:
    base, Route.BASE = Route.BASE, fake.api_base
    yield
    Route.BASE = base


async def logged_in(fake: FakeDiscord, *, shards: int | None = 2) -> discord.Client:
    """A client that was told of no server."""
    client = discord.Client(intents=discord.Intents(guilds=True), shard_count=shards)
    await client.login(fake.token)
    return client


@pytest.mark.parametrize("nsfw", [True, False])
async def test_age_limits(fake: FakeDiscord, guild: Guild, nsfw: bool) -> None:  # noqa: FBT001 - a parameter
    """A channel elsewhere, and a thread of it, is for adults only where Discord says so; it is asked once a minute."""
    channel = build.add_channel(fake.world, guild, nsfw=nsfw)
    thread = build.add_thread(fake.world, channel)
    client = await logged_in(fake)
    clock = ManualClock()
    channels = DiscordChannels(client, clock)

    assert await channels.is_age_restricted(channel.id) is nsfw
    assert await channels.is_age_restricted(thread.id) is nsfw
    asked = len(fake.journal.requests)
    assert await channels.is_age_restricted(channel.id) is nsfw
    assert len(fake.journal.requests) == asked
    channel.nsfw = not nsfw
    await clock.advance(KNOWN_SECONDS)
    assert await channels.is_age_restricted(channel.id) is not nsfw
    await client.close()


async def test_what_discord_does_not_say(fake: FakeDiscord) -> None:
    """A channel that Discord does not show is for everybody, so that nothing unsafe is shown there."""
    client = await logged_in(fake)

    assert not await DiscordChannels(client, ManualClock()).is_age_restricted(7)
    await client.close()


async def test_one_connection_asks_nobody(fake: FakeDiscord, guild: Guild) -> None:
    """A bot of one connection knows every channel: what it does not know is not asked for."""
    channel = build.add_channel(fake.world, guild, nsfw=True)
    client = await logged_in(fake, shards=None)
    asked = len(fake.journal.requests)

    assert not await DiscordChannels(client, ManualClock()).is_age_restricted(channel.id)
    assert len(fake.journal.requests) == asked
    await client.close()


async def test_rights_elsewhere(fake: FakeDiscord, guild: Guild) -> None:
    """Our rights in a channel elsewhere, and in its threads, are those that its server gives us."""
    channel = build.add_channel(fake.world, guild)
    thread = build.add_thread(fake.world, channel)
    client = await logged_in(fake)
    for each in (channel, thread):
        assert await rights(client, guild, each) >= READING

    unread = discord.Permissions(read_message_history=True).value
    build.overwrite(fake.world, channel, fake.world.bot, deny=unread)
    for each in (channel, thread):
        seen = await rights(client, guild, each)
        assert seen.view_channel
        assert not seen.read_message_history
    await client.close()


async def test_rights_are_asked_for_once_a_minute(fake: FakeDiscord, guild: Guild) -> None:
    """For what is only a nicety they are remembered: a busy channel elsewhere costs no three requests a picture."""
    channel = build.add_channel(fake.world, guild)
    client = await logged_in(fake)
    clock = ManualClock()
    places = KnownPlaces(client, clock)
    first = await places.place_of(guild.id, channel.id)
    asked = len(fake.journal.requests)

    assert await places.place_of(guild.id, channel.id) == first
    assert len(fake.journal.requests) == asked
    await clock.advance(KNOWN_SECONDS)
    await places.place_of(guild.id, channel.id)
    assert len(fake.journal.requests) > asked
    await client.close()


async def rights(client: discord.Client, guild: Guild, channel: Channel) -> discord.Permissions:
    found, known = await place_of(client, guild.id, channel.id)
    assert found.id == channel.id
    assert known is not None
    return known
