"""Which process has which shards: an advisory lock for each, over one connection that does nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import psycopg
import structlog

from bot.db.migrate import APPLICATION_ID
from bot.db.postgres_lead import ANSWER_SECONDS, LOOK_SECONDS, PING_SECONDS
from bot.db.postgres_session import LEADING, Session
from bot.domain.errors import EaselError

log = structlog.get_logger(__name__)

_FIRST = 1_000
"""The lock of shard 0; those of the database's own uses (`Lock`) lie below."""


class ShardLocks:
    """The locks of some shards, ours as long as our connection lives; the server ends one that says nothing."""

    def __init__(self, url: str, shard_ids: Sequence[int]) -> None:
        self._session = Session(url, LEADING)
        self._locks = [_FIRST + each for each in shard_ids]

    async def take(self) -> None:
        """Return once all of them are this process's; while the server is out of reach nobody can take any."""
        is_told = False
        while not await self._are_ours():
            if not is_told:
                log.info("shards.waiting", sentence="Another Easel holds these shards; waiting to take its place.")
            is_told = True
            await asyncio.sleep(LOOK_SECONDS)

    async def lost(self) -> None:
        """Return once another process has taken one of them, after our connection was lost."""
        while True:
            await asyncio.sleep(PING_SECONDS)
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    if not await asyncio.to_thread(self._keep):
                        return
            except (psycopg.Error, EaselError, TimeoutError) as error:
                log.warning("shards.silence", error=type(error).__name__)

    async def close(self) -> None:
        """Give them up."""
        await asyncio.to_thread(self._session.close)

    async def _are_ours(self) -> bool:
        try:
            return await asyncio.to_thread(self._take)
        except (psycopg.Error, EaselError) as error:
            log.warning("shards.no_answer", error=type(error).__name__)
            return False

    def _keep(self) -> bool:
        return self._session.still_answers() or self._take()

    def _take(self) -> bool:
        """Take all over a new connection, or none."""
        self._session.connect()
        for lock in self._locks:
            if self._session.run(f"SELECT pg_try_advisory_lock({APPLICATION_ID}, {lock})::text") != "true":
                self._session.close()
                return False
        return True
