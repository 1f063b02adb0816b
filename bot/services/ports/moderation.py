"""The Protocols behind the moderator's and the operator's desk; each method is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.domain.budget import ScopeKind
from bot.domain.clock import Instant
from bot.domain.money import Micros
from bot.domain.periods import Period


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act of a moderator or the operator.

    `actor_member_id` is None for the operator, or once the actor had their data deleted. `subject_id` is a Discord id
    (None for a member who had theirs deleted), `before` and `after` are amounts in micro-dollars or words.
    """

    actor_member_id: int | None
    action: str
    subject_kind: str
    subject_id: int | None
    job_id: str | None
    before: str | None
    after: str | None
    reason: str | None
    done_at: Instant


class ModerationStore(Protocol):
    """What moderators do to members, servers and money; everything is audited in the same transaction."""

    async def freeze(self, guild_id: int, member_id: int, *, reason: str, by_member_id: int, at: Instant) -> bool:
        """Let a member spend nothing; their running jobs finish. False if they were frozen already."""
        ...

    async def unfreeze(self, guild_id: int, member_id: int, *, by_member_id: int, at: Instant) -> bool:
        """Let a member spend again; False if they were not frozen."""
        ...

    async def pause(self, guild_id: int, *, reason: str, by_member_id: int, at: Instant) -> bool:
        """Let nobody in a server spend; False if it was paused already."""
        ...

    async def resume(self, guild_id: int, *, by_member_id: int, at: Instant) -> bool:
        """Let the server spend again; False if it was not paused."""
        ...

    async def set_zone(self, guild_id: int, zone: str, *, by_member_id: int, at: Instant) -> str:
        """Count a server's days in another time zone from now on; returns the one before.

        Raises:
            UnknownZone: there is no such zone.
        """
        ...

    async def refund(self, job_id: str, *, reason: str, by_member_id: int, at: Instant) -> Micros:
        """Give back all that was captured for a job and not refunded yet, in its own periods; returns how much.

        Raises:
            NoSuchJob: there is none.
        """
        ...

    async def lapsed(self, job_id: str, refunded_at: Instant) -> Micros:
        """How much of a refund went back to grants that had ended by then: nobody can spend it any more."""
        ...

    async def note(self, job_id: str, action: str, *, by_member_id: int, at: Instant) -> None:
        """Write down what a moderator did about a job, where the act itself is another store's."""
        ...

    async def audit(self, guild_id: int, *, limit: int, member_id: int | None = None) -> tuple[AuditRow, ...]:
        """The last acts in a server, or those that concern one member, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """That so many percent of a limit are spent in the period that holds `day`.

    `day` is the one that the admission at `at` was counted on, also where its server counts in another zone by now.
    `subject_id` is a Discord id (member, channel, server), or 0 for the bot; `ends_at` is None for the total.
    """

    guild_id: int
    kind: ScopeKind
    subject_id: int
    period: Period
    percent: int
    limit_micros: Micros
    spent_micros: Micros
    ends_at: Instant | None
    at: Instant
    day: date


class NoticeStore(Protocol):
    """Notices that are given once per scope and period."""

    async def due(self, job_id: str) -> tuple[Notice, ...]:
        """What 80 % or 100 % is spent of, among the limits that bound a job's admission, and nobody claimed yet.

        In order of scope and period. Measured is what is spent by now in the period of the admission; a member who had
        their data deleted is left out.
        """
        ...

    async def claim_notice(self, notice: Notice) -> bool:
        """Claim the right to give a notice; False if it was claimed before."""
        ...

    async def release_notice(self, notice: Notice) -> None:
        """Give a claim back: nobody could be told."""
        ...


class UpkeepStore(Protocol):
    """What the operator's desk asks of the store."""

    async def violations(self) -> tuple[str, ...]:
        """One sentence for each invariant that does not hold; none is as it must be."""
        ...
