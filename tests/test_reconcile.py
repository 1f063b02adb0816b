"""`easel reconcile` as a real process, against the simulated provider's bill, on a database that is in use."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bot.db.billing import BillingStore
from bot.db.sqlite import SqliteDatabase
from bot.demo.provider import Behaviour, SimulatedProvider, Site
from bot.domain.clock import HOUR, SECOND, SystemClock
from bot.domain.jobs import Job, Output
from bot.domain.marks import Mark
from bot.domain.predictions import FailureReason
from bot.settings import setting_names
from tests.db.world import MODERATOR, PAINTED, PRICE, DatabaseWorld, open_database_world
from tests.demo.provider_bench import KEY, Bench
from tests.demo.stepped_clock import SteppedClock
from tests.wire.fork_server import run_cold, run_verb

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Office:
    """Our books, open as a running bot has them, and the provider's."""

    world: DatabaseWorld
    provider: Bench

    async def sent(self, behaviour: Behaviour = Behaviour.NORMAL, *, provider_id: str | None = None) -> Job:
        """A job that the provider has; with an id of its own one that it knows nothing of."""
        job = await self.world.admit()
        if provider_id is None:
            provider_id = (await self.provider.submit(f"[sim:{behaviour}] a cat")).data["id"]
        await self.world.process(job.predictions[0].prediction_id, provider_id)
        return await self.world.stores.jobs.job(job.job_id)

    async def completed(self, *, provider_id: str | None = None) -> Job:
        """A job whose picture its member paid."""
        job, at = await self.sent(provider_id=provider_id), self.world.at
        await self.world.stores.jobs.complete(job.predictions[0].prediction_id, [Output(PAINTED, Mark.CLEAN)], at, at)
        return job

    async def voided(self, behaviour: Behaviour) -> Job:
        """A job that failed at the provider: its member paid nothing."""
        job = await self.sent(behaviour)
        await self.world.stores.jobs.fail(job.predictions[0].prediction_id, FailureReason.MODERATED, self.world.at)
        return job

    async def reconcile(self, *argv: str, cold: bool = False) -> tuple[int, list[str]]:
        """Run the verb once everything at the provider has ended; its exit code and what it printed."""
        assert isinstance(self.world.database, SqliteDatabase)
        self.provider.clock.advance(600)
        ours = set(setting_names())
        settings = {
            "DATABASE_URL": f"sqlite:///{self.world.database.path}",
            "WAVESPEED_API_KEY": KEY,
            "WAVESPEED_BASE_URL": self.provider.base_url,
        }
        environment = {name: value for name, value in os.environ.items() if name not in ours} | settings
        run, verb, folder = run_cold if cold else run_verb, ("reconcile", *argv), self.world.database.path.parent
        done = await asyncio.to_thread(run, verb, environment, cwd=folder, seconds=PATIENCE_SECONDS)
        return done.returncode, (done.stdout + done.stderr).splitlines()

    async def spent(self) -> dict[str, int]:
        """What has been spent in total, by scope."""
        rows = await self.world.rows("SELECT scope, SUM(spent_micros) FROM balances WHERE period = 'total' GROUP BY 1")
        return {str(scope): int(str(micros)) for scope, micros in rows}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncGenerator[Office]:
    """An hour ago, with nothing sent yet."""
    now, clock = SystemClock().now() - HOUR, SteppedClock()
    clock.advance((now - clock.now()) / SECOND)
    provider = SimulatedProvider(clock, api_key=KEY)
    async with provider.serve() as base_url, aiohttp.ClientSession() as session, open_database_world(tmp_path) as world:
        world.at = now
        yield Office(world, Bench(provider, clock, session, base_url))


async def test_books_that_agree(office: Office) -> None:
    """A paid picture that was billed, a failed one that was refunded, and one still on its way are no differences."""
    await office.completed()
    await office.voided(Behaviour.TASK_FAILED)
    await office.sent()

    assert await office.reconcile(cold=True) == (
        0,
        [
            "total (days: 7, predictions: 2): ours $0.08, theirs $0.08, booked on servers' own accounts $0.00",
        ],
    )


