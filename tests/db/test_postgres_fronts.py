"""What fronts on one PostgreSQL database say to each other, and who of them holds a shard."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.db import postgres_notify, postgres_shards
from bot.db.opening import listen, shard_locks, speaking
from tests.db.engines import needs_postgresql, url_in
from tests.db.wire import end_sessions

pytestmark = needs_postgresql()

SECONDS = 10


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_notify, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(postgres_shards, "PING_SECONDS", 0.05)
    monkeypatch.setattr(postgres_shards, "LOOK_SECONDS", 0.05)


async def test_what_is_said_is_heard(tmp_path: Path) -> None:
    """Lines come in their order; who lost the connection is told to look for itself, and hears again."""
    url, heard, missed = url_in(tmp_path), asyncio.Queue[str](), asyncio.Queue[None]()
    listening = asyncio.create_task(listen(url, heard.put_nowait, lambda: missed.put_nowait(None)))
    async with asyncio.timeout(SECONDS), speaking(url) as say:
        await missed.get()
        for line in ("arrived 4F7K2M", 'it\'s \\ "quoted"'):
            say(line)
        assert [await heard.get(), await heard.get()] == ["arrived 4F7K2M", 'it\'s \\ "quoted"']

        await asyncio.to_thread(end_sessions, url)
        await missed.get()
        say("changed 4F7K2M")
        assert await heard.get() == "changed 4F7K2M"
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_shard_is_one_processs(tmp_path: Path) -> None:
    """Who wants a shard that another holds waits for all of its own, and has them once that one is gone."""
    url = url_in(tmp_path)
    async with asyncio.timeout(SECONDS), shard_locks(url, [1, 2]) as second, shard_locks(url, [3]) as third:
        async with shard_locks(url, [0, 1]) as first:
            await first.take()
            waiting = asyncio.create_task(second.take())
            await third.take()
            await asyncio.sleep(0.2)
            assert not waiting.done()
            async with shard_locks(url, [2]) as fourth:
                await fourth.take()  # who waits for some holds none
        await waiting


async def test_who_loses_a_shard_finds_out(tmp_path: Path) -> None:
    """A lost connection is replaced while the shards are free; once another process has one, they are lost."""
    url = url_in(tmp_path)
    async with asyncio.timeout(SECONDS), shard_locks(url, [0]) as first, shard_locks(url, [0]) as second:
        await first.take()
        losing = asyncio.create_task(first.lost())
        await asyncio.to_thread(end_sessions, url)
        await asyncio.sleep(1.5)
        assert not losing.done()

        losing.cancel()
        await asyncio.to_thread(end_sessions, url)
        await second.take()
        await first.lost()
