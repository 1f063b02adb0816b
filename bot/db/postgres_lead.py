"""Who leads among the workers of one database: staying it, finding out that one is not, and waiting for a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import structlog

from bot.db.database import LostLead
from bot.db.migrate import APPLICATION_ID
from bot.db.postgres_session import Lock, Session, SessionTimeouts
from bot.domain.errors import EaselError

log = structlog.get_logger(__name__)

PING_SECONDS = 2.0
"""Well below what the server lets a leader be silent for (`LEADING`)."""

ANSWER_SECONDS = 10.0

SILENCE_SECONDS = 120.0
"""After so long without a word from the server somebody else surely leads, where anybody can."""

LOOK_SECONDS = 1.0

_IS_LED = f"""
SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND classid = {APPLICATION_ID} AND objid = {Lock.RUN.value})::text
"""


class Lead:
    """Says something to the server in good time, for as long as this worker leads."""

    def __init__(self, ping: Callable[[], Awaitable[None]]) -> None:
        self.is_lost = asyncio.Event()
        self._ping = ping
        self._task = asyncio.create_task(self._stay(), name="lead")

    async def close(self) -> None:
        """Say nothing more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        heard_at = loop.time()
        while loop.time() - heard_at < SILENCE_SECONDS:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._ping()
                heard_at = loop.time()
            except LostLead:
                break
            except (psycopg.Error, EaselError, TimeoutError) as error:
                log.warning("lead.silence", error=type(error).__name__, seconds=round(loop.time() - heard_at))
            await asyncio.sleep(PING_SECONDS)
        log.error("lead.lost")
        self.is_lost.set()


class Standby:
    """Looks whether somebody leads, over a connection that takes no part in it."""

    def __init__(self, url: str) -> None:
        self._session = Session(url, SessionTimeouts())

    async def wait(self) -> None:
        """Return once nobody leads. While the server is out of reach nobody can tell, and nobody can begin to."""
        while True:
            if not await asyncio.to_thread(self._is_led):
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def close(self) -> None:
        """Close the connection."""
        await asyncio.to_thread(self._session.close)

    def _is_led(self) -> bool:
        try:
            if self._session.is_lost:
                self._session.connect()
            return self._session.run(_IS_LED) == "true"
        except (psycopg.Error, EaselError) as error:
            log.warning("standby.no_answer", error=type(error).__name__)
            with suppress(psycopg.Error):
                self._session.close()
            return True
