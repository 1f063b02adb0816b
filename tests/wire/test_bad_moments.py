"""Discord's bad moments, over the wire: its edge refuses everything for a while, or the host's clock is wrong."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.domain.clock import MINUTE, SECOND
from bot.services.crash_points import CrashPoint
from tests.wire.accounts import audit
from tests.wire.discord_fake import Fault, Kind, Message, MovableClock, Permission, build, images_of, text_of
from tests.wire.discord_fake.component_rules import walk
from tests.wire.fork_server import Forks, forks
from tests.wire.stage import BotStage, open_stage
from tests.wire.worker import CLOCK_AHEAD, CRASHED

ALWAYS = 10**6
EDGE = {"a page": {"kind": Kind.STATUS, "status": 403}, "40333": {"kind": Kind.REFUSAL, "status": 403, "code": 40333}}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[BotStage]:
    """A provider that takes a second for a picture, and no bot yet."""
    (tmp_path / "data").mkdir()
    async with open_stage(tmp_path, processing=(1.0, 1.0)) as stage:
        yield stage


@pytest.fixture
async def bots() -> AsyncGenerator[Forks]:
    async with forks() as running:
        yield running


async def start(stage: BotStage, bots: Forks) -> None:
    await bots.fork(stage.environment(), stage.folder / "easel.log")
    await stage.heard()


def results(stage: BotStage) -> list[Message]:
    return [each for each in stage.fake.world.all_messages() if any(len(data) > 5_000 for data in images_of(each))]


@pytest.mark.parametrize("said", EDGE)
async def test_the_edge_refuses_everything_while_a_result_is_due(stage: BotStage, bots: Forks, said: str) -> None:
    """For some seconds every route answers 403: when that is over the result comes, once, and stays alone."""
    await start(stage, bots)
    command = stage.edit()
    await stage.until(lambda: stage.rows("SELECT 1 FROM predictions WHERE state = 'processing'"))
    fault = stage.fake.plant(Fault("*", times=ALWAYS, **EDGE[said]))  # pyright: ignore[reportArgumentType] - the fault's own fields
    await stage.until(lambda: stage.rows("SELECT 1 FROM predictions WHERE state = 'completed'"))
    before = fault.struck
    await stage.until(lambda: fault.struck >= before + 3)
    stage.fake.faults.clear()
    await stage.closed()

    assert [each.channel for each in results(stage)] == [stage.channel]
    assert command.original is not None
    assert command.original.deleted
    assert (await audit(stage)).problems == []


async def test_the_edge_refuses_everything_while_a_refusal_is_due(stage: BotStage, bots: Forks) -> None:
    """Who sent no picture reads so when Discord answers again, without a restart, and nothing stays in public."""
    await start(stage, bots)
    fault = stage.fake.plant(Fault("*webhooks*", Kind.STATUS, status=403, times=ALWAYS))
    command = stage.edit("no picture", b"no picture")
    await stage.until(lambda: fault.struck >= 3)
    stage.fake.faults.clear()
    await stage.until(lambda: command.messages and all(each.visible_to for each in command.messages))

    (told,) = command.messages
    assert "restarted" not in text_of(told)
    assert "image" in text_of(told).lower()


async def test_a_clock_that_is_ahead_posts_nothing_twice(stage: BotStage, bots: Forks) -> None:
    """Killed between a post and its record, with a clock 300 s ahead: the next start finds the post, and makes none."""
    stage.fake.message_desk.nonce_window = 0
    stage.settings[CLOCK_AHEAD] = "300"
    await bots.fork(stage.environment(), stage.folder / "easel.log", crash=(CrashPoint.POSTED, 1))
    await stage.heard()
    stage.edit()
    assert await bots.wait() == CRASHED
    await start(stage, bots)
    await stage.closed()

    assert len(results(stage)) == 1
    assert stage.value("SELECT result_message_id FROM jobs") == results(stage)[0].id


async def test_what_is_kept_is_brought_with_the_next_session(stage: BotStage, bots: Forks) -> None:
    """Neither channel nor token nor direct messages: kept. With the next READY it is tried, and the channel is open."""
    clock, world = stage.fake.clock, stage.fake.world
    assert isinstance(clock, MovableClock)
    await start(stage, bots)
    stage.edit()
    await stage.until(lambda: stage.rows("SELECT 1 FROM predictions WHERE state = 'processing'"))
    stage.alice.user.dms_closed = True
    build.overwrite(world, stage.channel, world.bot, deny=Permission.VIEW_CHANNEL)
    clock.advance(16 * MINUTE / SECOND)
    await stage.closed()
    assert results(stage) == []

    build.overwrite(world, stage.channel, world.bot)
    stage.fake.gateway.invalidate()
    await stage.until(lambda: not stage.rows("SELECT 1 FROM kept_results"))

    assert [each.channel for each in results(stage)] == [stage.channel]
    assert (await audit(stage)).problems == []


@pytest.mark.slow
async def test_status_texts_of_one_picture(tmp_path: Path) -> None:
    """While a picture of ten seconds is made its status changes at least every 3 s, in edits that are 3 s apart."""
    (tmp_path / "data").mkdir()
    async with open_stage(tmp_path, processing=(9.5, 9.5)) as stage, forks() as bots:
        await start(stage, bots)
        command = stage.edit()
        await stage.closed()
        edits = [each for each in stage.fake.requests() if each.route.startswith("PATCH") and each.acted]
        times = [(each.at - command.created_at) / 1000 for each in edits]
        for at, each in zip(times, edits, strict=True):
            print(f"{at:5.1f} s  {_texts(each.body)}")  # noqa: T201 - the texts are reported

        texts = [_texts(each.body) for each in edits]
        assert len(set(texts)) == len(texts) >= 4
        # By the time they arrive; when they are sent is for the board's own tests, on a clock of theirs.
        gaps = [later - sooner for sooner, later in pairwise(times)]
        assert all(2.0 <= gap <= 4.5 for gap in gaps), gaps


def _texts(body: Any) -> str:
    """Every text of a message that was sent, in one line."""
    return " | ".join(each["content"] for _, each in walk(body["components"]) if "content" in each).replace("\n", " / ")
