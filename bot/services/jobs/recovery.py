"""Resumes open jobs after a start, and answers commands that were interrupted."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

import structlog

from bot import texts
from bot.db.interactions import InteractionStore
from bot.db.jobs import JobStore
from bot.domain.backoff import Backoff
from bot.domain.clock import SECOND, Clock, Instant
from bot.domain.errors import EaselError
from bot.domain.jobs import PredictionState
from bot.domain.lost_answers import first_look_at
from bot.domain.orders import OpenInteraction
from bot.domain.predictions import KEPT_BY_PROVIDER
from bot.services.ports.messages import Messenger, NotNow, Unreachable
from bot.services.retry_until_stored import retry_until_stored
from bot.services.signals import Signals

log = structlog.get_logger(__name__)

_BACKOFF = Backoff(2.0, 60.0)


class Interrupted(EaselError):
    """A command that was acknowledged just before the program ended."""

    def __init__(self) -> None:
        super().__init__(texts.requests.INTERRUPTED)


class Recovery:
    """What happens once at start, before anything new is sent.

    `interrupted` are the commands that were acknowledged and unanswered before this run could be handed any: read while
    nothing of it was connected to Discord, so that none of its own is among them.
    """

    def __init__(
        self,
        *,
        jobs: JobStore,
        interactions: InteractionStore,
        messenger: Messenger,
        signals: Signals,
        clock: Clock,
        boot_id: str,
        grace_seconds: float,
        interrupted: Sequence[OpenInteraction] = (),
    ) -> None:
        self._jobs = jobs
        self._interactions = interactions
        self._messenger = messenger
        self._signals = signals
        self._clock = clock
        self._boot_id = boot_id
        self._grace = round(grace_seconds * SECOND)
        self._interrupted: tuple[OpenInteraction, ...] = tuple(interrupted)

    async def take_up(self) -> None:
        """Declare the requests that another run left without an answer as unknown, and hand out every open job."""
        for attempt_id, sent_at in await self._jobs.orphaned_attempts(self._boot_id):
            await self._or_go_on(self._declare_lost(attempt_id, sent_at), attempt_id=attempt_id)
        for job_id in await self._jobs.open_jobs():
            await self._or_go_on(self._take_up_job(job_id), job_id=job_id)

        after = self._clock.now() - KEPT_BY_PROVIDER
        for job_id, prediction_id in await self._jobs.ended_waits(after):
            self._signals.prediction_accepted(job_id, prediction_id)

    async def _or_go_on(self, step: Awaitable[None], **what: object) -> None:
        """One bad row must not stop the others; the operator sees it with its id."""
        try:
            await step
        except Exception:
            log.exception("recovery.bad_row", **what)

    async def _declare_lost(self, attempt_id: int, sent_at: Instant) -> None:
        now = self._clock.now()
        next_look_at = first_look_at(sent_at, now, self._grace)
        await retry_until_stored(self._clock, lambda: self._jobs.attempt_lost(attempt_id, next_look_at, now))
        log.warning("recovery.answer_lost", attempt_id=attempt_id)

    async def _take_up_job(self, job_id: str) -> None:
        self._signals.job_arrived(job_id)
        job = await self._jobs.job(job_id)
        for prediction in job.predictions:
            if prediction.state is PredictionState.PROCESSING:
                self._signals.prediction_accepted(job_id, prediction.prediction_id)
        log.info("recovery.taken_up", job_id=job_id, stage=job.stage.value)

    async def answer_interrupted(self) -> None:
        """Answer the commands that were acknowledged and became no job; needs the connection to Discord.

        Returns when each was answered or cannot be any more: their tokens die within 15 minutes.
        """
        waits = _BACKOFF.waits()
        while self._interrupted:
            self._interrupted = tuple([each for each in self._interrupted if not await self._answered(each)])
            if self._interrupted:
                await self._clock.sleep(next(waits))

    async def _answered(self, interaction: OpenInteraction) -> bool:
        """Answer one command; False: try again. One that cannot be answered must not keep the others waiting."""
        try:
            await self._messenger.apologise(interaction, Interrupted())
        except NotNow:
            return False
        except Unreachable:
            log.info("recovery.cannot_answer", interaction_id=interaction.interaction_id)
        except Exception:
            log.exception("recovery.bad_answer", interaction_id=interaction.interaction_id)
            return False
        await retry_until_stored(self._clock, lambda: self._interactions.forget(interaction.interaction_id))
        return True
