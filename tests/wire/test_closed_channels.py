"""Whatever closes while a picture is painted, over the wire: the result goes out by the next open way, once."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from bot.domain.clock import MINUTE, SECOND
from tests.wire.accounts import audit
from tests.wire.discord_fake import Message, MovableClock, Permission, build, images_of
from tests.wire.fork_server import Forks, forks
from tests.wire.stage import BotStage, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[BotStage]:
    """A bot that runs, and a provider that takes a second and a half for a picture."""
    (tmp_path / "data").mkdir()
    async with open_stage(tmp_path, processing=(1.5, 1.5)) as stage, forks() as bots:
        await start(stage, bots)
        yield stage


async def start(stage: BotStage, bots: Forks) -> None:
    await bots.fork(stage.environment(), stage.folder / "easel.log")
    await stage.heard()


async def bring_about(stage: BotStage, trouble: Callable[[], None]) -> tuple[Message, list[Message]]:
    """Ask for a picture, make trouble while it is painted; return the status and all messages with one picture."""
    command = stage.edit()
    await stage.until(lambda: stage.fake.world.commands[0] and _painting(stage))
    assert command.original is not None
    trouble()
    await stage.closed()
    shown = [each for each in stage.fake.world.all_messages() if any(len(data) > 5_000 for data in images_of(each))]
    return command.original, shown


def _painting(stage: BotStage) -> bool:
    return bool(stage.rows("SELECT 1 FROM predictions WHERE state = 'processing'"))


def captured(stage: BotStage) -> int:
    return stage.value("SELECT COALESCE(SUM(amount_micros), 0) FROM ledger WHERE kind = 'capture'")


async def test_deleted_status_message(stage: BotStage) -> None:
    """The result comes although the status message is gone."""
    world = stage.fake.world
    status, shown = await bring_about(
        stage, lambda: world.delete_message(next(each for each in world.all_messages() if each.author is world.bot))
    )

    assert status.deleted
    assert [each.channel for each in shown] == [stage.channel]
    assert (await audit(stage)).problems == []


async def test_deleted_channel(stage: BotStage) -> None:
    """Without its channel the result comes by direct message."""
    _, shown = await bring_about(stage, lambda: stage.fake.world.delete_channel(stage.channel))

    assert [each.channel.recipient for each in shown] == [stage.alice.user]
    assert captured(stage) == 80_000


async def test_no_door_at_all(stage: BotStage) -> None:
    """Without channel and direct messages the picture is kept, and paid, and can be asked for."""

    def close_everything() -> None:
        stage.alice.user.dms_closed = True
        stage.fake.world.delete_channel(stage.channel)

    _, shown = await bring_about(stage, close_everything)

    assert shown == []
    assert captured(stage) == 80_000
    assert stage.value("SELECT COUNT(*) FROM outputs") == 1
    assert "delivery.kept" in stage.log


async def test_lost_permission(stage: BotStage) -> None:
    """Where nothing may be sent any more, the status message becomes the result."""

    def silence() -> None:
        build.overwrite(stage.fake.world, stage.channel, stage.fake.world.bot, deny=Permission.SEND_MESSAGES)

    status, shown = await bring_about(stage, silence)

    assert shown == [status]


@pytest.mark.parametrize("locked", [False, True])
async def test_archived_thread(stage: BotStage, locked: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """An archived thread opens again for the result; one that is locked as well is closed."""
    stage.channel = build.add_thread(stage.fake.world, stage.channel)

    def job_history() -> None:
        build.change_channel(stage.fake.world, stage.channel, archived=True, locked=locked)

    _, shown = await bring_about(stage, job_history)

    assert [each.channel.recipient if locked else each.channel for each in shown] == [
        stage.alice.user if locked else stage.channel
    ]


async def test_expired_token(stage: BotStage) -> None:
    """When the token's fifteen minutes are over, the result and the last word still come, by the bot's own name."""
    clock = stage.fake.clock
    assert isinstance(clock, MovableClock)
    status, shown = await bring_about(stage, lambda: clock.advance(16 * MINUTE / SECOND))

    assert [each.channel for each in shown] == [stage.channel]
    assert shown != [status]
    assert not status.loading
    assert (await audit(stage)).problems == []
