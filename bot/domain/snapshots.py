"""A snapshot of a job with its place in the queue, as a status message shows it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.clock import Instant
from bot.domain.jobs import Job

_UNCHANGED_SECONDS_A_PLACE = 0.05
_LONGEST_UNCHANGED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A job's place among those that wait, and how long that will take if it can be said.

    `place` counts from 1; `wait_seconds` and `typical_seconds` (how long this model usually paints) are rounded to
    5 s and None below three samples.
    """

    place: int | None
    wait_seconds: int | None
    typical_seconds: int | None

    @property
    def seconds_unchanged(self) -> float:
        """How long the place stays about true, from 0 to 60 s: the further back, the less a step forward says.

        So that of many who wait only those in front are told each step, and a long queue is not all redrawn at once.
        """
        return 0.0 if self.place is None else min(_LONGEST_UNCHANGED_SECONDS, self.place * _UNCHANGED_SECONDS_A_PLACE)


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """Everything that a status message says about a job at one instant; equal snapshots render equally.

    `held_up_by` is a sentence that says why nothing is being sent at the moment, or None.
    """

    job: Job
    turn: Turn
    taken_at: Instant
    held_up_by: str | None = None
