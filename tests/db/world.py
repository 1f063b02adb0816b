"""A small server world for the database's tests: one open file, its stores, and orders to put in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot.db.connection import Connection
from bot.db.database import Database
from bot.db.invariants import violations
from bot.db.stores import BotLimit, Stores, open_stores
from bot.domain.budget import LimitKind, OverLimit
from bot.domain.clock import Instant
from bot.domain.images import StoredImage
from bot.domain.jobs import Job, Output
from bot.domain.marks import Mark
from bot.domain.models import MAX
from bot.domain.money import Micros
from bot.domain.orders import Defaults, Order, Requester
from bot.domain.periods import Period
from bot.domain.references import Reference
from bot.domain.rules import RuleChange
from tests.db.engines import open_in

NOON: Instant = 1_800_014_400_000
"""Friday 2027-01-15, 12:00 UTC."""
PRICE: Micros = 80_000
GUILD, CHANNEL, THREAD, ALICE, BOB, MODERATOR, ROLE = 10, 20, 21, 30, 31, 39, 40
IMAGE = StoredImage("a" * 64, "image/png", 640, 480, 1234)
PAINTED = StoredImage("b" * 64, "image/png", 1024, 1024, 99_000)
NO_LIMITS = Defaults(None, None, "month")
KEY = "11" * 32


class InvariantBroken(AssertionError):
    """A commit after which the accounts do not add up."""


def check_invariants(connection: Connection) -> None:
    """Let no commit pass after which an invariant does not hold."""
    found = violations(connection)
    if found:
        raise InvariantBroken("; ".join(found))


@dataclass
class DatabaseWorld:
    """An open database with orders at hand; `at` is the present."""

    database: Database
    stores: Stores
    at: Instant = NOON
    numbers: count[int] = field(default_factory=lambda: count(1))

    def order(
        self, *, pictures: int = 1, price: Micros = PRICE, requester: Requester | None = None, prompt: str = "a cat"
    ) -> Order:
        """A fresh order of Alice's, unless somebody else is named."""
        number = next(self.numbers)
        return Order(
            job_id=f"job{number:05d}",
            interaction_id=1000 + number,
            requester=requester or requester_of(),
            command="edit",
            prompt=prompt,
            sent_prompt=f"Use image 1 for outfit. {prompt}",
            model=MAX,
            parameters={"guidance_scale": 3.5},
            seeds=tuple(range(pictures)),
            price_micros=price,
            references=(Reference(1, "outfit", "coat.png", IMAGE, "first frame used"),),
        )

    async def admit(
        self, *, pictures: int = 1, price: Micros = PRICE, requester: Requester | None = None, prompt: str = "a cat"
    ) -> Job:
        """Admit a fresh order now."""
        order = self.order(pictures=pictures, price=price, requester=requester, prompt=prompt)
        return (await self.stores.jobs.admit(order, self.at)).job

    async def process(self, prediction_id: int, provider_id: str | None = None) -> None:
        """Bring a queued prediction to PROCESSING."""
        attempt_id = await self.stores.jobs.begin_attempt(prediction_id, "boot", self.at)
        assert attempt_id is not None
        await self.stores.jobs.attempt_accepted(attempt_id, provider_id or f"task-{prediction_id}", self.at)

    async def complete(self, prediction_id: int, captured: Micros | None = None) -> None:
        """Bring a queued prediction to COMPLETED."""
        await self.process(prediction_id)
        await self.stores.jobs.complete(
            prediction_id, [Output(PAINTED, Mark.CLEAN)], self.at, self.at, captured_micros=captured
        )

    async def limit(self, kind: LimitKind, subject_id: int, period: Period, amount: Micros | None) -> None:
        """Set or remove a limit in the server, or the bot's."""
        guild_id = 0 if kind is LimitKind.BOT else GUILD
        await self.stores.budgets.set_limit(
            guild_id, kind, subject_id, period, amount, by_member_id=MODERATOR, at=self.at
        )

    async def zone(self, zone: str) -> None:
        """Count the server's days in this zone from now on."""
        change = RuleChange("zone", zone, None, zone)
        await self.stores.rules.set_rule(GUILD, change, by_member_id=MODERATOR, at=self.at)

    async def standing(self, kind: str, period: Period = Period.TOTAL) -> list[tuple[str, int, int]]:
        """Key, held and spent of every balance of a scope in a period, by key."""
        return await self.database.read(_standing, kind, period)

    async def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """The rows of any query."""
        return await self.database.read(lambda connection: [tuple(row) for row in connection.execute(query, values)])


def _standing(connection: Connection, kind: str, period: Period) -> list[tuple[str, int, int]]:
    query = """
        SELECT period_key, held_micros, spent_micros FROM balances WHERE scope = ? AND period = ?
        ORDER BY period_key, subject_id
    """
    return [tuple(row) for row in connection.execute(query, (kind, period))]


def requester_of(member_id: int = ALICE, *, channel_id: int = CHANNEL, role_ids: tuple[int, ...] = ()) -> Requester:
    """Somebody who asks, in a channel of the server."""
    return Requester(member_id, GUILD, channel_id, channel_id, role_ids)


async def refusal(world: DatabaseWorld, *, pictures: int = 1, requester: Requester | None = None) -> OverLimit | None:
    """Ask and see what refuses, if anything does; the look beforehand has to say the same."""
    order = world.order(pictures=pictures, requester=requester)
    jobs = world.stores.jobs
    looked = await _refused(jobs.check_room(order.requester, order.price_micros, order.count, world.at))
    refused = await _refused(jobs.admit(order, world.at))
    assert (looked and looked.line) == (refused and refused.line)
    return refused


async def _refused(asked: Awaitable[object]) -> OverLimit | None:
    try:
        await asked
    except OverLimit as error:
        return error
    return None


@asynccontextmanager
async def open_database_world(
    folder: Path,
    *,
    defaults: Defaults = NO_LIMITS,
    bot_limit: BotLimit | None = None,
    after_commit: Callable[[Connection], None] | None = check_invariants,
) -> AsyncGenerator[DatabaseWorld]:
    """Open a world in a folder; the same folder again is the same world."""
    database = await open_in(folder, after_commit)
    try:
        stores = await open_stores(
            database,
            defaults=defaults,
            bot_limit=bot_limit or BotLimit(None, Period.MONTH),
            at=NOON,
            fresh_key=lambda: KEY,
        )
        yield DatabaseWorld(database, stores)
    finally:
        await database.close()
