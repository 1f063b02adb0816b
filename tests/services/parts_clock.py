"""A clock that is moved by hand over a real database: before time moves on, all that was asked of it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar, cast

from bot.db.sqlite import SqliteDatabase, Work
from tests.clocks import ManualClock

P = ParamSpec("P")
T = TypeVar("T")

_MOST_TURNS = 100_000


class CountedDatabase(SqliteDatabase):
    """Counts what each of its two threads is asked for."""

    writes = reads = 0

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.writes += 1
        return await super().write(work, *args, **kwargs)

    async def checkpoint(self) -> None:
        self.writes += 1
        await super().checkpoint()

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.reads += 1
        return await super().read(work, *args, **kwargs)

    async def writes_done(self) -> None:
        """Wait until the writer has done what it was asked for until now."""
        await self._writer.run(_nothing)

    async def reads_done(self) -> None:
        """Wait until the reader has done what it was asked for until now."""
        await self._reader.run(_nothing)


class CountedThread(ThreadPoolExecutor):
    """One thread, which does what it is given in that order, and counts it."""

    def __init__(self) -> None:
        super().__init__(1)
        self.given = 0

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self.given += 1
        return super().submit(fn, *args, **kwargs)

    async def done(self) -> None:
        """Wait until it has done what it was given until now."""
        await asyncio.wrap_future(super().submit(_nothing))


class PartsClock(ManualClock):
    """Moved by hand; time stands still while anything is under way."""

    def __init__(self) -> None:
        super().__init__()
        self._database: CountedDatabase | None = None
        self._thread = CountedThread()
        self._waited_for = [0, 0, 0]

    def wait_for(self, database: CountedDatabase) -> None:
        """Let time stand still while this database, or a thread of the running loop, has something to do."""
        self._database = database
        asyncio.get_running_loop().set_default_executor(self._thread)

    async def settle(self) -> None:
        await _until_nothing_is_ready()
        while (asked := self._asked()) != self._waited_for:
            await self._done_so_far(asked)
            self._waited_for = asked
            await _until_nothing_is_ready()

    def _asked(self) -> list[int]:
        database = self._database
        return [self._thread.given, *((0, 0) if database is None else (database.writes, database.reads))]

    async def _done_so_far(self, asked: Sequence[int]) -> None:
        """Wait for those that were asked for something since they were last waited for.

        Each does what it is asked for in that order, and is asked here for nothing more, uncounted.
        """
        ways = [self._thread.done]
        if self._database is not None:
            ways += [self._database.writes_done, self._database.reads_done]
        for way, now, before in zip(ways, asked, self._waited_for, strict=False):
            if now != before:
                await way()


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
