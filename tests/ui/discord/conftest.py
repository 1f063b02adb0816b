"""The scenes that several tests of Discord's side stand in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.ui.discord.messenger_case import JumpingClock, MessengerCase, messenger
from tests.ui.doubles import FakeInteractions, FakeStrips
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
