"""Accounts that do not add up stop all spending, and only the operator lifts that."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.db.facts import BROKEN_LEDGER_FACT
from bot.db.upkeep import UpkeepStore
from bot.domain.clock import MINUTE, SECOND, Instant
from bot.domain.errors import Frozen
from bot.domain.jobs import MessageAt, Output
from bot.domain.marks import Mark
from bot.domain.orders import Requester
from bot.services.money.invariant_guard import EVERY_SECONDS, InvariantGuard
from tests.db.damage import DAMAGE
from tests.services.parts import ANN, BOOT, CHANNEL, GUILD, FakeMeter, Parts, open_parts
from tests.services.world import ServiceWorld, request


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncGenerator[Parts]:
    """A database whose accounts a test may spoil."""
    async with open_parts(tmp_path, after_commit=None) as opened:
        yield opened


async def lived_in(parts: Parts) -> None:
    """Two jobs, each with one picture paid and one waiting."""
    now = parts.clock.now()
    for place in range(2):
        job = await parts.admitted(pictures=2)
        paid = job.predictions[0].prediction_id
        attempt_id = await parts.stores.jobs.begin_attempt(paid, BOOT, now)
        assert attempt_id is not None
        await parts.stores.jobs.attempt_accepted(attempt_id, f"task-{paid}", now)
        picture = job.references[0].image
        await parts.stores.jobs.complete(paid, [Output(picture, Mark.CLEAN)], now, now)
        await parts.stores.jobs.set_result_message(job.job_id, MessageAt(1, place))


def doubt_of(parts: Parts) -> tuple[InvariantGuard, FakeMeter]:
    meter = FakeMeter()
    return InvariantGuard(parts.stores.upkeep, parts.stores.facts, parts.clock, meter), meter


class CountedLooks(UpkeepStore):
    """Finds that the accounts add up, notes when it was asked, and takes its time."""

    def __init__(self, parts: Parts, *, takes_seconds: float = 0.0) -> None:
        super().__init__(parts.database)
        self.clock, self.takes_seconds = parts.clock, takes_seconds
        self.looks: list[Instant] = []

    async def violations(self) -> tuple[str, ...]:
        self.looks.append(self.clock.now())
        await self.clock.sleep(self.takes_seconds)
        return ()


def corrupt(folder: Path, by_micros: int = 1) -> None:
    """Move every balance by a little, behind the program's back."""
    with closing(sqlite3.connect(folder / "easel.db")) as connection, connection:
        connection.execute("UPDATE balances SET held_micros = held_micros + ?", (by_micros,))


async def test_sound_accounts_freeze_nothing(parts: Parts) -> None:
    """While every invariant holds nothing is frozen and nothing is told."""
    invariant_guard, meter = doubt_of(parts)
    await parts.admitted()
    with capture_logs() as logs:
        await invariant_guard.look()

    assert (meter.told, logs, await parts.stores.facts.fact(BROKEN_LEDGER_FACT)) == ([], [], None)


async def test_a_moved_balance_freezes(parts: Parts, tmp_path: Path) -> None:
    """A balance that is not the sum of its entries freezes spending; the log names the invariants and nobody."""
    invariant_guard, meter = doubt_of(parts)
    await parts.admitted()
    corrupt(tmp_path)
    with capture_logs() as logs:
        await invariant_guard.look()

    assert [(line["event"], line["invariants"]) for line in logs] == [("accounts.in_doubt", ["I1", "I11"])]
    assert set(meter.told) == {"broken"}
    with pytest.raises(Frozen, match="don't add up"):
        await parts.admitted()


@pytest.mark.parametrize("name", DAMAGE)
async def test_each_invariant_freezes(parts: Parts, tmp_path: Path, name: str) -> None:
    """Whichever does not hold, the next look says so by name and nothing more is admitted until that is lifted."""
    invariant_guard, _ = doubt_of(parts)
    await lived_in(parts)
    await invariant_guard.look()
    before = await parts.stores.facts.fact(BROKEN_LEDGER_FACT)
    with closing(sqlite3.connect(tmp_path / "easel.db")) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.executescript(DAMAGE[name])
    with capture_logs() as logs:
        await invariant_guard.look()

    assert before is None
    assert name.split(",", maxsplit=1)[0] in logs[0]["invariants"]
    with pytest.raises(Frozen, match="don't add up"):
        await parts.admitted()

    await parts.stores.facts.set_fact(BROKEN_LEDGER_FACT, "", parts.clock.now())
    await parts.stores.jobs.check_room(Requester(ANN, GUILD, CHANNEL, CHANNEL, ()), 80_000, 1, parts.clock.now())


async def test_only_a_person_lifts_it(parts: Parts, tmp_path: Path) -> None:
    """Accounts that add up again stay frozen, for the reason that was found first."""
    invariant_guard, _ = doubt_of(parts)
    await parts.admitted()
    corrupt(tmp_path)
    await invariant_guard.look()
    found = await parts.stores.facts.fact(BROKEN_LEDGER_FACT)
    corrupt(tmp_path, -1)
    await invariant_guard.look()

    assert found
    assert await parts.stores.facts.fact(BROKEN_LEDGER_FACT) == found


async def test_it_looks_at_once_and_each_minute(parts: Parts) -> None:
    """The first look comes with the start, the next ones a minute apart."""
    upkeep = CountedLooks(parts)
    looking = asyncio.create_task(InvariantGuard(upkeep, parts.stores.facts, parts.clock, FakeMeter()).run())
    start = parts.clock.now()
    await parts.clock.advance(2 * EVERY_SECONDS + 1)
    looking.cancel()

    assert [at - start for at in upkeep.looks] == [0, MINUTE, 2 * MINUTE]


async def test_large_accounts_are_checked_more_rarely(parts: Parts) -> None:
    """A check that takes long rests fifty times as long, so that a bot with years of accounts has time for its work."""
    upkeep = CountedLooks(parts, takes_seconds=10.0)
    looking = asyncio.create_task(InvariantGuard(upkeep, parts.stores.facts, parts.clock, FakeMeter()).run())
    start = parts.clock.now()
    await parts.clock.advance(520)
    looking.cancel()

    assert [at - start for at in upkeep.looks] == [0, 510 * SECOND]


async def test_results_still_flow(world: ServiceWorld) -> None:
    """A broken ledger refuses at the early look and at the admission; what was admitted is made, paid and delivered."""
    async with world.start() as bot:
        running = await world.command()
        await bot.stores.facts.set_fact(BROKEN_LEDGER_FACT, "planted", world.clock.now())
        refused = await world.refusal(request())
        done = await world.closed(running)

    assert isinstance(refused, Frozen)
    assert done.spent_micros == done.price_micros
    assert [posted.job_id for posted in world.fake_messenger.results] == [running.job_id]


async def test_the_bot_itself_looks(world: ServiceWorld) -> None:
    """The guard is one of the engine's own tasks."""
    async with world.start() as bot:
        await world.closed(await world.command())
        corrupt(world.folder)
        # In this world every commit complains as well, once it is on the disk.
        await world.until(lambda: bot.stores.facts.fact(BROKEN_LEDGER_FACT))
        with pytest.raises(Frozen, match="don't add up"):
            await bot.services.creative.intake.look(request())
