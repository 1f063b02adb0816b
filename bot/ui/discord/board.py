"""Schedules edits of status messages: the latest state wins, at a pace that Discord and the channel allow."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog
from discord import ui

from bot.domain.clock import Clock
from bot.domain.jobs import Job, Stage
from bot.domain.snapshots import JobSnapshot
from bot.services.ports.messages import NotNow, Unreachable
from bot.services.wakeup import Wakeup
from bot.ui.render.drawing import Drawing

log = structlog.stdlib.get_logger(__name__)

GAP_SECONDS = 3.0
"""No two edits of one message are closer than this."""

CROWDED_GAP_SECONDS = 5.0
"""Mere progress, where more than two jobs run in a channel, or after the first minute."""

SLOW_GAP_SECONDS = 10.0
"""Mere progress, after the first minute where more than two jobs run; and after an edit that did not get through."""

YOUNG_SECONDS = 60.0
CROWD = 2
REMEMBERED = 1_000
"""Finished jobs of which late snapshots are refused."""


class StatusEdit(Protocol):
    """The right to write one status message, once, now."""

    async def write(self, view: ui.LayoutView, *, is_last: bool) -> None:
        """Have the message show this: progress with one short try, so that the last word soon follows one that fails.

        Raises:
            Unreachable: the message is gone.
            NotNow: it did not get through.
        """
        ...


class StatusWriter(Protocol):
    """Reaches status messages."""

    def turn(self, job: Job, is_urgent: Callable[[], bool]) -> AbstractAsyncContextManager[StatusEdit]:
        """Wait until this job's status may be edited; what is written is chosen then."""
        ...

    def finished(self, job: Job) -> None:
        """This job's status has said its last word."""
        ...


@dataclass(eq=False, slots=True)
class _Entry:
    """One status message: what it should say next, what it says, and since when."""

    job: Job
    born: float
    wakeup: Wakeup
    next: JobSnapshot | None = None
    shown: Drawing | None = None
    stage: Stage | None = None
    written_at: float | None = None
    has_stumbled: bool = False
    is_closed: bool = False
    is_over: bool = False
    last_words: asyncio.Future[None] | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    def take(self) -> tuple[JobSnapshot, bool]:
        """What to write now, and whether it is the last word."""
        if self.next is None:
            raise LookupError("nothing to say")
        taken, self.next = self.next, None
        return taken, self.last_words is not None


