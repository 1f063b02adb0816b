"""Abandons a transaction that takes too long for a first answer, so that nothing of it is committed later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from threading import Lock
from typing import Any, TypeVar

from bot.db.database import DatabaseBusy, OutcomeUnknown
from bot.domain.patience import seconds_left

COMMIT_SECONDS = 0.6
"""How long a COMMIT may take that is under way when a first answer is due. Nothing can take it back any more."""

C = TypeVar("C")
T = TypeVar("T")


class Wanted:
    """Whether a transaction is still wanted: who waits for it may give it up until the moment of its COMMIT."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_given_up = False
        self._commits = False

    def check(self) -> None:
        """Begin nothing that nobody waits for any more.

        Raises:
            DatabaseBusy: it was given up.
        """
        with self._lock:
            if self._is_given_up:
                raise DatabaseBusy

    def around(self, work: Callable[[C], T]) -> Callable[[C], T]:
        """The same work, which fails with `DatabaseBusy` at its end if it was given up, and cannot be afterwards."""

        def wanted(connection: C) -> T:
            self.check()
            result = work(connection)
            with self._lock:
                if self._is_given_up:
                    raise DatabaseBusy
                self._commits = True
            return result

        return wanted

    def give_up(self) -> bool:
        """See that nothing of it is kept; False where it is just being kept."""
        with self._lock:
            self._is_given_up = not self._commits
            return self._is_given_up


async def in_time(begin: Callable[[Wanted], Coroutine[Any, Any, T]]) -> T:
    """Begin work and wait for it as long as whoever asked can wait for a first answer; mostly that is to its end.

    Raises:
        DatabaseBusy: it took too long, and nothing of it is kept.
        OutcomeUnknown: it was just being kept, and no answer came.
    """
    wanted, seconds = Wanted(), seconds_left()
    if seconds is None:
        return await begin(wanted)
    working = asyncio.ensure_future(begin(wanted))
    try:
        done, _ = await asyncio.wait((working,), timeout=seconds)
        if not done and wanted.give_up():
            raise DatabaseBusy
        if not done:
            done, _ = await asyncio.wait((working,), timeout=COMMIT_SECONDS)
        if not done:
            raise OutcomeUnknown
        return await working
    finally:
        working.cancel()
