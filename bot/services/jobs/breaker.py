"""Circuit breaker per model: no new paid requests while the provider fails; running jobs are still polled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import structlog

from bot import texts
from bot.domain.backoff import Backoff
from bot.domain.clock import Clock

log = structlog.get_logger(__name__)

FAILURES = 3
"""Calls for so many jobs in a row that were not answered, or only slowly, are no accident any more."""

SLOW_SECONDS = 20.0
"""WaveSpeed answers a submit in about a second; one that takes this long is close to being lost."""

BACKOFF = Backoff(15.0, 300.0)


@dataclass(slots=True)
class _Entry:
    """One model's: how often calls for each job failed since one was answered, and until when nothing is sent."""

    failures: Counter[str] = field(default_factory=Counter[str])
    pauses: Iterator[float] = field(default_factory=BACKOFF.waits)
    open_until: float = 0.0

    @property
    def has_tripped(self) -> bool:
        return len(self.failures) >= FAILURES


class Breaker:
    """Counts, for each model, the jobs in a row for which a call failed, however often it was tried for each of them.

    One job's trouble (a file that never gets through) so stops nobody else. After each pause calls are let through,
    and what becomes of the next one decides.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: dict[str, _Entry] = {}

    def because(self, model_id: str, job_id: str) -> str | None:
        """Why nothing is sent for that job, for members; None while all is well.

        A job whose own calls failed that often reads the same, also while others still go on.
        """
        line = self._lines.get(model_id)
        if line is None:
            return None
        return texts.status.NOT_ANSWERING if line.has_tripped or line.failures[job_id] >= FAILURES else None

    def seconds_left(self, model_id: str) -> float | None:
        """How long nothing new of that model should be sent; None: it may."""
        line = self._lines.get(model_id)
        left = 0.0 if line is None else line.open_until - self._clock.monotonic()
        return left if left > 0 else None

    def held(self) -> dict[str, float]:
        """The models of which nothing new should be sent, and for how many seconds."""
        left = {model_id: self.seconds_left(model_id) for model_id in self._lines}
        return {model_id: seconds for model_id, seconds in left.items() if seconds is not None}

    def answered(self, model_id: str, job_id: str, seconds: float = 0.0) -> None:
        """The provider answered a call for that job, after so long."""
        if seconds >= SLOW_SECONDS:
            self.failed(model_id, job_id, "slow")
            return
        line = self._lines.pop(model_id, None)
        if line is not None and line.has_tripped:
            log.info("breaker.closed", model=model_id)

    def failed(self, model_id: str, job_id: str, why: str) -> None:
        """The provider did not answer a call for that job."""
        line = self._lines.setdefault(model_id, _Entry())
        line.failures[job_id] += 1
        if not line.has_tripped or self.seconds_left(model_id) is not None:
            return
        pause = next(line.pauses)
        log.error("breaker.opened", model=model_id, why=why, jobs=len(line.failures), seconds=pause)
        line.open_until = self._clock.monotonic() + pause
