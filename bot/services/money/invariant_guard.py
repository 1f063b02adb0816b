"""Freezes all spending while the ledger's invariants are violated; running jobs still finish."""

from __future__ import annotations

import structlog

from bot.db.facts import BROKEN_LEDGER_FACT, FactStore
from bot.db.upkeep import UpkeepStore
from bot.domain.clock import Clock
from bot.services.ports.meter import Meter

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
REST = 50
"""A check goes through all that ever happened, so that it takes longer each month: it rests for so many times as long,
and never takes more than a fiftieth of one processor."""


class InvariantGuard:
    """Checks the invariants of the accounts, and freezes spending where one does not hold.

    Accounts that add up again lift nothing: what went wrong is for a person to see, who then runs `easel resume`.
    """

    def __init__(self, upkeep: UpkeepStore, facts: FactStore, clock: Clock, meter: Meter) -> None:
        self._upkeep = upkeep
        self._facts = facts
        self._clock = clock
        self._meter = meter

    async def run(self) -> None:
        """Check at once and then each minute, large accounts more rarely; runs until cancelled."""
        while True:
            began = self._clock.monotonic()
            await self.look()
            took = self._clock.monotonic() - began
            await self._clock.sleep(max(EVERY_SECONDS, took * REST))

    async def look(self) -> None:
        """Check once; freeze where something is wrong and nothing is frozen yet."""
        broken = await self._upkeep.violations()
        self._meter.broken_invariants_are(len(broken))
        if not broken:
            return
        # Each violation is "I2: what is spent is ...: where"; the where has numbers of accounts and channels in it.
        names = sorted({sentence.partition(":")[0] for sentence in broken})
        log.error("accounts.in_doubt", invariants=names, found=len(broken), lifted_by="easel resume")
        if not await self._facts.fact(BROKEN_LEDGER_FACT):
            await self._facts.set_fact(BROKEN_LEDGER_FACT, "; ".join(broken), self._clock.now())
