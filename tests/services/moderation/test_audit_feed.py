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
from tests.services.desk import ANN, GUILD, Desk, open_desk
from tests.services.fake_messenger import FakeMessenger

LOG, MODERATOR = 7_900, 13


@pytest.fixture(name="desk")
async def _desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    async with open_desk(tmp_path) as desk:
        yield desk


async def freeze_and_thaw(desk: Desk, times: int) -> None:
    """Do `2 * times` acts."""
    for n in range(times):
        now = desk.clock.now()
        await desk.stores.moderation.freeze(GUILD, ANN, reason=f"reason {n}", by_member_id=MODERATOR, at=now)
        await desk.stores.moderation.unfreeze(GUILD, ANN, by_member_id=MODERATOR, at=now)


async def set_log(desk: Desk, channel_id: int | None) -> None:
    """Set or remove the log channel."""
    change = RuleChange("log_channel_id", channel_id, None, None if channel_id is None else str(channel_id))
    await desk.stores.rules.set_rule(GUILD, change, by_member_id=MODERATOR, at=desk.clock.now())


async def follow(desk: Desk, fake_messenger: FakeMessenger, milliseconds: int) -> None:
    """Let a new log follow the audit for a while, as after a restart."""
    running = asyncio.create_task(AuditFeed(desk.stores.audit_feed, fake_messenger, desk.clock).run())
    await desk.clock.settle()
    await desk.clock.advance(milliseconds / SECOND)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def told(fake_messenger: FakeMessenger) -> list[list[str]]:
    """The acts of each message."""
    return [[row.action for row in untold.rows] for untold in fake_messenger.told]


async def test_acts_are_told_in_order_and_once(desk: Desk) -> None:
    """Also across restarts; what was done before the channel was set is not told."""
    fake_messenger = FakeMessenger(desk.clock)
    await freeze_and_thaw(desk, 1)
    await set_log(desk, LOG)
    await follow(desk, fake_messenger, 0)
    await freeze_and_thaw(desk, 1)
    await follow(desk, fake_messenger, 0)
    await follow(desk, fake_messenger, MINUTE)

    assert told(fake_messenger) == [["log_channel"], ["freeze", "unfreeze"]]
    assert {untold.channel_id for untold in fake_messenger.told} == {LOG}


async def test_many_acts_are_one_message_that_says_how_many_more(desk: Desk) -> None:
    """The newest are shown."""
    fake_messenger = FakeMessenger(desk.clock)
    await set_log(desk, LOG)
    await freeze_and_thaw(desk, ACTS_IN_A_MESSAGE)
    await follow(desk, fake_messenger, MINUTE)
    (message,) = fake_messenger.told

    assert (len(message.rows), message.earlier) == (ACTS_IN_A_MESSAGE, 2 * ACTS_IN_A_MESSAGE + 1 - ACTS_IN_A_MESSAGE)
    assert message.rows[-1].action == "unfreeze"


async def test_a_closed_channel_is_left_alone_for_a_while(desk: Desk) -> None:
    """It is not knocked at every few seconds, and is told everything once it opens."""
    fake_messenger = FakeMessenger(desk.clock)
    fake_messenger.will("log_acts", Unreachable("hidden"))
    await set_log(desk, LOG)
    running = asyncio.create_task(AuditFeed(desk.stores.audit_feed, fake_messenger, desk.clock).run())
    await desk.clock.settle()
    for _ in range(5):
        await desk.clock.advance(PAUSE_SECONDS)
    early = list(fake_messenger.told)
    for _ in range(130):
        await desk.clock.advance(PAUSE_SECONDS)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert early == []
    assert told(fake_messenger) == [["log_channel"]]


async def test_without_a_log_channel_nothing_is_told(desk: Desk) -> None:
    """What was done while there was none stays in the audit alone."""
    fake_messenger = FakeMessenger(desk.clock)
    await set_log(desk, LOG)
    await follow(desk, fake_messenger, 0)
    await set_log(desk, None)
    await freeze_and_thaw(desk, 1)
    await follow(desk, fake_messenger, MINUTE)
    await set_log(desk, LOG)
    await follow(desk, fake_messenger, MINUTE)

    assert told(fake_messenger) == [["log_channel"], ["log_channel"]]
