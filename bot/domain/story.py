"""The chain of results that a job was made from."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.jobs import Job


@dataclass(frozen=True, slots=True)
class Story:
    """A job with the steps that it came from.

    `earlier` are the nearest, the nearest first. Where there are more, `first` is the one that all began with, and
    `between` says how many lie between it and `earlier`.
    """

    job: Job
    earlier: tuple[Job, ...]
    first: Job | None = None
    between: int = 0
