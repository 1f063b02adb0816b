"""Sends lines of text between processes with PostgreSQL's LISTEN and NOTIFY.

A line that nobody listens to is lost: whoever listens looks for itself as well, at once after a connection was lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import psycopg
import structlog
from psycopg import sql

from bot.db.postgres_session import Session, SessionTimeouts
from bot.domain.errors import EaselError

log = structlog.get_logger(__name__)

CHANNEL = "easel"
LISTEN_SECONDS = 0.5
"""How long the listening thread waits before it looks whether it may end."""

AGAIN_SECONDS = 1.0
MOST_WAITING = 10_000
"""Lines that wait for a server out of reach; the oldest go first, since whoever leads looks for itself."""

_SAY = sql.SQL("SELECT pg_notify({channel}, {line})")


class Speaker:
    """Sends lines in their order, in the background."""

    def __init__(self, url: str) -> None:
        self._session = Session(url, SessionTimeouts())
        self._lines: deque[str] = deque(maxlen=MOST_WAITING)
        self._there_are = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="speaker")

    def say(self, line: str) -> None:
        """Have a line said as soon as the server is in reach."""
        self._lines.append(line)
        self._there_are.set()

    async def close(self) -> None:
        """Say nothing more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self._session.close)

    async def _run(self) -> None:
        while True:
            await self._there_are.wait()
            self._there_are.clear()
            while self._lines:
                lines = tuple(self._lines)
                try:
                    await asyncio.to_thread(self._send, lines)
                except (psycopg.Error, EaselError) as error:
                    log.warning("speaker.not_heard", error=type(error).__name__)
                    await asyncio.sleep(AGAIN_SECONDS)
                    continue
                for _ in lines[: len(self._lines)]:
                    self._lines.popleft()

    def _send(self, lines: tuple[str, ...]) -> None:
        if self._session.is_lost:
            self._session.connect()
        for line in lines:
            self._session.raw.execute(_SAY.format(channel=sql.Literal(CHANNEL), line=sql.Literal(line)))


class Listener:
    """Hands over what is said from now on, and says when lines may have been missed."""

    def __init__(self, url: str, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
        """Both are called in the event loop; `missed` also at the beginning."""
        self._session = Session(url, SessionTimeouts())
        self._heard = heard
        self._missed = missed
        self._ends = Event()

    async def listen(self) -> None:
        """Listen until cancelled."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="listener") as thread:
            listening = loop.run_in_executor(thread, self._listen, loop)
            try:
                await asyncio.shield(listening)
            finally:
                self._ends.set()
                with suppress(Exception):
                    await listening

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._ends.is_set():
            try:
                self._session.connect()
                raw = self._session.raw
                raw.execute(f"LISTEN {CHANNEL}".encode())
                loop.call_soon_threadsafe(self._missed)
                while not self._ends.is_set():
                    for notice in raw.notifies(timeout=LISTEN_SECONDS):
                        loop.call_soon_threadsafe(self._heard, notice.payload)
            except (psycopg.Error, EaselError) as error:
                log.warning("listener.deaf", error=type(error).__name__)
                self._ends.wait(AGAIN_SECONDS)
        self._session.close()
