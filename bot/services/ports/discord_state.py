"""What Discord's side keeps from one moment to the next; its tests keep it in memory, the program in `bot.db`."""

from __future__ import annotations

from typing import Protocol

from bot.domain.clock import Instant
from bot.domain.orders import OpenInteraction


class Interactions(Protocol):
    """Commands that were acknowledged, with their tokens while these live."""

    async def acknowledge(self, interaction: OpenInteraction) -> None:
        """Remember a command before it is acknowledged."""
        ...

    async def token_of(self, job_id: str, at: Instant) -> OpenInteraction | None:
        """The interaction of a job while its token lives."""
        ...

    async def forget(self, interaction_id: int) -> None:
        """The command was answered without a job, or its token is dead."""
        ...

    async def unanswered(self, at: Instant) -> tuple[OpenInteraction, ...]:
        """Commands that were acknowledged, became no job, and can still be answered."""
        ...


class Facts(Protocol):
    """Small facts about this installation."""

    async def fact(self, name: str) -> str | None:
        """Read one."""
        ...

    async def set_fact(self, name: str, value: str, at: Instant) -> None:
        """Write one; the newer value wins."""
        ...
