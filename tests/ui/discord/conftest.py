"""The scenes that several tests of Discord's side stand in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import simcord

from bot.client import EaselBot
from tests.ui.discord.conversation import Conversation, SampleServices, easel
from tests.ui.discord.messenger_case import JumpingClock, MessengerCase, messenger
from tests.ui.doubles import FakeFacts, FakeInteractions, FakeStrips
from tests.wire.discord_fake import FakeDiscord
from tests.wire.discord_probe import connected, furnish


@pytest.fixture
async def case() -> AsyncIterator[MessengerCase]:
    clock = JumpingClock()
    async with FakeDiscord(clock=clock) as fake:
        scene = furnish(fake)
        async with connected(fake) as probe:
            interactions, strips = FakeInteractions(), FakeStrips()
            fake.journal.clear()
            made = messenger(probe, interactions, strips, clock)
            yield MessengerCase(scene, probe, clock, interactions, strips, made)
            await made.close()
        fake.assert_clean()


@pytest.fixture
def services() -> SampleServices:
    return SampleServices()


@pytest.fixture
def missed() -> list[bool]:
    return []


@pytest.fixture
def simcord_bot(services: SampleServices, missed: list[bool]) -> EaselBot:
    return easel(services, FakeFacts(), missed)


@pytest.fixture
def conversation(simcord_env: simcord.Env, services: SampleServices, missed: list[bool]) -> Conversation:
    guild = simcord_env.create_guild()
    channel = guild.create_text_channel("studio")
    member = guild.add_member(simcord_env.create_user("alice"))
    return Conversation(simcord_env, member, channel, services, missed)
