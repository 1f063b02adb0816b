"""Storms: many orders at once against room for a few admit exactly those few, in every scope and in mixtures.

One round of 200 orders each by default; `pytest -m slow tests/db/test_storms.py` runs ten of a thousand, and the
environment variable `EASEL_STORM_ROUNDS` (100, say) sets how many.
"""

from __future__ import annotations

import asyncio
import os
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.budget import LimitKind, OverLimit, ScopeKind
from bot.domain.money import Micros
from bot.domain.orders import Requester
from bot.domain.periods import Period
from tests.db.world import (
    ALICE,
    CHANNEL,
    GUILD,
    MODERATOR,
    NOON,
    PRICE,
    ROLE,
    DatabaseWorld,
    open_database_world,
    requester_of,
)

ORDERS, ORDERS_OF_SLOW_STORMS = 200, 1000
ROUNDS = int(os.environ.get("EASEL_STORM_ROUNDS", "10"))
LIMITS = (
    (LimitKind.MEMBER, ALICE),
    (LimitKind.ROLE, ROLE),
    (LimitKind.DEFAULT, 0),
    (LimitKind.CHANNEL, CHANNEL),
    (LimitKind.SERVER, 0),
    (LimitKind.BOT, 0),
)


@dataclass(frozen=True)
class Mixture:
    """Room in every scope of one member in one channel; None is no limit."""

    member: Micros | None
    channel: Micros | None
    server: Micros | None
    bot: Micros | None
    members_grants: tuple[Micros, ...]
    channels_grants: tuple[Micros, ...]

    @property
    def fits(self) -> int:
        """How many pictures there is room for, by arithmetic on the sums alone."""
        channels, members = sum(self.channels_grants), sum(self.members_grants)
        rooms = [
            room
            for limit, room in (
                (self.member, channels + members + (self.member or 0)),
                (self.channel, channels + (self.channel or 0)),
                (self.server, self.server or 0),
                (self.bot, self.bot or 0),
            )
            if limit is not None
        ]
        return min(room // PRICE for room in rooms)


async def _storm(world: DatabaseWorld, requesters: list[Requester]) -> int:
    """Send an order of each at once; returns how many were admitted."""
    orders = [world.order(requester=requester) for requester in requesters]
    answers = await asyncio.gather(
        *(world.stores.jobs.admit(order, world.at) for order in orders), return_exceptions=True
    )
    unexpected = [
        answer for answer in answers if isinstance(answer, BaseException) and not isinstance(answer, OverLimit)
    ]

    assert unexpected == []
    return sum(not isinstance(answer, BaseException) for answer in answers)


async def _one_limit(folder: Path, kind: LimitKind, subject_id: int, chance: random.Random, orders: int) -> None:
    room = chance.randrange(1, 25) * PRICE + chance.randrange(PRICE)
    period = chance.choice(list(Period))
    pool = kind in {LimitKind.CHANNEL, LimitKind.SERVER, LimitKind.BOT}
    async with open_database_world(folder) as world:
        await world.limit(kind, subject_id, period, room)
        asking = [requester_of(ALICE + number % 50 if pool else ALICE, role_ids=(ROLE,)) for number in range(orders)]
        admitted = await _storm(world, asking)

    assert admitted == room // PRICE


async def _mixture(folder: Path, chance: random.Random, orders: int) -> None:
    def amount() -> Micros | None:
        return chance.choice((None, chance.randrange(20 * PRICE)))

    def grants() -> tuple[Micros, ...]:
        return tuple(chance.randrange(1, 5 * PRICE) for _ in range(chance.randrange(4)))

    mixture = Mixture(amount(), amount(), amount(), 30 * PRICE, grants(), grants())
    async with open_database_world(folder) as world:
        for kind, subject_id, limit in (
            (LimitKind.MEMBER, ALICE, mixture.member),
            (LimitKind.CHANNEL, CHANNEL, mixture.channel),
            (LimitKind.SERVER, 0, mixture.server),
            (LimitKind.BOT, 0, mixture.bot),
        ):
            await world.limit(kind, subject_id, chance.choice(list(Period)), limit)
        purses = [(ScopeKind.MEMBER, ALICE, amount) for amount in mixture.members_grants]
        purses += [(ScopeKind.CHANNEL, CHANNEL, amount) for amount in mixture.channels_grants]
        for kind, subject_id, granted in purses:
            expires_at = chance.choice((None, NOON + chance.randrange(1, 1000)))
            await world.stores.budgets.grant(
                GUILD, kind, subject_id, granted, reason="x", expires_at=expires_at, by_member_id=MODERATOR, at=NOON
            )
        admitted = await _storm(world, [requester_of()] * orders)

    assert admitted == mixture.fits, mixture


@pytest.mark.parametrize(("kind", "subject_id"), LIMITS)
async def test_storm_on_one_limit(tmp_path: Path, kind: LimitKind, subject_id: int) -> None:
    """Two hundred orders at once against one limit admit exactly what fits."""
    await _one_limit(tmp_path, kind, subject_id, random.Random(f"{kind}"), ORDERS)


async def test_storm_on_a_mixture(tmp_path: Path) -> None:
    """Two hundred orders at once against limits and grants of all kinds together admit exactly what fits."""
    await _mixture(tmp_path, random.Random("mixture"), ORDERS)


async def test_storm_of_newcomers(tmp_path: Path) -> None:
    """Two hundred first orders of twenty members never seen before admit for each what the default allows."""
    async with open_database_world(tmp_path) as world:
        await world.limit(LimitKind.DEFAULT, 0, Period.MONTH, 2 * PRICE)
        admitted = await _storm(world, [requester_of(1000 + number % 20) for number in range(ORDERS)])

    assert admitted == 20 * 2


@pytest.mark.slow
@pytest.mark.parametrize("number", range(ROUNDS))
async def test_storms(tmp_path: Path, number: int) -> None:
    """Storms with other rooms, periods and mixtures each round."""
    chance = random.Random(number)
    for kind, subject_id in LIMITS:
        await _one_limit(tmp_path / kind, kind, subject_id, chance, ORDERS_OF_SLOW_STORMS)
    for mixture in range(4):
        await _mixture(tmp_path / str(mixture), chance, ORDERS_OF_SLOW_STORMS)
