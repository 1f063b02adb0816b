"""Ends a status message: replaced by one line with a link, or removed where the result stands directly below."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.domain.clock import Clock
from bot.domain.jobs import Job, Stage
from bot.services.jobs.turns import Turns
from bot.services.ports.messages import Messenger, Unreachable

log = structlog.get_logger(__name__)

_TOLD_BY_RESULT = frozenset({Stage.DONE, Stage.PARTLY})


class StatusEnd:
    """Ends status messages of jobs that have ended. Every step can be repeated after a crash."""

    def __init__(self, messenger: Messenger, turns: Turns, clock: Clock) -> None:
        self._messenger = messenger
        self._turns = turns
        self._clock = clock

    async def is_superfluous(self, job: Job) -> bool:
        """Whether its result tells all that its status would, and is known to be all that was written since."""
        if job.result_message is None or job.result_is_status or job.taken_down_at is not None:
            return False
        # Where nobody can be told in private why a picture is withheld, the status message is all that they read.
        if job.withheld or job.stage not in _TOLD_BY_RESULT:
            return False
        return await self._messenger.stands_alone(job)

    async def say(self, job: Job) -> None:
        """Have the status message say its last word, unless it became the result. Raises NotNow: try again."""
        if job.result_is_status:
            return
        # The last word is about a job that is closed: a picture that was not posted by now is kept.
        closed = replace(job, closed_at=job.closed_at or self._clock.now())
        try:
            await self._messenger.finish_status(replace(await self._turns.snapshot(job), job=closed))
        except Unreachable:
            log.info("status.gone", job_id=job.job_id)

    async def remove(self, job: Job) -> None:
        """Leave the result alone. Raises NotNow: try again."""
        try:
            await self._messenger.remove_status(job)
        except Unreachable:
            await self.say(job)
