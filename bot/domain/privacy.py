"""Outcomes of a request to erase a member's data."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.jobs import MessageAt


@dataclass(frozen=True, slots=True)
class ErasureAsked:
    """An erasure that was asked for; it waits for so many open jobs to end."""

    open_jobs: int


@dataclass(frozen=True, slots=True)
class Deletion:
    """Something that is gone here and still has to be deleted elsewhere: one of the two is set."""

    deletion_id: int
    tries: int
    provider_id: str | None
    message: MessageAt | None
