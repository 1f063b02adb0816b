"""The engine: runs the background loops and one watcher per job, restarts what fails, and drains on shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeAlias

import structlog

from bot.db.interactions import InteractionStore
from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.domain.errors import Unavailable
from bot.log import job_context
from bot.services.creative.intake import Intake
from bot.services.creative.privacy import Erasing
from bot.services.jobs.announcements import Announcements
from bot.services.jobs.kept import Kept
from bot.services.jobs.orphans import Orphans
from bot.services.jobs.polling import Polling
from bot.services.jobs.recovery import Recovery
from bot.services.jobs.submission import Submission
from bot.services.jobs.unknowns import Unknowns
from bot.services.jobs.watch import JobWatch
from bot.services.moderation.audit_feed import AuditFeed
from bot.services.moderation.outbox import Outbox
from bot.services.money.invariant_guard import InvariantGuard
from bot.services.money.prices import Prices
from bot.services.signals import JobArrived, PredictionAccepted, ResultWanted, Signals

log = structlog.get_logger(__name__)

_RESTARTS = Backoff(1.0, 300.0)
_TIDY_SECONDS = 60.0

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


class Engine:
    """The background loops, and one watcher for each open job."""

    def __init__(
        self,
        *,
        recovery: Recovery,
        intake: Intake,
        submission: Submission,
        polling: Polling,
        unknowns: Unknowns,
        watch: JobWatch,
        orphans: Orphans,
        prices: Prices,
        invariant_guard: InvariantGuard,
        erasing: Erasing,
        audit_feed: AuditFeed,
        outbox: Outbox,
        kept: Kept,
        announcements: Announcements,
        interactions: InteractionStore,
        signals: Signals,
        clock: Clock,
    ) -> None:
        self._recovery = recovery
        self._intake = intake
        self._submission = submission
        self._polling = polling
        self._unknowns = unknowns
        self._watch = watch
        self._orphans = orphans
        self._prices = prices
        self._invariant_guard = invariant_guard
        self._erasing = erasing
        self._audit_feed = audit_feed
        self._outbox = outbox
        self._kept = kept
        self._announcements = announcements
        self._interactions = interactions
        self._signals = signals
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self, connected: Callable[[], Awaitable[None]]) -> None:
        """Take up what is open, then work until cancelled. `connected` returns once Discord can be spoken to."""
        try:
            self._start("invariants", self._invariant_guard.run)
            await self._recovery.take_up()
            self._start("submission", self._submission.run)
            self._start("unknowns", self._unknowns.run)
            self._start("announcements", self._announcements.run)
            self._start("orphans", self._orphans.run)
            self._start("prices", self._prices.keep_current)
            self._start("tidy", self._tidy)
            self._start("erasing", self._erasing.run)
            await connected()
            self._start("audit feed", self._audit_feed.run)
            self._start("outbox", self._outbox.run)
            self._signals.session.notify()
            self._start("kept", self._kept.run)
            self._start("answers", self._recovery.answer_interrupted)
            while True:
                match await self._signals.arrivals.get():
                    case JobArrived(job_id):
                        self._start(f"watch {job_id}", _named(job_id, partial(self._watch.watch, job_id)))
                    case PredictionAccepted(job_id, prediction_id):
                        follow = partial(self._polling.follow, job_id, prediction_id)
                        self._start(f"follow {prediction_id}", _named(job_id, follow))
                    case ResultWanted(job_id):
                        self._start(f"bring {job_id}", _named(job_id, partial(self._watch.bring_again, job_id)))
        finally:
            await self._stop()

    async def drain(self, because: Unavailable, seconds: float) -> None:
        """Admit and send nothing more, and give requests on their way that many seconds to be answered."""
        self._intake.close(because)
        self._submission.stop_sending()
        try:
            async with asyncio.timeout(seconds):
                await self._submission.wait_for_answers()
        except TimeoutError:
            log.warning("engine.drain_timeout", seconds=seconds)

    def _start(self, name: str, work: Work) -> None:
        if name in self._tasks:
            return
        self._tasks[name] = asyncio.create_task(self._until_done(name, work), name=name)

    async def _until_done(self, name: str, work: Work) -> None:
        """Free the name as the work ends, not a turn of the loop later, when the same may be wanted again."""
        try:
            await self._kept_going(name, work)
        finally:
            del self._tasks[name]

    async def _kept_going(self, name: str, work: Work) -> None:
        """Run to the end, and again after a fault: a job is never abandoned because of a bug.

        Faults that follow one another closely are waited out ever longer.
        """
        waits = _RESTARTS.waits()
        while True:
            began = self._clock.monotonic()
            try:
                await work()
            except Exception:
                if self._clock.monotonic() - began > _RESTARTS.longest:
                    waits = _RESTARTS.waits()
                pause = next(waits)
                log.exception("engine.fault", work=name, again_in_seconds=pause)
            else:
                return
            await self._clock.sleep(pause)

    async def _tidy(self) -> None:
        """Forget tokens as soon as they are dead."""
        while True:
            await self._interactions.expire(self._clock.now())
            await self._clock.sleep(_TIDY_SECONDS)

    async def _stop(self) -> None:
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _named(job_id: str, work: Work) -> Work:
    """The same work, with the job's id in every log record that comes of it, a library's as well."""

    async def named() -> None:
        with job_context(job_id):
            await work()

    return named
