"""Audit entries: who changed what, from what to what."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.clock import Instant


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


@dataclass(frozen=True, slots=True)
class Untold:
    """Acts that a log channel was not told about yet: the newest of them, oldest first, and how many came before.

    `last_id` is the newest one's number in the audit.
    """

    guild_id: int
    channel_id: int
    rows: tuple[AuditRow, ...]
    earlier: int
    last_id: int
