"""Spending reports that add up to the ledger."""

from __future__ import annotations

from datetime import date, timedelta

from bot.db.budgets import BudgetStore
from bot.db.spending import SpendingStore
from bot.domain.clock import Clock
from bot.domain.money import Micros
from bot.domain.periods import Period, first_day_of, local_day
from bot.domain.spending import By, ReportRow, SpendingReport
from bot.services.rights import Actor, require_manage

EVER = date(2020, 1, 1)
"""Before any ledger began."""


class Spending:
    """Adds up spending for moderators."""

    def __init__(self, store: SpendingStore, budgets: BudgetStore, clock: Clock) -> None:
        self._store = store
        self._budgets = budgets
        self._clock = clock

    async def report(self, actor: Actor, period: Period, by: By) -> SpendingReport:
        """The server's spending in the period that holds now.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(actor)
        today = local_day(self._clock.now(), await self._budgets.zone(actor.guild_id))
        first = first_day_of(period, today) or EVER
        # A zone that was changed meanwhile may have counted entries on a later day than today.
        rows = await self._store.spending(actor.guild_id, by, first, today + timedelta(days=1))
        return SpendingReport(by, period, first, today, tuple(sorted(rows, key=lambda row: _place(row, by))))


def _place(row: ReportRow, by: By) -> tuple[Micros, Micros, str]:
    return (0, 0, str(row.key)) if by is By.DAY else (-row.spent_micros, -row.held_micros, str(row.key))
