"""Sending paid requests: in turn, within the provider's limits, one POST per attempt, and never again blindly."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from bot.domain.clock import Clock, Instant
from bot.domain.gate import ProviderLimits, look_at_gate
from bot.domain.jobs import Job, Prediction, PredictionState
from bot.domain.models import SEED, ParameterValue
from bot.domain.predictions import AnswerLost, FailureReason, NotSent, Refused, TryLater
from bot.services.crash_points import CrashPoint, Reach
from bot.services.insist import insist
from bot.services.ports import Meter, Provider
from bot.services.stores import JobStore, Waiting
from bot.services.switchboard import Switchboard
from bot.services.uploads import Impossible, NotYet, Ready, Uploads

log = structlog.get_logger(__name__)

_RATE_LIMITED_SECONDS = 60.0
_NOT_SENT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class SubmissionRules:
    """How requests leave."""

    limits: ProviderLimits
    grace_seconds: float
    boot_id: str


class Submission:
    """The one loop from which paid requests leave."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        provider: Provider,
        uploads: Uploads,
        rules: SubmissionRules,
        clock: Clock,
        switchboard: Switchboard,
        meter: Meter,
        reach: Reach,
    ) -> None:
        self._jobs = jobs
        self._provider = provider
        self._uploads = uploads
        self._rules = rules
        self._clock = clock
        self._switchboard = switchboard
        self._meter = meter
        self._reach = reach
        self._not_before: Instant = 0
        self._draining = False
        self._uploaded: dict[str, tuple[str, ...]] = {}
        self._retry_at: dict[str, Instant] = {}
        self._uploading: dict[str, asyncio.Task[None]] = {}
        self._sending: dict[asyncio.Task[None], str] = {}

    def stop_sending(self) -> None:
        """Let no further request leave; those on their way get their answers."""
        self._draining = True

    async def wait_for_answers(self) -> None:
        """Return when no request is on its way any more."""
        while self._sending:
            await asyncio.wait(tuple(self._sending))

    async def run(self) -> None:
        """Send what may be sent, whenever it may; runs until cancelled."""
        try:
            while True:
                await self._switchboard.submission.wait(await self._send_next())
        finally:
            for task in (*self._uploading.values(), *self._sending):
                task.cancel()

    async def _send_next(self) -> float | None:
        """Send at most one request; return the seconds after which to look again (None: when something changes)."""
        now = self._clock.now()
        waiting = await self._jobs.waiting()
        self._forget_gone({turn.job_id for turn in waiting})
        if self._draining or not waiting:
            return None
        await self._upload_ahead(waiting, now)
        if now < self._not_before:
            return (self._not_before - now) / 1000
        closed = look_at_gate(await self._jobs.traffic(now), self._rules.limits, now)
        if closed is not None:
            return closed.seconds
        turn = next((turn for turn in waiting if turn.job_id in self._uploaded), None)
        if turn is None:
            return self._seconds_to_retry(now)
        attempt_id = await self._jobs.begin_attempt(turn.prediction_id, self._rules.boot_id, now)
        if attempt_id is not None:
            sending = asyncio.create_task(self._send(turn, attempt_id, now), name=f"send {turn.job_id}")
            self._sending[sending] = turn.job_id
            sending.add_done_callback(self._sent)
        return 0.0

    def _sent(self, sending: asyncio.Task[None]) -> None:
        del self._sending[sending]
        self._switchboard.submission.ring()
        if not sending.cancelled() and (error := sending.exception()) is not None:
            log.error("submit.failed", exc_info=error)

    async def _send(self, turn: Waiting, attempt_id: int, sent_at: Instant) -> None:
        job = await self._jobs.job(turn.job_id)
        prediction = next(p for p in job.predictions if p.prediction_id == turn.prediction_id)
        self._switchboard.changed(job.job_id)
        self._reach(CrashPoint.SUBMITTING)
        try:
            provider_id = await self._provider.submit(
                job.model, job.sent_prompt, self._uploaded[job.job_id], _parameters(job, prediction)
            )
        except TryLater as error:
            await self._take_back(attempt_id, error)
        except Refused as error:
            await self._refused(job, attempt_id, error)
        except AnswerLost as error:
            await self._lost(job, attempt_id, sent_at, error)
        else:
            self._reach(CrashPoint.ANSWERED)
            await insist(self._clock, lambda: self._jobs.attempt_accepted(attempt_id, provider_id, self._clock.now()))
            log.info("submit.accepted", job_id=job.job_id, prediction_id=prediction.prediction_id)
            self._switchboard.prediction_accepted(job.job_id, prediction.prediction_id)
        self._switchboard.changed(job.job_id)

    async def _take_back(self, attempt_id: int, error: TryLater) -> None:
        """Nothing was created: the prediction goes back to its place, its money stays held."""
        now = self._clock.now()
        usual = _NOT_SENT_SECONDS if isinstance(error, NotSent) else _RATE_LIMITED_SECONDS
        wait = usual if error.after_seconds is None else error.after_seconds
        self._not_before = now + round(wait * 1000)
        await insist(self._clock, lambda: self._jobs.attempt_returned(attempt_id, now))
        self._meter.provider_failed("not_sent" if isinstance(error, NotSent) else "rate_limited")
        log.warning("submit.later", detail=error.detail, seconds=wait)

    async def _refused(self, job: Job, attempt_id: int, error: Refused) -> None:
        if error.reason is FailureReason.REFERENCE_LOST:
            await self._uploads.forget([reference.image for reference in job.references])
        await insist(self._clock, lambda: self._jobs.attempt_refused(attempt_id, error.reason, self._clock.now()))
        self._meter.provider_failed(error.reason.value)
        log.warning("submit.refused", job_id=job.job_id, reason=error.reason.value, detail=error.detail)

    async def _lost(self, job: Job, attempt_id: int, sent_at: Instant, error: AnswerLost) -> None:
        now = self._clock.now()
        next_look_at = sent_at + round(self._rules.grace_seconds * 1000)
        await insist(self._clock, lambda: self._jobs.attempt_lost(attempt_id, next_look_at, now))
        self._meter.provider_failed("answer_lost")
        log.warning("submit.answer_lost", job_id=job.job_id, detail=error.detail)

    # References go up ahead of their turn, so that the gate never waits for an upload.

    async def _upload_ahead(self, waiting: tuple[Waiting, ...], now: Instant) -> None:
        ahead = self._rules.limits.max_concurrent + 1
        wanted = list(dict.fromkeys(turn.job_id for turn in waiting))[:ahead]
        for job_id in wanted:
            if job_id in self._uploaded or job_id in self._uploading or self._retry_at.get(job_id, 0) > now:
                continue
            task = asyncio.create_task(self._upload(job_id), name=f"upload {job_id}")
            self._uploading[job_id] = task
            task.add_done_callback(lambda _, job_id=job_id: self._upload_ended(job_id))

    def _upload_ended(self, job_id: str) -> None:
        task = self._uploading.pop(job_id)
        self._switchboard.submission.ring()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._retry_at[job_id] = self._clock.now() + round(_RATE_LIMITED_SECONDS * 1000)
            log.error("upload.failed", job_id=job_id, exc_info=error)

    async def _upload(self, job_id: str) -> None:
        job = await self._jobs.job(job_id)
        outcome = await self._uploads.ensure(job)
        match outcome:
            case Ready(urls):
                self._uploaded[job_id] = urls
            case NotYet(retry_at):
                self._retry_at[job_id] = retry_at
            case Impossible(reason):
                for prediction in job.predictions:
                    if prediction.state is PredictionState.QUEUED:
                        await self._jobs.fail(prediction.prediction_id, reason, self._clock.now())
                self._switchboard.changed(job_id)

    def _seconds_to_retry(self, now: Instant) -> float | None:
        due = [at for at in self._retry_at.values() if at > now]
        return None if not due else (min(due) - now) / 1000

    def _forget_gone(self, waiting: set[str]) -> None:
        for kept in (self._uploaded, self._retry_at):
            for job_id in kept.keys() - waiting - set(self._sending.values()):
                del kept[job_id]


def _parameters(job: Job, prediction: Prediction) -> dict[str, ParameterValue]:
    if prediction.seed is None:
        return dict(job.parameters)
    return {**job.parameters, SEED.name: prediction.seed}
