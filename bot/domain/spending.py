"""Spending reports: what a server spent over some days, and the state of its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.money import Micros
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason


class By(StrEnum):
    """What a report adds up by. A member's spending counts for the highest role that they had at that moment."""

    DAY = "day"
    MEMBER = "member"
    ROLE = "role"
    CHANNEL = "channel"
    MODEL = "model"
    STYLE = "style"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One day, member, role, channel, model or style.

    `key` is an ISO date, a Discord id, a model's id or a style's name; None stands for what has none (no role, the
    server's own account), and `account 17` for a member whose data was deleted. `pictures` are those that were paid.
    """

    key: str | int | None
    spent_micros: Micros
    held_micros: Micros
    pictures: int


@dataclass(frozen=True, slots=True)
class SpendingReport:
    """Spending of one server over some days, the largest first (days in their order)."""

    by: By
    period: Period
    first_day: date
    last_day: date
    rows: tuple[ReportRow, ...]

    @property
    def spent_micros(self) -> Micros:
        """What was spent in all."""
        return sum(row.spent_micros for row in self.rows)

    @property
    def held_micros(self) -> Micros:
        """What is still held in all."""
        return sum(row.held_micros for row in self.rows)

    @property
    def pictures(self) -> int:
        """How many pictures were paid."""
        return sum(row.pictures for row in self.rows)


@dataclass(frozen=True, slots=True)
class Standings:
    """What a server's books say at one instant.

    `pictures`, `failed` and `members` are of the days since the period began; `failures` of the last seven days.
    `late` jobs passed the deadline, `undecided` predictions wait for a moderator.
    """

    spent_micros: Micros
    held_micros: Micros
    open_holds: int
    pictures: int
    failed: int
    members: int
    late: int
    undecided: int
    failures: tuple[tuple[FailureReason, int], ...]
