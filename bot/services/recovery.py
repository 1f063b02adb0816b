"""Starting again after anything: open jobs get their watcher, paid tasks their follower, commands their answer."""

from __future__ import annotations

import structlog

from bot.domain.clock import SECOND, Clock
from bot.domain.errors import EaselError
from bot.domain.jobs import PredictionState
from bot.services.messages import DoorClosed, Messenger
from bot.services.stores import InteractionStore, JobStore
from bot.services.switchboard import Switchboard

log = structlog.get_logger(__name__)


class Interrupted(EaselError):
    """A command that was acknowledged just before the program ended."""

    title = "I was restarted just then"
    advice = "Please send the command again."

    def __init__(self) -> None:
        super().__init__("Your command had not become a job yet.")


class Recovery:
    """What happens once at start, before anything new is sent."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        interactions: InteractionStore,
        messenger: Messenger,
        switchboard: Switchboard,
        clock: Clock,
        boot_id: str,
        grace_seconds: float,
    ) -> None:
        self._jobs = jobs
        self._interactions = interactions
        self._messenger = messenger
        self._switchboard = switchboard
        self._clock = clock
        self._boot_id = boot_id
        self._grace = round(grace_seconds * SECOND)

    async def take_up(self) -> None:
        """Declare what another run left unanswered as unknown, and hand every open job to the engine."""
        now = self._clock.now()
        for attempt_id, sent_at in await self._jobs.orphaned_attempts(self._boot_id):
            await self._jobs.attempt_lost(attempt_id, max(now, sent_at + self._grace), now)
            log.warning("recovery.answer_lost", attempt_id=attempt_id)
        for job_id in await self._jobs.open_jobs():
            try:
                await self._take_up_job(job_id)
            except Exception:
                # One bad row must not stop the others; the operator sees it with its id.
                log.exception("recovery.bad_job", job_id=job_id)

    async def _take_up_job(self, job_id: str) -> None:
        job = await self._jobs.job(job_id)
        self._switchboard.job_arrived(job_id)
        for prediction in job.predictions:
            if prediction.state is PredictionState.PROCESSING:
                self._switchboard.prediction_accepted(job_id, prediction.prediction_id)
        log.info("recovery.taken_up", job_id=job_id, stage=job.stage.value)

    async def answer_interrupted(self) -> None:
        """Answer the commands that were acknowledged and became no job; needs the connection to Discord."""
        for interaction in await self._interactions.unanswered(self._clock.now()):
            try:
                await self._messenger.apologise(interaction, Interrupted())
            except DoorClosed:
                log.info("recovery.cannot_answer", interaction_id=interaction.interaction_id)
            await self._interactions.forget(interaction.interaction_id)
