"""The leader's periodic look for changes that other processes made, in case their signals were lost."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.db.jobs import JobStore
from bot.domain.clock import Clock
from bot.domain.errors import Unavailable
from bot.domain.jobs import PredictionState
from bot.services.signals import Signals
from bot.services.wakeup import Wakeup

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 5.0


class Sweep:
    """Wakes whoever acts on a job that was admitted, cancelled or decided elsewhere."""

    def __init__(self, jobs: JobStore, signals: Signals, clock: Clock) -> None:
        self._jobs = jobs
        self._signals = signals
        self._bell = Wakeup(clock)
        self._seen: Mapping[str, tuple[tuple[int, PredictionState], ...]] = {}

    def look_now(self) -> None:
        """Look at once: something may have been missed."""
        self._bell.notify()

    async def run(self) -> None:
        """Look every five seconds and when asked to, until cancelled."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("sweep.later", sentence=error.sentence)
            await self._bell.wait(SWEEP_SECONDS)

    async def look(self) -> None:
        """Compare every open job with the last look. Too much said is harmless: the same work begins once."""
        standing = await self._jobs.standing()
        for job_id, predictions in standing.items():
            if self._seen.get(job_id) == predictions:
                continue
            self._signals.job_arrived(job_id)
            for prediction_id, state in predictions:
                if state is PredictionState.PROCESSING:
                    self._signals.prediction_accepted(job_id, prediction_id)
            self._signals.changed(job_id)
        self._seen = standing