class Board:
    """Edits status messages: the latest snapshot wins, one edit in flight each, at least 3 s apart.

    A new stage waits 3 s, mere progress longer the older the job and the busier the channel. Progress is given up when
    its message cannot be reached; a last word is always tried, before the progress of others.
    """

    def __init__(self, render: Callable[[JobSnapshot], ui.LayoutView], writer: StatusWriter, clock: Clock) -> None:
        self._render = render
        self._writer = writer
        self._clock = clock
        self._lines: dict[str, _Entry] = {}
        self._finished: OrderedDict[str, None] = OrderedDict()

    def show(self, snapshot: JobSnapshot) -> None:
        """Have the status message say this soon; a later call replaces what did not go out yet."""
        if snapshot.job.job_id in self._finished:
            return
        line = self._line(snapshot.job)
        if not line.is_closed and not line.is_over:
            self._say(line, snapshot)

    async def finish(self, snapshot: JobSnapshot) -> None:
        """Have the status message say its last word; after this nothing earlier goes out.

        Raises:
            Unreachable: the message is gone.
            NotNow: it did not get through; `finish` may be called again.
        """
        line = self._line(snapshot.job)
        line.is_over = True
        if line.last_words is None:
            line.last_words = asyncio.get_running_loop().create_future()
        said = line.last_words
        self._say(line, snapshot)
        await asyncio.shield(said)

    async def silence(self, job: Job) -> None:
        """Say nothing more of this job: its message is becoming something else.

        Returns once nothing is under way any more: an edit that Discord serves after the one which follows would undo
        it, and show progress where the pictures were.
        """
        line = self._line(job)
        line.is_closed, line.next = True, None
        line.wakeup.notify()
        if line.task is not None:
            await asyncio.wait({line.task})
        self._forget(line)

    async def close(self) -> None:
        """Stop writing, whatever is left unsaid."""
        tasks = [line.task for line in self._lines.values() if line.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _line(self, job: Job) -> _Entry:
        if job.job_id not in self._lines:
            self._lines[job.job_id] = _Entry(job, self._clock.monotonic(), Wakeup(self._clock))
        return self._lines[job.job_id]

    def _say(self, line: _Entry, snapshot: JobSnapshot) -> None:
        line.job, line.next = snapshot.job, snapshot
        line.wakeup.notify()
        if line.task is None:
            line.task = asyncio.create_task(self._work(line), name=f"status-{line.job.job_id}")

    async def _work(self, line: _Entry) -> None:
        try:
            while line.next is not None:
                await self._keep_distance(line)
                if self._was_silenced(line):
                    return
                try:
                    await self._say_next(line)
                except Exception as error:
                    log.exception("status.failed", job_id=line.job.job_id)
                    line.next = None
                    self._failed(line, error, is_last=line.is_over)
        finally:
            line.task = None

    async def _say_next(self, line: _Entry) -> None:
        if self._has_news(line):
            await self._write(line)
        else:
            _, is_last = line.take()
            self._written(line, is_last=is_last)

    def _drawn_now(self, snapshot: JobSnapshot) -> ui.LayoutView:
        """Draw with the time of this moment: a snapshot may have waited for its turn."""
        return self._render(replace(snapshot, taken_at=self._clock.now()))

    async def _keep_distance(self, line: _Entry) -> None:
        while line.next is not None and (pause := self._pause(line)) > 0:
            await line.wakeup.wait(pause)

    def _pause(self, line: _Entry) -> float:
        if line.written_at is None:
            return 0.0
        return line.written_at + self._gap(line) - self._clock.monotonic()

    def _gap(self, line: _Entry) -> float:
        if line.is_over:
            return GAP_SECONDS
        if line.has_stumbled:
            return SLOW_GAP_SECONDS
        if line.next is not None and line.next.job.stage is not line.stage:
            return GAP_SECONDS
        crowded = sum(each.job.channel_id == line.job.channel_id for each in self._lines.values()) > CROWD
        if self._clock.monotonic() - line.born < YOUNG_SECONDS:
            return CROWDED_GAP_SECONDS if crowded else GAP_SECONDS
        return SLOW_GAP_SECONDS if crowded else CROWDED_GAP_SECONDS

    @staticmethod
    def _was_silenced(line: _Entry) -> bool:
        return line.next is None

    def _has_news(self, line: _Entry) -> bool:
        return line.next is not None and self._drawn_now(line.next).to_components() != line.shown

    async def _write(self, line: _Entry) -> None:
        is_last = False
        snapshot: JobSnapshot | None = None
        try:
            async with self._writer.turn(line.job, lambda: line.is_over) as edit:
                if self._was_silenced(line):
                    return
                snapshot, is_last = line.take()
                view = self._drawn_now(snapshot)
                drawing = view.to_components()
                line.written_at = self._clock.monotonic()
                await edit.write(view, is_last=is_last)
        except NotNow as error:
            log.info("status.not_now", job_id=line.job.job_id, said=str(error))
            line.has_stumbled = True
            line.next = line.next or (None if is_last or line.is_closed else snapshot)
            self._failed(line, error, is_last=is_last)
        except Unreachable as error:
            log.info("status.given_up", job_id=line.job.job_id, said=str(error))
            line.is_closed = True
            line.next = line.next if line.is_over else None
            self._failed(line, error, is_last=is_last)
        else:
            line.shown, line.stage, line.has_stumbled = drawing, snapshot.job.stage, False
            self._written(line, is_last=is_last)

    def _written(self, line: _Entry, *, is_last: bool) -> None:
        if is_last and line.last_words is not None:
            line.last_words.set_result(None)
            self._forget(line)

    def _failed(self, line: _Entry, error: Exception, *, is_last: bool) -> None:
        if not is_last or line.last_words is None:
            return
        line.last_words.set_exception(error)
        line.last_words.exception()  # whoever waited may have been cancelled
        line.last_words = None
        if isinstance(error, Unreachable):
            self._forget(line)

    def _forget(self, line: _Entry) -> None:
        line.next = None
        self._lines.pop(line.job.job_id, None)
        self._finished[line.job.job_id] = None
        while len(self._finished) > REMEMBERED:
            self._finished.popitem(last=False)
        self._writer.finished(line.job)
