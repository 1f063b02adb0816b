"""The Protocols through which budgets are kept: limits, grants, and what the ledger says of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from bot.domain.budget import BudgetLine, Grant, LimitKind, ScopeKind
from bot.domain.clock import Instant
from bot.domain.money import Micros
from bot.domain.orders import Requester
from bot.domain.periods import Period


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of somebody's history, for showing.

    `amount_micros` is what it did to what is left: negative for a hold, positive for what came back or was granted.
    """

    kind: str
    amount_micros: Micros
    job_id: str | None
    actor_member_id: int | None
    reason: str
    entered_at: Instant
    expires_at: Instant | None = None


class BudgetStore(Protocol):
    """Limits, grants, freezes, and the views of the ledger."""

    async def see_server(self, guild_id: int, at: Instant) -> bool:
        """Make the server with the operator's defaults if it is new; True if it was."""
        ...

    async def zone(self, guild_id: int) -> tzinfo:
        """The zone in which the server counts its days; UTC before it is first seen."""
        ...

    async def budget(self, requester: Requester, at: Instant) -> tuple[BudgetLine, ...]:
        """What binds this member here and now: their own lines, the channel's, the server's and the bot's."""
        ...

    async def grants(self, guild_id: int, kind: ScopeKind, subject_id: int, at: Instant) -> tuple[Grant, ...]:
        """The grants of a member (by Discord id) or channel that have something left and have not expired."""
        ...

    async def entries(self, guild_id: int, member_id: int, limit: int) -> tuple[LedgerEntry, ...]:
        """The member's last ledger entries and grants, newest first."""
        ...

    async def set_limit(
        self,
        guild_id: int,
        kind: LimitKind,
        subject_id: int,
        period: Period,
        amount_micros: Micros | None,
        *,
        by_member_id: int | None,
        at: Instant,
    ) -> Micros | None:
        """Set or remove (None) a limit and audit it; returns what it was. Never touches running jobs.

        `subject_id` is a Discord id (member, role, channel) or 0.
        """
        ...

    async def grant(
        self,
        guild_id: int,
        kind: ScopeKind,
        subject_id: int,
        amount_micros: Micros,
        *,
        reason: str,
        expires_at: Instant | None,
        by_member_id: int,
        at: Instant,
    ) -> Grant:
        """Give credit to a member (by Discord id) or a channel, and audit it."""
        ...
