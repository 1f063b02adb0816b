"""Picks the next job to submit, and uploads the references of the next few ahead of time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog

from bot.db.jobs import JobStore
from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.domain.jobs import Job, Prediction, PredictionState
from bot.domain.predictions import Waiting
from bot.domain.storyboards import MAX_PICTURES
from bot.services.jobs.breaker import Breaker
from bot.services.jobs.uploads import Impossible, NotYet, Ready, Uploads
from bot.services.signals import Signals

log = structlog.get_logger(__name__)

_BACKOFF = Backoff(2.0, 60.0)
_FORGOTTEN_SECONDS = 120.0
"""So long after it could be tried again, a job whose upload failed waits no more: it would have had its turn."""


@dataclass(frozen=True, slots=True)
class Next:
    """A prediction that can be sent now, with the addresses of its job's references in their order."""

    job: Job
    prediction: Prediction
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Retry:
    """How often a job's uploads failed in a row, and when on the monotonic clock they are tried again."""

    failures: int
    at: float


class UploadQueue:
    """Uploads references ahead of their turn, so that the gate never waits for an upload.

    A job whose upload fails is tried again ever more rarely, and meanwhile stands in nobody's way.
    """

    def __init__(
        self,
        jobs: JobStore,
        uploads: Uploads,
        signals: Signals,
        clock: Clock,
        breaker: Breaker,
        *,
        ahead: int,
    ) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._signals = signals
        self._clock = clock
        self._breaker = breaker
        self._ahead = ahead
        self._uploading: dict[str, asyncio.Task[None]] = {}
        self._ready: set[str] = set()
        self._retries: dict[str, _Retry] = {}
        self._passed_over: set[str] = set()

    async def first_ready(self, held: Collection[str]) -> Next | None:
        """The first in turn that can be sent; uploads begin for those among the next few that lack something.

        Those of `held` models are passed over. Of those behind the first only what is not known to be ready is read
        again, so that the work for each does not grow with the queue.
        """
        now = self._clock.monotonic()
        self._retries = {job_id: each for job_id, each in self._retries.items() if now < each.at + _FORGOTTEN_SECONDS}
        passed_over = self._passed_over = {job_id for job_id, each in self._retries.items() if each.at > now}
        # However many of the first are passed over, enough others are looked at.
        in_the_way = (len(passed_over) + len(self._uploading)) * MAX_PICTURES
        turns = await self._jobs.next_turns(self._ahead + in_the_way, held)
        self._ready &= {turn.job_id for turn in turns}
        return await self._first_of([turn for turn in turns if turn.job_id not in passed_over])

    async def _first_of(self, turns: Sequence[Waiting]) -> Next | None:
        first: Next | None = None
        looked_at: set[str] = set()
        for turn in turns:
            if turn.job_id in looked_at:
                continue
            looked_at.add(turn.job_id)
            if turn.job_id not in self._uploading and (first is None or turn.job_id not in self._ready):
                found = await self._look_at(turn)
                first = first or found
            if len(looked_at) == self._ahead:
                break
        return first

    def seconds_to_retry(self) -> float | None:
        """How long until the next upload that failed is tried again, from 0; None where none waits for that.

        What the last look passed over is waited for, also where its moment came while that look was under way.
        """
        now = self._clock.monotonic()
        waiting = {job_id: retry.at for job_id, retry in self._retries.items() if job_id not in self._uploading}
        due = [at for job_id, at in waiting.items() if at > now or job_id in self._passed_over]
        return max(0.0, min(due) - now) if due else None

    async def close(self) -> None:
        """Break off what is on its way."""
        tasks = tuple(self._uploading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_at(self, turn: Waiting) -> Next | None:
        """One bad row must not stop those behind it; the operator sees it with its id."""
        try:
            return await self._ready_or_begin(turn)
        except Exception:
            log.exception("queue.bad_row", job_id=turn.job_id)
            self._retry_later(turn.job_id, 0.0)
            return None

    async def _ready_or_begin(self, turn: Waiting) -> Next | None:
        job = await self._jobs.job(turn.job_id)
        prediction = next(p for p in job.predictions if p.prediction_id == turn.prediction_id)
        if prediction.state is not PredictionState.QUEUED:
            # Cancelled, or failed with its upload, since the queue was read.
            return None
        urls = await self._uploads.known(job)
        if urls is not None:
            self._ready.add(job.job_id)
            return Next(job, prediction, urls)
        self._ready.discard(job.job_id)
        task = asyncio.create_task(self._upload(job), name=f"upload {job.job_id}")
        self._uploading[job.job_id] = task
        task.add_done_callback(lambda _: self._ended(job.job_id))
        return None

    def _ended(self, job_id: str) -> None:
        task = self._uploading.pop(job_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._retry_later(job_id, _BACKOFF.longest)
            log.error("upload.fault", job_id=job_id, exc_info=error)
        self._signals.submission.notify()

    async def _upload(self, job: Job) -> None:
        match await self._uploads.ensure(job):
            case Ready():
                self._breaker.answered(job.model.id, job.job_id)
                self._retries.pop(job.job_id, None)
            case NotYet(after_seconds):
                if after_seconds is None:
                    self._breaker.failed(job.model.id, job.job_id, "upload")
                self._retry_later(job.job_id, after_seconds or 0.0)
            case Impossible(reason):
                for prediction in job.predictions:
                    if prediction.state is PredictionState.QUEUED:
                        await self._jobs.fail(prediction.prediction_id, reason, self._clock.now())
                self._signals.changed(job.job_id)

    def _retry_later(self, job_id: str, wish_seconds: float) -> None:
        failures = self._retries[job_id].failures if job_id in self._retries else 0
        wait = max(wish_seconds, _BACKOFF.after(failures))
        self._retries[job_id] = _Retry(failures + 1, self._clock.monotonic() + wait)
