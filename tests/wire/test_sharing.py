"""Which workers may run on one PostgreSQL database at once: all share the bot in the same way, or the later ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot.db import postgres_workers
from bot.db.migrate import APPLICATION_ID, migrations_in
from bot.db.postgres_migrate import POSTGRESQL_MIGRATIONS
from bot.db.postgres_workers import Sharing
from bot.instance import EXIT_ALREADY_RUNNING
from tests.db.engines import empty_database, needs_postgresql
from tests.wire.stage import BotStage, Process, easel, open_stage

pytestmark = needs_postgresql()

SECONDS = 20
VERSION = len(migrations_in(POSTGRESQL_MIGRATIONS))
WHOLE: dict[str, str] = {}
FIRST_OF_TWO = {"SHARD_COUNT": "2", "SHARD_IDS": "0"}
SECOND_OF_TWO = {"SHARD_COUNT": "2", "SHARD_IDS": "1"}
SECOND_OF_THREE = {"SHARD_COUNT": "3", "SHARD_IDS": "1"}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[BotStage]:
    (tmp_path / "data").mkdir()
    async with open_stage(tmp_path, server=empty_database()) as opened:
        yield opened


def worker(stage: BotStage, sharing: Mapping[str, str], *, wait: bool = True) -> AbstractAsyncContextManager[Process]:
    """A worker that shares the bot in this way."""
    return easel(replace(stage, settings={**stage.settings, **sharing}), wait=wait)


@pytest.mark.parametrize(
    ("running", "starting", "sentence"),
    [
        (WHOLE, FIRST_OF_TWO, "A worker without SHARD_IDS runs on this database, and this one has some: stop that one"),
        (FIRST_OF_TWO, WHOLE, "Workers with SHARD_IDS (of SHARD_COUNT 2) run on this database, and this one has none:"),
        (FIRST_OF_TWO, SECOND_OF_THREE, "Workers with SHARD_COUNT 2 run on this database, and this one has 3: set the"),
    ],
)
async def test_who_would_share_it_otherwise_ends(
    stage: BotStage, running: dict[str, str], starting: dict[str, str], sentence: str
) -> None:
    """It says why in one sentence and goes to nobody; `check` says it before; once the first is dead it may start."""
    async with worker(stage, running) as first:
        gateway, connects = stage.fake.gateway, len(stage.fake.gateway.connects)
        async with worker(stage, starting, wait=False) as second, asyncio.timeout(SECONDS):
            assert await second.wait() == EXIT_ALREADY_RUNNING
        assert stage.log.strip().splitlines()[-1].startswith(f"easel: {sentence}")
        assert len(gateway.connects) == connects

        stage.settings |= starting
        _, report = await stage.verb("check")
        assert f"FAIL workers: {sentence}" in report

        first.kill()
        await first.wait()
        async with worker(stage, starting):
            assert "ok workers: others run on this database, in the same way." in (await stage.verb("check"))[1]


async def test_who_shares_it_in_the_same_way_may(stage: BotStage) -> None:
    """Two fronts of different shards, and a spare of one of them, run beside each other."""
    first, second = (worker(stage, each) for each in (FIRST_OF_TWO, SECOND_OF_TWO))
    async with first, second, worker(stage, SECOND_OF_TWO, wait=False) as spare:
        await stage.until(lambda: "shards.waiting" in stage.log)
        assert spare.returncode is None


@pytest.mark.parametrize(("version", "kind"), [(VERSION - 1, "an older"), (VERSION + 1, "a newer")])
async def test_workers_of_another_version(stage: BotStage, version: int, kind: str) -> None:
    """A worker of another release is not met by surprise: nothing is migrated beside it, and nothing is started."""
    lock = Sharing(0, version).lock
    with psycopg.connect(stage.server, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock_shared(%s, %s)", (APPLICATION_ID, lock))
        async with easel(stage, wait=False) as process, asyncio.timeout(SECONDS):
            assert await process.wait() == EXIT_ALREADY_RUNNING
        assert f"A worker of {kind} Easel runs on this database" in stage.log
        assert other.execute("SELECT to_regclass('easel_version')").fetchone() == (None,)


async def test_who_was_cut_off_finds_out(stage: BotStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that could not be seen for a while ends when others have begun that it cannot work beside."""
    monkeypatch.setattr(postgres_workers, "PING_SECONDS", 0.05)
    whole, front = (postgres_workers.Workers(stage.server, count) for count in (0, 2))
    await whole.join()
    with psycopg.connect(stage.server, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s, 3)", (APPLICATION_ID,))  # nobody can join meanwhile
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        lock = Sharing(2, VERSION).lock
        other.execute("SELECT pg_advisory_lock_shared(%s, %s)", (APPLICATION_ID, lock))
        other.execute("SELECT pg_advisory_unlock(%s, 3)", (APPLICATION_ID,))
        with pytest.raises(postgres_workers.WorkersDiffer, match="none: give it some"):
            async with asyncio.timeout(SECONDS):
                await whole.stay()
        await front.join()
    for each in (whole, front):
        await each.close()


async def test_a_database_that_cannot_be_reached_is_said_at_once(stage: BotStage) -> None:
    """A front that has no database to share ends with a sentence, as every worker does."""
    stage.server = "postgresql://postgres@127.0.0.1:1/easel"
    async with worker(stage, FIRST_OF_TWO, wait=False) as front, asyncio.timeout(SECONDS):
        assert await front.wait() == 1
    assert "easel: The database postgresql://127.0.0.1:1/easel cannot be used" in stage.log
