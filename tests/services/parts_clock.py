"""A clock that is moved by hand over a real database: before time moves on, all that was asked of it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar, cast

from bot.db.sqlite import SqliteDatabase, Work
from tests.clocks import ManualClock

P = ParamSpec("P")
T = TypeVar("T")

_MOST_TURNS = 100_000


class CountedDatabase(SqliteDatabase):
    """Counts what it is asked for."""

    asked = 0

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.asked += 1
        return await super().write(work, *args, **kwargs)

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.asked += 1
        return await super().read(work, *args, **kwargs)


class CountedThread(ThreadPoolExecutor):
    """One thread, which does what it is given in that order, and counts it."""

    def __init__(self) -> None:
        super().__init__(1)
        self.given = 0

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self.given += 1
        return super().submit(fn, *args, **kwargs)


class PartsClock(ManualClock):
    """Moved by hand; time stands still while anything is under way."""

    def __init__(self) -> None:
        super().__init__()
        self._database: CountedDatabase | None = None
        self._thread = CountedThread()

    def wait_for(self, database: CountedDatabase) -> None:
        """Let time stand still while this database, or a thread of the running loop, has something to do."""
        self._database = database
        asyncio.get_running_loop().set_default_executor(self._thread)

    async def settle(self) -> None:
        seen = -1
        await _until_nothing_is_ready()
        while seen != (seen := self._asked()):
            await self._done_so_far()
            await _until_nothing_is_ready()

    def _asked(self) -> int:
        return self._thread.given + (0 if self._database is None else self._database.asked)

    async def _done_so_far(self) -> None:
        """Wait for all that was asked until now, without counting this."""
        await asyncio.wrap_future(ThreadPoolExecutor.submit(self._thread, _nothing))
        if self._database is not None:
            await SqliteDatabase.read(self._database, _nothing)
            await SqliteDatabase.write(self._database, _nothing)


async def _until_nothing_is_ready() -> None:
    """Let the loop turn until it would wait. Only it knows, and says so by no public way."""
    loop = cast("Any", asyncio.get_running_loop())
    for _ in range(_MOST_TURNS):
        await asyncio.sleep(0)
        if not loop._ready:
            return
    raise AssertionError("Something runs on and on without waiting for anything.")


def _nothing(*_: object) -> None:
    pass
