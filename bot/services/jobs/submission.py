"""Submits paid requests: in turn, within the provider's limits, one POST per attempt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.db.database import OutcomeUnknown
from bot.db.jobs import JobStore
from bot.domain.backoff import Backoff
from bot.domain.clock import SECOND, Clock, Instant
from bot.domain.errors import Unavailable
from bot.domain.gate import Closed, ProviderLimits, Traffic, look_at_gate, look_at_model
from bot.domain.image_models import ImageModel
from bot.domain.jobs import Job, Prediction
from bot.domain.lost_answers import first_look_at
from bot.domain.parameters import SEED, ParameterValue
from bot.domain.predictions import AnswerLost, FailureReason, NotSent, Refused, TryLater
from bot.domain.storyboards import sent_words_of
from bot.domain.webhooks import SentAttempt
from bot.services.crash_points import CrashHook, CrashPoint
from bot.services.jobs.breaker import Breaker
from bot.services.jobs.queue_gauges import QueueGauges
from bot.services.jobs.upload_queue import Next, UploadQueue
from bot.services.jobs.uploads import Uploads
from bot.services.ports.meter import Meter
from bot.services.ports.provider import Provider
from bot.services.retry_until_stored import RETRY_SECONDS, retry_until_stored
from bot.services.signals import Signals

log = structlog.get_logger(__name__)

_RATE_LIMITED_SECONDS = 60.0
_NOT_SENT_SECONDS = 5.0
_SHORTEST_WAIT_SECONDS = 1.0
_BACKOFF = Backoff(RETRY_SECONDS, 60.0)
_STALE_SECONDS = 10.0
"""A POST that has not left so long after it was to be committed does not leave any more: the program was stopped, and
by and by another worker takes its place (`bot.db.postgres_lead`) and looks for what this one was about to send."""
_UPLOADED_AHEAD = 32
"""So many jobs behind the first have their references uploaded before their turn, however many the tier allows."""


def _no_webhook(attempt: SentAttempt) -> str | None:
    del attempt
    return None


@dataclass(frozen=True, slots=True)
class SubmissionRules:
    """How requests leave."""

    limits: ProviderLimits
    grace_seconds: float
    boot_id: str


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One POST that was committed before it leaves."""

    attempt_id: int
    job_id: str
    model_id: str
    prediction_id: int
    sent_at: Instant
    began: float  #: on the monotonic clock
    stale_at: float  #: on the loop's own clock, as what is known of the lead: it goes on in a program that is stopped


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
        signals: Signals,
        meter: Meter,
        crash_hook: CrashHook,
        withdraw: Callable[[ImageModel], Awaitable[None]],
        breaker: Breaker | None = None,
        webhook_of: Callable[[SentAttempt], str | None] = _no_webhook,
    ) -> None:
        self._jobs = jobs
        self._gauges = QueueGauges(jobs, meter, clock)
        self._provider = provider
        self._uploads = uploads
        self._breaker = breaker or Breaker(clock)
        ahead = min(rules.limits.max_concurrent, _UPLOADED_AHEAD) + 1
        self._queue = UploadQueue(jobs, uploads, signals, clock, self._breaker, ahead=ahead)
        self._rules = rules
        self._clock = clock
        self._signals = signals
        self._meter = meter
        self._crash_hook = crash_hook
        self._withdraw = withdraw
        self._webhook_of = webhook_of
        self._not_before = 0.0
        self._draining = False
        self._deciding = asyncio.Lock()
        self._sending: set[asyncio.Task[None]] = set()

    def stop_sending(self) -> None:
        """Let no further request leave; those on their way get their answers."""
        self._draining = True

    async def wait_for_answers(self) -> None:
        """Return when no request is on its way any more; call `stop_sending` first."""
        async with self._deciding:
            on_their_way = tuple(self._sending)
        await asyncio.gather(*on_their_way, return_exceptions=True)

    async def run(self) -> None:
        """Send what may be sent, whenever it may; runs until cancelled.

        A fault in this loop leaves the requests that are on their way alone: their answers are still awaited.
        """
        try:
            while True:
                await self._signals.submission.wait(await self._send_next())
        except asyncio.CancelledError:
            for sending in self._sending:
                sending.cancel()
            await asyncio.gather(self._queue.close(), *self._sending, return_exceptions=True)
            raise

    async def _send_next(self) -> float | None:
        """Send at most one request; return the seconds after which to look again (None: when something changes)."""
        async with self._deciding:
            return _soonest(await self._send_first(), await self._gauges.tell())

    async def _send_first(self) -> float | None:
        if self._draining:
            return None
        traffic = await self._jobs.traffic(self._clock.now(), self._rules.limits.max_per_minute)
        held = self._held_models(traffic)
        first = await self._queue.first_ready(held.keys())
        closed = self._look_at_gate(traffic)
        if closed is not None:
            return _soonest(closed.seconds, self._queue.seconds_to_retry())
        if first is None:
            return _soonest(self._queue.seconds_to_retry(), *(each.seconds for each in held.values()))
        return None if self._draining else await self._begin(first)

    def _held_models(self, traffic: Traffic) -> dict[str, Closed]:
        """The models of which nothing may leave; others go on."""
        lost = {model_id: look_at_model(traffic, model_id) for model_id in traffic.lost}
        held = {model_id: closed for model_id, closed in lost.items() if closed is not None}
        return held | {model_id: Closed(pause) for model_id, pause in self._breaker.held().items()}

    def _look_at_gate(self, traffic: Traffic) -> Closed | None:
        wait = self._not_before - self._clock.monotonic()
        return Closed(wait) if wait > 0 else look_at_gate(traffic, self._rules.limits, self._clock.now())

    async def _begin(self, first: Next) -> float:
        """Commit the attempt, then let its POST leave in a task of its own."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        prediction_id = first.prediction.prediction_id
        stale_at = asyncio.get_running_loop().time() + _STALE_SECONDS
        try:
            # By the provider's clock, kept with it: neither clock may be set meanwhile without this staying true.
            began = self._provider.remote_clock.now_if_known()
            attempt_id = await self._jobs.begin_attempt(prediction_id, self._rules.boot_id, now, began)
        except OutcomeUnknown:
            return await self._never_sent(first)
        except Unavailable as error:
            log.warning("submit.store_unavailable", sentence=error.sentence)
            return RETRY_SECONDS
        if attempt_id is not None:
            attempt = _Attempt(
                attempt_id, first.job.job_id, first.job.model.id, prediction_id, now, monotonic, stale_at
            )
            sending = asyncio.create_task(self._send(first, attempt), name=f"send {first.job.job_id}")
            self._sending.add(sending)
            sending.add_done_callback(self._sent)
        return 0.0

    async def _never_sent(self, first: Next) -> float:
        """Take back what was perhaps committed and certainly not sent."""
        log.warning("submit.begin_unknown", job_id=first.job.job_id)
        ids = (first.prediction.prediction_id, self._rules.boot_id)
        await retry_until_stored(self._clock, lambda: self._jobs.attempt_never_sent(*ids, self._clock.now()))
        return 0.0

    def _sent(self, sending: asyncio.Task[None]) -> None:
        self._sending.discard(sending)
        self._signals.submission.notify()
        if not sending.cancelled() and (error := sending.exception()) is not None:
            log.error("submit.not_recorded", exc_info=error)

    async def _send(self, first: Next, attempt: _Attempt) -> None:
        try:
            await self._post(first, attempt)
        except Exception as error:
            # Nobody knows how far it came; only the provider's list can tell.
            log.exception("submit.fault", job_id=attempt.job_id)
            await self._lost_for_certain(attempt, type(error).__name__)
        self._signals.changed(attempt.job_id)

    async def _lost_for_certain(self, attempt: _Attempt, detail: str) -> None:
        """Note a lost answer in spite of any fault: a request that seems to be out for ever keeps the gate shut."""
        for pause in _BACKOFF.waits():
            try:
                await self._lost(attempt, detail)
            except Exception:
                log.exception("submit.not_recorded", job_id=attempt.job_id, again_in_seconds=pause)
                await self._clock.sleep(pause)
            else:
                return

    async def _post(self, first: Next, attempt: _Attempt) -> None:
        job = first.job
        self._signals.changed(job.job_id)
        self._crash_hook(CrashPoint.SUBMITTING)
        if asyncio.get_running_loop().time() > attempt.stale_at:
            log.warning("submit.stale", job_id=job.job_id)
            await self._return(attempt)
            return
        try:
            provider_id = await self._provider.submit(
                job.model,
                sent_words_of(job, first.prediction),
                first.urls,
                _parameters(job, first.prediction),
                webhook=self._webhook_of(SentAttempt(attempt.prediction_id, attempt.attempt_id, attempt.sent_at)),
            )
        except TryLater as error:
            await self._take_back(attempt, error)
        except Refused as error:
            await self._refused(job, attempt, error)
        except AnswerLost as error:
            await self._lost(attempt, error.detail)
        else:
            await self._accepted(attempt, provider_id)

    async def _return(self, attempt: _Attempt) -> None:
        """Nothing was created: the prediction goes back to its place, its money stays held."""
        now = self._clock.now()
        await retry_until_stored(self._clock, lambda: self._jobs.attempt_returned(attempt.attempt_id, now))

    async def _accepted(self, attempt: _Attempt, provider_id: str) -> None:
        self._breaker.answered(attempt.model_id, attempt.job_id, self._clock.monotonic() - attempt.began)
        self._crash_hook(CrashPoint.ANSWERED)
        await retry_until_stored(
            self._clock, lambda: self._jobs.attempt_accepted(attempt.attempt_id, provider_id, self._clock.now())
        )
        log.info("submit.accepted", job_id=attempt.job_id, prediction_id=attempt.prediction_id)
        self._signals.prediction_accepted(attempt.job_id, attempt.prediction_id)

    async def _take_back(self, attempt: _Attempt, error: TryLater) -> None:
        """Not sent, or too many at once: it goes back to its place, and nothing leaves for a while."""
        usual = _NOT_SENT_SECONDS if isinstance(error, NotSent) else _RATE_LIMITED_SECONDS
        wait = usual if error.after_seconds is None else max(_SHORTEST_WAIT_SECONDS, error.after_seconds)
        self._not_before = self._clock.monotonic() + wait
        if isinstance(error, NotSent):
            self._breaker.failed(attempt.model_id, attempt.job_id, "not sent")
        await self._return(attempt)
        self._meter.provider_failed("not_sent" if isinstance(error, NotSent) else "rate_limited")
        log.warning("submit.later", detail=error.detail, seconds=wait)

    async def _refused(self, job: Job, attempt: _Attempt, error: Refused) -> None:
        self._breaker.answered(attempt.model_id, attempt.job_id)
        if error.reason is FailureReason.REFERENCE_LOST:
            await self._uploads.forget([reference.image for reference in job.references])
        if error.reason is FailureReason.NOT_SOLD:
            await retry_until_stored(self._clock, lambda: self._withdraw(job.model))
        await retry_until_stored(
            self._clock, lambda: self._jobs.attempt_refused(attempt.attempt_id, error.reason, self._clock.now())
        )
        self._meter.provider_failed(error.reason.value)
        log.warning("submit.refused", job_id=job.job_id, reason=error.reason.value, detail=error.detail)

    async def _lost(self, attempt: _Attempt, detail: str) -> None:
        now = self._clock.now()
        self._breaker.failed(attempt.model_id, attempt.job_id, "answer lost")
        next_look_at = first_look_at(attempt.sent_at, now, round(self._rules.grace_seconds * SECOND))
        await retry_until_stored(self._clock, lambda: self._jobs.attempt_lost(attempt.attempt_id, next_look_at, now))
        self._meter.provider_failed("answer_lost")
        log.warning("submit.answer_lost", job_id=attempt.job_id, detail=detail)


def _parameters(job: Job, prediction: Prediction) -> dict[str, ParameterValue]:
    if prediction.seed is None:
        return dict(job.parameters)
    return {**job.parameters, SEED.name: prediction.seed}


def _soonest(*seconds: float | None) -> float | None:
    return min((each for each in seconds if each is not None), default=None)
