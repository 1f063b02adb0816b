"""A price that changes while messages still show the old one, and the sentence that tells of it."""

from __future__ import annotations

from bot.demo.world import World
from bot.domain.clock import MINUTE, SECOND
from bot.domain.money import Micros
from tests.cogs.doing import costs, leap

NEWS = "A picture now costs $0.10; it was $0.08."


async def costs_now(world: World, price_micros: Micros) -> None:
    """The provider's price, and our newest quote of it; what was asked before is too old to count."""
    leap(world, MINUTE / SECOND)
    await costs(world, price_micros)
