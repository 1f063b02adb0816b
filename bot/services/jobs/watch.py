"""Watches one job from acceptance to its end: status message, deadline, delivery, close."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from bot import texts
from bot.db.jobs import JobStore
from bot.domain.backoff import Backoff
from bot.domain.clock import HOUR, MINUTE, SECOND, Clock
from bot.domain.jobs import Job, PredictionState, Stage
from bot.services.crash_points import CrashHook, CrashPoint
from bot.services.jobs.delivery import Delivery
from bot.services.jobs.kept import Kept
from bot.services.jobs.places import Places
from bot.services.jobs.status_end import StatusEnd
from bot.services.jobs.turns import Turns
from bot.services.money.notices import Notices
from bot.services.ports.messages import Messenger, NotNow, TooLarge
from bot.services.ports.meter import Meter
from bot.services.retry_until_stored import retry_until_stored
from bot.services.signals import Signals

log = structlog.get_logger(__name__)


_BACKOFF = Backoff(2.0, 60.0)

# How often a status message is looked at again although nothing was committed, by the job's age.
_TICKS = ((MINUTE, 3.0), (10 * MINUTE, 15.0), (HOUR, 60.0))
_LONGEST_TICK_SECONDS = 900.0

_WAITED_FOR = frozenset({Stage.WAITING, Stage.SENDING, Stage.PAINTING})
_KNOWN_SECONDS = 15.0
"""While a job only waits, what was read of it serves so long: its watch is woken by whatever is committed meanwhile."""


@dataclass(slots=True)
class _Seen:
    """What one watch has seen: refusals of Discord in a row, and how lately it read the job.

    `pictures` is how many it delivered or kept; `has_ended`: it did so when nothing more was to come.
    """

    failures: int = 0
    pictures: int = 0
    has_ended: bool = False
    is_kept: bool = False
    read_at: float = 0.0  #: on the monotonic clock


class JobWatch:
    """Keeps members informed about jobs and sees that every one of them is closed."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        turns: Turns,
        places: Places,
        delivery: Delivery,
        kept: Kept,
        messenger: Messenger,
        notices: Notices,
        signals: Signals,
        clock: Clock,
        deadline_seconds: float,
        meter: Meter,
        crash_hook: CrashHook,
    ) -> None:
        self._jobs = jobs
        self._turns = turns
        self._places = places
        self._delivery = delivery
        self._kept = kept
        self._messenger = messenger
        self._status_end = StatusEnd(messenger, turns, clock)
        self._notices = notices
        self._signals = signals
        self._clock = clock
        self._deadline = round(deadline_seconds * SECOND)
        self._meter = meter
        self._crash_hook = crash_hook

    async def watch(self, job_id: str) -> None:
        """Stay with a job until it is closed."""
        wakeup = self._signals.wakeup_of(job_id)
        seen = _Seen()
        job: Job | None = None
        while True:
            if job is None or self._clock.monotonic() >= seen.read_at + _KNOWN_SECONDS:
                job, seen.read_at = await self._jobs.job(job_id), self._clock.monotonic()
            if job.closed_at is not None:
                self._signals.forget(job_id)
                return
            # What is done for such a job writes nothing, and whatever is committed elsewhere wakes its watch.
            is_waited_for = job.stage in _WAITED_FOR and job.late_told_at is None and not self._is_late(job)
            try:
                pause = await self._attend(job, seen)
                seen.failures = 0
            except NotNow as error:
                pause = max(error.retry_after, _BACKOFF.after(seen.failures))
                seen.failures += 1
                log.warning("watch.later", job_id=job_id, failures=seen.failures, said=str(error))
                await self._say_what_holds_it_up(job)
            if await wakeup.wait(pause) or not is_waited_for:
                job = None

    async def bring_again(self, job_id: str) -> None:
        """Bring a finished result once more, however long Discord does not take it."""
        failures = 0
        while True:
            try:
                await self._delivery.deliver_again(await self._jobs.job(job_id))
            except NotNow as error:
                await self._clock.sleep(max(error.retry_after, _BACKOFF.after(failures)))
                failures += 1
            else:
                return

    async def _attend(self, job: Job, seen: _Seen) -> float:
        """Do what the job needs now; return the seconds after which to look again if nothing changes."""
        if job.has_ended:
            await self._end(job, seen)
            return 0.0
        if self._is_late(job) or job.late_told_at is not None:
            await self._be_late(job, seen)
            job = await self._jobs.job(job.job_id)
        elif job.stage is Stage.REVIEW:
            # Everything else has ended, and need not wait for a moderator.
            await self._bring(job, seen)
            job = await self._jobs.job(job.job_id)
        if not job.result_is_status:
            shown = await self._turns.snapshot(await self._places.as_shown(job))
            self._messenger.show_status(shown)
            # What happens to the job itself wakes its watch at once; only its place moves unnoticed.
            return self._next_tick(job, shown.turn.seconds_unchanged)
        return self._next_tick(job)

    async def _end(self, job: Job, seen: _Seen) -> None:
        await self._bring(job, seen)
        if seen.is_kept:
            await self._kept.keep(job)
        job = await self._jobs.job(job.job_id)
        is_superfluous = await self._status_end.is_superfluous(job)
        if not is_superfluous:
            await self._status_end.say(job)
        if job.withheld:
            # Told again if the program ends before the job is closed: twice is better than never.
            await self._messenger.tell_withheld(job)
        await self._notices.tell(job)
        if is_superfluous:
            # Last, since what is told in private is told as an answer to this message.
            await self._status_end.remove(job)
        self._crash_hook(CrashPoint.CLOSING)
        await retry_until_stored(self._clock, lambda: self._jobs.close(job.job_id, self._clock.now()))
        self._meter.job_ended(job.stage.value, job.spent_micros)

    async def _say_what_holds_it_up(self, job: Job) -> None:
        """Tell what is true while a result waits for Discord to take it."""
        if job.has_ended and job.pictures and job.result_message is None:
            self._messenger.show_status(replace(await self._turns.snapshot(job), held_up_by=texts.status.NOT_TAKEN))

    async def _be_late(self, job: Job, seen: _Seen) -> None:
        """Past the deadline: say so, and bring what there is; the rest is added when it comes."""
        if job.late_told_at is None:
            log.warning("watch.late", job_id=job.job_id)
            await retry_until_stored(self._clock, lambda: self._jobs.tell_late(job.job_id, self._clock.now()))
            # From here on it holds no place at the provider: somebody else may be sent.
            self._signals.submission.notify()
        await self._bring(await self._jobs.job(job.job_id), seen)

    async def _bring(self, job: Job, seen: _Seen) -> None:
        """Deliver unless everything that there is was delivered before, and whether more comes was said as it is."""
        pictures, has_ended = len(job.pictures), job.has_ended
        if not pictures or (pictures, has_ended) == (seen.pictures, seen.has_ended):
            return
        try:
            seen.is_kept = (await self._delivery.deliver(job)).is_kept
        except TooLarge:
            log.exception("watch.too_large", job_id=job.job_id)
        seen.pictures, seen.has_ended = pictures, has_ended

    def _is_late(self, job: Job) -> bool:
        due = self._due_at(job)
        return due is not None and self._clock.now() >= due

    def _due_at(self, job: Job) -> int | None:
        """When the first prediction that the provider has passes the deadline."""
        submitted = [
            p.submitted_at
            for p in job.predictions
            if p.state is PredictionState.PROCESSING and p.submitted_at is not None
        ]
        return min(submitted) + self._deadline if submitted else None

    def _next_tick(self, job: Job, unchanged: float = 0.0) -> float:
        now = self._clock.now()
        age = now - job.created_at
        tick = next((seconds for until, seconds in _TICKS if age < until), _LONGEST_TICK_SECONDS)
        tick = max(tick, unchanged)
        due = self._due_at(job)
        return tick if due is None or due <= now else min(tick, (due - now) / SECOND)