async def test_billed_although_voided(office: Office) -> None:
    """What was billed and nobody got goes on the server's own account, once; no member pays it."""
    await office.completed()
    job = await office.voided(Behaviour.MODERATED_BILLED)
    provider_id = (await office.world.rows("SELECT provider_id FROM predictions WHERE job_id = ?", job.job_id))[0][0]
    first = await office.reconcile()
    second = await office.reconcile("--days", "1")

    assert first == (
        0,
        [
            f"job {job.job_id}, prediction {provider_id}: ours $0.00, theirs $0.08: booked on the server's own account",
            "total (days: 7, predictions: 2): ours $0.08, theirs $0.16, booked on servers' own accounts $0.08",
        ],
    )
    assert second == (
        0,
        [
            "total (days: 1, predictions: 2): ours $0.16, theirs $0.16, booked on servers' own accounts $0.00",
        ],
    )
    assert await office.spent() == {"member": PRICE, "channel": PRICE, "server": 2 * PRICE, "bot": 2 * PRICE}


async def test_a_refund_of_what_was_carried(office: Office) -> None:
    """What the server carried and the provider gave back comes off its account again."""
    job = await office.voided(Behaviour.TASK_FAILED)
    prediction_id = job.predictions[0].prediction_id
    await BillingStore(office.world.database).adjust(prediction_id, PRICE, reason="bill", at=office.world.at)
    code, lines = await office.reconcile()

    assert code == 0
    assert lines[-1].endswith("ours $0.08, theirs $0.00, booked on servers' own accounts \u2212$0.08")
    assert set((await office.spent()).values()) == {0}


async def test_a_missing_bill(office: Office) -> None:
    """A picture that a member paid and the provider did not bill is left to a person; nothing is booked."""
    job = await office.completed(provider_id="never-billed")
    before = await office.spent()
    code, lines = await office.reconcile()

    assert code == 1
    assert lines[0].startswith(f"job {job.job_id}, prediction never-billed: ours $0.08, theirs $0.00: for a person: ")
    assert await office.spent() == before


async def test_a_missing_bill_that_a_moderator_gave_back(office: Office) -> None:
    """Once the member has their money back there is nothing left to do."""
    job = await office.completed(provider_id="never-billed")
    await office.world.stores.moderation.refund(
        job.job_id, reason="not billed", by_member_id=MODERATOR, at=office.world.at
    )

    assert (await office.reconcile())[0] == 0


async def test_billed_beyond_the_hold(office: Office) -> None:
    """A price that rose after the admission is not the member's: the server carries what goes beyond the hold."""
    office.provider.provider.set_price("wavespeed-ai/flux-kontext-max", 95_000)
    await office.completed()
    code, _ = await office.reconcile()

    assert code == 0
    assert await office.spent() == {"member": PRICE, "channel": PRICE, "server": 95_000, "bot": 95_000}


async def test_a_stranger_on_the_key(office: Office) -> None:
    """A billed prediction that is no job of ours is named and left to a person."""
    strange = (await office.provider.submit()).data["id"]
    code, lines = await office.reconcile()

    assert code == 1
    assert lines[0].startswith(f"job none, prediction {strange}: ours $0.00, theirs $0.08: for a person: ")


async def test_a_bill_out_of_reach(office: Office) -> None:
    """A bill that cannot be had whole ends with one sentence, and books nothing."""
    await office.voided(Behaviour.MODERATED_BILLED)
    office.provider.provider.script(Site.BILLING, Behaviour.FORBIDDEN)
    code, lines = await office.reconcile()

    assert code == 1
    assert lines[-1].startswith("easel: The provider's billing cannot be read: ")
    assert set((await office.spent()).values()) == {0}
