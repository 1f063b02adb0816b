"""Checks the ledger's invariants while the bot runs."""

from __future__ import annotations

from bot.db import invariants
from bot.db.database import DatabaseDamaged, Store


class UpkeepStore(Store):
    """What keeps an eye on the accounts."""

    async def violations(self) -> tuple[str, ...]:
        """One sentence for each invariant that does not hold; none is as it must be.

        They read every entry there is, on a connection of their own.
        """
        try:
            return await self.database.aside(invariants.violations)
        except DatabaseDamaged as error:
            return (f"the file can be read: {error}",)
