"""A job at one instant, with its place among those that wait: everything that a status message says."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.clock import Instant
from bot.domain.jobs import Job


@dataclass(frozen=True, slots=True)
class Turn:
    """A job's place among those that wait, and how long that will take if it can be said.

    `place` counts from 1; `wait_seconds` and `typical_seconds` (how long this model usually paints) are rounded to
    5 s and None below three samples.
    """

    place: int | None
    wait_seconds: int | None
    typical_seconds: int | None


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """Everything that a status message says about a job at one instant; equal snapshots render equally.

    `held_up_by` is a sentence that says why nothing is being sent at the moment, or None.
    """

    job: Job
    turn: Turn
    taken_at: Instant
    held_up_by: str | None = None
