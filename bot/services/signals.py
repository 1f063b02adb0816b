"""In-process signals: commits wake the loops that act on them, without polling the database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.clock import Clock
from bot.services.wakeup import Wakeup


@dataclass(frozen=True, slots=True)
class JobArrived:
    """A job was accepted: somebody must watch it."""

    job_id: str


@dataclass(frozen=True, slots=True)
class PredictionAccepted:
    """The provider has a prediction: somebody must follow it."""

    job_id: str
    prediction_id: int


@dataclass(frozen=True, slots=True)
class ResultWanted:
    """A moderator wants a finished result brought once more."""

    job_id: str


Arrival: TypeAlias = JobArrived | PredictionAccepted | ResultWanted


class Signals:
    """Wake-ups for the loops, and the arrivals that the engine starts work for.

    Arrivals go through a queue so that the work runs in the engine's own tasks, never in those of a command.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._jobs: dict[str, Wakeup] = {}
        self.submission = Wakeup(clock)
        self.unknowns = Wakeup(clock)
        self.session = Wakeup(clock)
        self.desks = Wakeup(clock)
        self.arrivals: asyncio.Queue[Arrival] = asyncio.Queue()

    def job_arrived(self, job_id: str) -> None:
        """A job was committed."""
        self.arrivals.put_nowait(JobArrived(job_id))
        self.submission.notify()

    def prediction_accepted(self, job_id: str, prediction_id: int) -> None:
        """The provider's id of a prediction was committed."""
        self.arrivals.put_nowait(PredictionAccepted(job_id, prediction_id))

    def bring_again(self, job_id: str) -> None:
        """A finished result is to be brought once more."""
        self.arrivals.put_nowait(ResultWanted(job_id))

    def session_began(self) -> None:
        """Discord has begun a new session with us: ways may be open that were not."""
        self.session.notify()

    def changed(self, job_id: str) -> None:
        """A job's state was committed."""
        wakeup = self._jobs.get(job_id)
        if wakeup is not None:
            wakeup.notify()
        self.submission.notify()
        self.unknowns.notify()

    def wakeup_of(self, job_id: str) -> Wakeup:
        """What is notified when this job changes; made when first asked for."""
        return self._jobs.setdefault(job_id, Wakeup(self._clock))

    def forget(self, job_id: str) -> None:
        """The job is closed."""
        self._jobs.pop(job_id, None)
