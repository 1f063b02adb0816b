"""PostgreSQL away from a bot that runs: what members read, that nothing is spent, and that it passes by itself."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from bot.db.migrate import APPLICATION_ID
from bot.db.postgres_session import Lock
from tests.db.engines import empty_database, needs_postgresql
from tests.db.server import address
from tests.wire.accounts import audit
from tests.wire.discord_fake import text_of
from tests.wire.first_answer import DISCORD_WAITS, waited
from tests.wire.stage import easel, open_stage, png

pytestmark = needs_postgresql()


@contextmanager
def refused(url: str) -> Generator[None]:
    """Every session is ended, and nobody is let in."""
    name = conninfo_to_dict(url)["dbname"]
    with psycopg.connect(address("postgres"), autocommit=True) as operator:
        operator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        operator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        operator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


@contextmanager
def stopped(url: str) -> Generator[None]:
    """The server takes what it is told and says nothing, as one does whose disk hangs."""
    with psycopg.connect(url, autocommit=True) as operator:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        pids = [row[0] for row in operator.execute(query).fetchall()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def held(url: str) -> Generator[None]:
    """Somebody else is in the middle of a write."""
    with psycopg.connect(url) as other:
        other.execute(f"SELECT pg_advisory_xact_lock({APPLICATION_ID}, {Lock.WRITE.value})".encode())
        yield
        other.rollback()


@pytest.mark.parametrize("away", [refused, stopped, held])
async def test_while_the_books_are_away(away: Any, tmp_path: Path) -> None:
    """Every command is answered in time and in plain words, nothing is sent, and what was under way is brought."""
    url = empty_database()
    async with open_stage(tmp_path, server=url) as stage, easel(stage):
        stage.edit("before")
        await stage.until(lambda: stage.rows("SELECT 1 FROM predictions WHERE provider_id IS NOT NULL"))
        block: AbstractContextManager[None] = away(url)
        with block:
            commands = [stage.edit(f"meanwhile {number}", png("red")) for number in range(3)]
            commands.append(stage.fake.slash(stage.alice, stage.channel, "budget"))
            await stage.until(lambda: all(each.responded_at for each in commands))
            await asyncio.sleep(5)  # of real time: the server's and the bot's own
            posts = await stage.provider.posts()
        assert max(map(waited, commands)) < DISCORD_WAITS
        for each in commands[:3]:
            assert "I can't write to my books at the moment." in text_of(each.messages[0])
        assert posts == 1

        async with asyncio.timeout(60):
            while stage.value("SELECT COUNT(*) FROM jobs") == 1:
                stage.edit("after", png("green"))
                await asyncio.sleep(1.0)
        await stage.closed(jobs=2)
        count = await audit(stage)
        prompts = {prompt for (prompt,) in stage.rows("SELECT prompt FROM jobs")}

    assert count.problems == []
    assert prompts == {"before", "after"}
    assert count.jobs == count.posts == count.messages
