"""Bad nights of a real process: told to stop, started twice, a full disk, a dead provider; nothing is lost by any."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot import texts
from bot.cli.backup import backup
from bot.db.invariants import violations
from bot.demo.provider import Behaviour, Site
from bot.domain.clock import MINUTE
from bot.instance import EXIT_ALREADY_RUNNING
from bot.settings import Settings
from tests.wire.accounts import audit
from tests.wire.discord_fake import text_of
from tests.wire.fork_server import forks
from tests.wire.stage import BotStage, easel, open_stage, png
from tests.wire.worker import shared_clock

DRAIN_SECONDS = 9.0
DRAINS = int(os.environ.get("DRAINS", "20"))
BACKUPS = 3
"""`DRAINS=100 uv run pytest tests/wire/test_bad_nights.py -m slow -k again`."""
FACTOR = 15.0
LOG_BYTES = 20_000
"""Bytes: the log, a file as well, stays below; the write-ahead log of a database at work is far beyond."""


async def submitting(stage: BotStage) -> None:
    await stage.until(lambda: stage.rows("SELECT 1 FROM predictions WHERE state = 'submitting'"))


async def test_told_to_stop_while_a_request_is_out(tmp_path: Path) -> None:
    """After SIGTERM nothing is admitted, the request on its way gets its answer, and the process ends in time."""
    async with open_stage(tmp_path) as stage, easel(stage) as process:
        await stage.provider.script(Site.SUBMIT, Behaviour.DRIPPING)
        stage.edit("on its way")
        await submitting(stage)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        await stage.until(lambda: "process.stopping" in stage.log)
        refused = stage.edit("too late", png("red"))
        await stage.until(lambda: refused.messages)
        code = await process.wait()

        assert code == 0
        assert time.monotonic() - began < DRAIN_SECONDS
        assert "being restarted" in text_of(refused.messages[0])
        assert stage.rows("SELECT outcome FROM attempts")[0]["outcome"] == "accepted"
        assert stage.value("SELECT COUNT(*) FROM jobs") == 1
        async with easel(stage):
            await stage.closed()

        assert (await audit(stage)).problems == []


@pytest.mark.slow
async def test_told_to_stop_while_no_answer_comes(tmp_path: Path) -> None:
    """A provider that never answers does not keep the process: the lost answer is looked for by the next one."""
    async with open_stage(tmp_path) as stage:
        async with easel(stage) as process:
            await stage.provider.script(Site.SUBMIT, Behaviour.DONE_HANGING)
            stage.edit()
            await submitting(stage)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)

            assert await process.wait() == 0
            assert time.monotonic() - began < DRAIN_SECONDS
        async with easel(stage):
            await stage.closed()

        assert (await audit(stage)).problems == []


async def test_told_twice(tmp_path: Path) -> None:
    """A second signal ends the process at once."""
    async with open_stage(tmp_path) as stage, easel(stage) as process:
        await stage.provider.script(Site.SUBMIT, Behaviour.DONE_HANGING)
        stage.edit()
        await submitting(stage)
        process.send_signal(signal.SIGTERM)
        await stage.until(lambda: "process.stopping" in stage.log)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(DRAIN_SECONDS / 2):
            assert await process.wait() == -signal.SIGTERM


async def test_a_second_bot(tmp_path: Path) -> None:
    """A second process on the same database says so and exits 75 within five seconds; the first goes on."""
    async with open_stage(tmp_path) as stage, easel(stage) as first:
        began = time.monotonic()
        async with easel(stage, cold=True, wait=False) as second:
            assert await second.wait() == EXIT_ALREADY_RUNNING
        assert time.monotonic() - began < 5
        assert f"Another Easel (process {first.pid}) already runs on" in stage.log
        stage.edit()
        await stage.closed()


@pytest.mark.slow
async def test_told_to_stop_again_and_again(tmp_path: Path) -> None:
    """At whatever moment it is told to stop, it ends in order and in time, and leaves no answer unasked for."""
    (tmp_path / "data").mkdir()
    async with open_stage(tmp_path) as stage, forks() as bots:
        for n in range(DRAINS):
            heard = len(stage.fake.gateway.identifies)
            await bots.fork(stage.environment(), tmp_path / "easel.log")
            await stage.until(lambda before=heard: len(stage.fake.gateway.identifies) > before)
            await stage.heard()
            stage.edit(f"picture {n}", png((n, 0, 0)))
            await asyncio.sleep(n * 0.02)
            began = time.monotonic()
            code = await bots.kill(signal.SIGTERM)

            assert code == 0
            assert time.monotonic() - began < DRAIN_SECONDS
        assert stage.value("SELECT COUNT(*) FROM attempts WHERE outcome = 'lost' OR outcome IS NULL") == 0
        await bots.fork(stage.environment(), tmp_path / "easel.log")
        await stage.closed()

        assert (await audit(stage)).problems == []


@pytest.mark.slow
async def test_a_full_disk(tmp_path: Path) -> None:
    """On a full disk new jobs are refused with a sentence; when there is room again everything goes on by itself."""
    async with open_stage(tmp_path, processing=(1.5, 1.5)) as stage, easel(stage) as process:
        stage.edit("before")
        await stage.until(lambda: stage.rows("SELECT 1 FROM predictions WHERE state = 'processing'"))
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (LOG_BYTES, resource.RLIM_INFINITY))
        refused = stage.edit("meanwhile", png("red"))
        await stage.until(lambda: refused.messages)

        assert "My disk is full" in text_of(refused.messages[0])
        await asyncio.sleep(2)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
        await stage.closed()
        stage.edit("after", png("green"))
        await stage.closed(jobs=2)

        assert (await audit(stage)).problems == []


@pytest.mark.slow
async def test_a_dead_provider(tmp_path: Path) -> None:
    """While the provider does not answer jobs wait and say why; when it does again they go on."""
    (tmp_path / "data").mkdir()
    clock = shared_clock(FACTOR)
    async with open_stage(tmp_path, clock=clock, SUBMIT_GRACE_SECONDS="10") as stage, forks() as bots:
        stage.fake.desk.first_response = MINUTE
        await bots.fork(stage.environment(), tmp_path / "easel.log", factor=FACTOR)
        await stage.heard()
        await stage.provider.script(Site.TICKET, Behaviour.UNAVAILABLE, times=200)
        command = stage.edit()
        await stage.until(
            lambda: command.original is not None and texts.status.NOT_ANSWERING in text_of(command.original)
        )
        assert await stage.provider.posts() == 0
        await stage.provider.clear()
        await stage.closed()

        assert (await audit(stage)).problems == []


async def test_backups_while_it_works_and_a_restore(tmp_path: Path) -> None:
    """Copies taken while jobs come in are whole, and a bot goes on from one that was put in the database's place."""
    async with open_stage(tmp_path) as stage:
        async with easel(stage):
            for n in range(BACKUPS):
                stage.edit(f"picture {n}", png((n, 0, 0)))
                copy = tmp_path / f"copy-{n}.db"
                assert (await stage.verb("backup", str(copy)))[0] == 0
                check_copy(copy)
            await stage.closed(jobs=BACKUPS)
            assert (await stage.verb("backup", str(tmp_path / "last.db")))[0] == 0
        for leftover in stage.database.parent.glob("easel.db*"):
            leftover.unlink()
        (tmp_path / "last.db").rename(stage.database)
        async with easel(stage):
            stage.edit("after the restore", png("white"))
            await stage.closed(jobs=BACKUPS + 1)

        assert (await audit(stage)).problems == []


@pytest.mark.slow
async def test_a_hundred_backups_while_it_works(tmp_path: Path) -> None:
    """A hundred copies of a database that another process writes to all the time: each is whole and adds up."""
    async with open_stage(tmp_path) as stage, easel(stage):
        settings = Settings.given(database_url=f"sqlite:///{stage.database}", data_dir=stage.folder / "data")
        for n in range(100):
            if n % 4 == 0:
                stage.edit(f"picture {n}", png((n, 0, 0)), count=2)
            # The verb without its interpreter's start.
            assert await asyncio.to_thread(backup, settings, tmp_path / f"copy-{n}.db") == 0
            check_copy(tmp_path / f"copy-{n}.db")
        await stage.closed(jobs=25)

        assert (await audit(stage)).problems == []


def check_copy(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row

        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert violations(connection) == ()
