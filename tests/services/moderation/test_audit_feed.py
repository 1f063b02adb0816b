"""The log channel is told what moderators did: in order, a few acts to a message, once, and never what was before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.domain.clock import MINUTE, SECOND
from bot.domain.rules import RuleChange
from bot.services.moderation.audit_feed import ACTS_IN_A_MESSAGE, PAUSE_SECONDS, AuditFeed
from bot.services.ports.messages import Unreachable
from tests.services.fake_messenger import FakeMessenger
from tests.services.parts import ANN, GUILD, Parts, open_parts

LOG, MODERATOR = 7_900, 13


@pytest.fixture(name="parts")
async def _parts(tmp_path: Path) -> AsyncGenerator[Parts]:
    async with open_parts(tmp_path) as parts:
        yield parts


async def freeze_and_thaw(parts: Parts, times: int) -> None:
    """Do `2 * times` acts."""
    for n in range(times):
        now = parts.clock.now()
        await parts.stores.moderation.freeze(GUILD, ANN, reason=f"reason {n}", by_member_id=MODERATOR, at=now)
        await parts.stores.moderation.unfreeze(GUILD, ANN, by_member_id=MODERATOR, at=now)


async def set_log(parts: Parts, channel_id: int | None) -> None:
    """Set or remove the log channel."""
    change = RuleChange("log_channel_id", channel_id, None, None if channel_id is None else str(channel_id))
    await parts.stores.rules.set_rule(GUILD, change, by_member_id=MODERATOR, at=parts.clock.now())


async def follow(parts: Parts, fake_messenger: FakeMessenger, milliseconds: int) -> None:
    """Let a new log follow the audit for a while, as after a restart."""
    running = asyncio.create_task(AuditFeed(parts.stores.audit_feed, fake_messenger, parts.clock).run())
    await parts.clock.settle()
    await parts.clock.advance(milliseconds / SECOND)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def told(fake_messenger: FakeMessenger) -> list[list[str]]:
    """The acts of each message."""
    return [[row.action for row in untold.rows] for untold in fake_messenger.told]


async def test_acts_are_told_in_order_and_once(parts: Parts) -> None:
    """Also across restarts; what was done before the channel was set is not told."""
    fake_messenger = FakeMessenger(parts.clock)
    await freeze_and_thaw(parts, 1)
    await set_log(parts, LOG)
    await follow(parts, fake_messenger, 0)
    await freeze_and_thaw(parts, 1)
    await follow(parts, fake_messenger, 0)
    await follow(parts, fake_messenger, MINUTE)

    assert told(fake_messenger) == [["log_channel"], ["freeze", "unfreeze"]]
    assert {untold.channel_id for untold in fake_messenger.told} == {LOG}


async def test_many_acts_are_one_message_that_says_how_many_more(parts: Parts) -> None:
    """The newest are shown."""
    fake_messenger = FakeMessenger(parts.clock)
    await set_log(parts, LOG)
    await freeze_and_thaw(parts, ACTS_IN_A_MESSAGE)
    await follow(parts, fake_messenger, MINUTE)
    (message,) = fake_messenger.told

    assert (len(message.rows), message.earlier) == (ACTS_IN_A_MESSAGE, 2 * ACTS_IN_A_MESSAGE + 1 - ACTS_IN_A_MESSAGE)
    assert message.rows[-1].action == "unfreeze"


async def test_a_closed_channel_is_left_alone_for_a_while(parts: Parts) -> None:
    """It is not knocked at every few seconds, and is told everything once it opens."""
    fake_messenger = FakeMessenger(parts.clock)
    fake_messenger.will("log_audit", Unreachable("hidden"))
    await set_log(parts, LOG)
    running = asyncio.create_task(AuditFeed(parts.stores.audit_feed, fake_messenger, parts.clock).run())
    await parts.clock.settle()
    for _ in range(5):
        await parts.clock.advance(PAUSE_SECONDS)
    early = list(fake_messenger.told)
    for _ in range(130):
        await parts.clock.advance(PAUSE_SECONDS)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert early == []
    assert told(fake_messenger) == [["log_channel"]]


async def test_without_a_log_channel_nothing_is_told(parts: Parts) -> None:
    """What was done while there was none stays in the audit alone."""
    fake_messenger = FakeMessenger(parts.clock)
    await set_log(parts, LOG)
    await follow(parts, fake_messenger, 0)
    await set_log(parts, None)
    await freeze_and_thaw(parts, 1)
    await follow(parts, fake_messenger, MINUTE)
    await set_log(parts, LOG)
    await follow(parts, fake_messenger, MINUTE)

    assert told(fake_messenger) == [["log_channel"], ["log_channel"]]
