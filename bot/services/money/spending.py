"""What a server spent, by day, member, role, channel or model: rows that add up to the ledger, for chart and table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.clock import Clock
from bot.domain.money import Micros
from bot.domain.periods import Period, first_day_of, local_day
from bot.services.ports.budgets import BudgetStore
from bot.services.rights import Presser, require_manage

EVER = date(2020, 1, 1)
"""Before any ledger began."""


class By(StrEnum):
    """What a report adds up by. A member's spending counts for the highest role that they had at that moment."""

    DAY = "day"
    MEMBER = "member"
    ROLE = "role"
    CHANNEL = "channel"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One day, member, role, channel or model.

    `key` is an ISO date, a Discord id or a model's id; None stands for what has none (no role, the server's own
    account), and `account 17` for a member whose data was deleted. `pictures` are those that were paid.
    """

    key: str | int | None
    spent_micros: Micros
    held_micros: Micros
    pictures: int


@dataclass(frozen=True, slots=True)
class Report:
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


class SpendingStore(Protocol):
    """Sums over the ledger."""

    async def spending(self, guild_id: int, by: By, first_day: date, last_day: date) -> tuple[ReportRow, ...]:
        """What a server spent on these days of its zone, both included; rows in no particular order."""
        ...


class Spending:
    """Adds up spending for moderators."""

    def __init__(self, store: SpendingStore, budgets: BudgetStore, clock: Clock) -> None:
        self._store = store
        self._budgets = budgets
        self._clock = clock

    async def report(self, presser: Presser, period: Period, by: By) -> Report:
        """The server's spending in the period that holds now.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(presser)
        today = local_day(self._clock.now(), await self._budgets.zone(presser.guild_id))
        first = first_day_of(period, today) or EVER
        # A zone that was changed meanwhile may have counted entries on a later day than today.
        rows = await self._store.spending(presser.guild_id, by, first, today + timedelta(days=1))
        return Report(by, period, first, today, tuple(sorted(rows, key=lambda row: _place(row, by))))


def _place(row: ReportRow, by: By) -> tuple[Micros, Micros, str]:
    return (0, 0, str(row.key)) if by is By.DAY else (-row.spent_micros, -row.held_micros, str(row.key))
