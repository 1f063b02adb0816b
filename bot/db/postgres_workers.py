"""Which workers run on a database and how they share the bot: each holds a lock that says so while it lives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
import structlog

from bot.db.database import DatabaseInUse, UnusableDatabase
from bot.db.migrate import APPLICATION_ID, migrations_in
from bot.db.postgres_errors import reason
from bot.db.postgres_lead import ANSWER_SECONDS, PING_SECONDS
from bot.db.postgres_migrate import POSTGRESQL_MIGRATIONS
from bot.db.postgres_session import LEADING, Lock, Session
from bot.db.url import shown
from bot.domain.errors import EaselError

log = structlog.get_logger(__name__)

_FIRST = 1 << 30
"""Of the locks that say how a worker shares the bot; those of shards lie below."""

_COUNTS = 100_001
"""SHARD_COUNT is 100,000 at most, and 0 stands for a worker without SHARD_IDS."""

_ONE_AT_A_TIME = f"SELECT pg_advisory_xact_lock({APPLICATION_ID}, {Lock.JOIN.value})::text"
_OTHERS = f"""
SELECT string_agg(DISTINCT objid::text, ' ') FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND classid = {APPLICATION_ID} AND objid::bigint >= {_FIRST} AND pid <> pg_backend_pid()
"""


class WorkersDiffer(DatabaseInUse):
    """Workers run on this database that this one cannot work beside; the sentence is for the operator."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """How a worker shares the bot with the others of its database."""

    shard_count: int
    """Into how many shards the bot is divided; 0 for a worker without SHARD_IDS, which is the whole bot in its turn."""

    version: int
    """Of the tables that its program knows."""

    @property
    def lock(self) -> int:
        """The number of the lock that says so."""
        return _FIRST + self.version * _COUNTS + self.shard_count


class Workers:
    """Those of one database; `join` makes this process one of them until it is closed, or gone in whichever way."""

    def __init__(self, url: str, shard_count: int) -> None:
        self._name = shown(url)
        self._session = Session(url, LEADING)
        self._ours = Sharing(shard_count, len(migrations_in(POSTGRESQL_MIGRATIONS)))

    async def join(self) -> None:
        """Be counted from now on.

        Raises:
            WorkersDiffer: others run that this one cannot work beside.
            UnusableDatabase: the database cannot be reached or used.
        """
        try:
            await asyncio.to_thread(self._join)
        except psycopg.Error as error:
            raise UnusableDatabase(f"The database {self._name} cannot be used: {reason(error)}.") from error

    async def stay(self) -> None:
        """Stay counted until cancelled, over a new connection where the old one is lost.

        Raises:
            WorkersDiffer: while we could not be seen others have begun that this one cannot work beside.
        """
        while True:
            await asyncio.sleep(PING_SECONDS)
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await asyncio.to_thread(self._say_something)
            except WorkersDiffer:
                raise
            except (psycopg.Error, EaselError, TimeoutError) as error:
                log.warning("workers.silence", error=type(error).__name__)

    async def judge(self) -> str:
        """Say in a sentence who is there. Raises as `join`, without being counted."""
        try:
            others = await asyncio.to_thread(self._look)
        except psycopg.Error as error:
            raise UnusableDatabase(f"The database {self._name} cannot be used: {reason(error)}.") from error
        return "others run on this database, in the same way." if others else "none runs on this database now."

    async def close(self) -> None:
        """Be counted no more."""
        await asyncio.to_thread(self._session.close)

    def _join(self) -> None:
        # One after the other: of two that differ and come at the same moment the second finds the first.
        self._session.begin(f"BEGIN; {_ONE_AT_A_TIME}")
        try:
            _judge(self._ours, self._others())
            self._session.run(f"SELECT pg_advisory_lock_shared({APPLICATION_ID}, {self._ours.lock})::text")
            self._session.commit()
        finally:
            self._session.roll_back()

    def _say_something(self) -> None:
        if not self._session.still_answers():
            self._join()

    def _look(self) -> list[Sharing]:
        self._session.connect()
        others = self._others()
        _judge(self._ours, others)
        return others

    def _others(self) -> list[Sharing]:
        numbers = (self._session.run(_OTHERS) or "").split()
        parts = (divmod(int(each) - _FIRST, _COUNTS) for each in numbers)
        return [Sharing(shard_count, version) for version, shard_count in parts]


def _judge(ours: Sharing, others: Iterable[Sharing]) -> None:
    for other in others:
        if other.version != ours.version:
            kind = "an older" if other.version < ours.version else "a newer"
            raise WorkersDiffer(
                f"A worker of {kind} Easel runs on this database (its tables are of version {other.version}, this"
                f" program's of {ours.version}): stop every worker, then start all of them with the newer one."
            )
        if ours.shard_count and not other.shard_count:
            raise WorkersDiffer(
                "A worker without SHARD_IDS runs on this database, and this one has some: stop that one first, since"
                " either every worker has SHARD_IDS or none."
            )
        if other.shard_count and not ours.shard_count:
            raise WorkersDiffer(
                f"Workers with SHARD_IDS (of SHARD_COUNT {other.shard_count}) run on this database, and this one has"
                " none: give it some, or stop all of those first."
            )
        if other.shard_count != ours.shard_count:
            raise WorkersDiffer(
                f"Workers with SHARD_COUNT {other.shard_count} run on this database, and this one has"
                f" {ours.shard_count}: set the same, or stop all of those first."
            )
