"""Threads and the connections to PostgreSQL that they share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

from bot.db.postgres_session import Session

T = TypeVar("T")


class Lane:
    """Threads that share some sessions: each piece of work has one of them to itself, to its end."""

    def __init__(self, sessions: list[Session]) -> None:
        self._threads = ThreadPoolExecutor(len(sessions), thread_name_prefix="postgresql")
        self._idle: SimpleQueue[Session] = SimpleQueue()
        self._sessions = sessions
        for session in sessions:
            self._idle.put(session)

    async def run(self, work: Callable[[Session], T]) -> T:
        """Run `work` to its end even if the caller is cancelled meanwhile."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def tell(finished: Future[T]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_hand_over, finished, done)

        self._threads.submit(self._with_session, work).add_done_callback(tell)
        return await done

    async def close(self) -> None:
        """Finish what was begun and close the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        for session in self._sessions:
            session.close()

    def _with_session(self, work: Callable[[Session], T]) -> T:
        session = self._idle.get()
        try:
            return work(session)
        finally:
            self._idle.put(session)


def _hand_over(finished: Future[T], done: asyncio.Future[T]) -> None:
    if done.cancelled():
        return
    if (error := finished.exception()) is not None:
        done.set_exception(error)
    else:
        done.set_result(finished.result())
