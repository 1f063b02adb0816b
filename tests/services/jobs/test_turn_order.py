"""Reading the queue for words costs the same share of the time however long it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.db.jobs import JobStore
from bot.domain.gate import ProviderLimits
from bot.domain.predictions import Waiting
from bot.services.jobs.turn_order import TurnOrders
from tests.services.parts import BEN, Parts

MANY = 150
LIMITS = ProviderLimits(max_concurrent=2, max_per_minute=100, submit_parallelism=1)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often the whole queue was read."""
    real, count = JobStore.waiting, 0

    async def counted(store: JobStore) -> tuple[Waiting, ...]:
        nonlocal count
        count += 1
        return await real(store)

    monkeypatch.setattr(JobStore, "waiting", counted)
    return lambda: count


async def asked_by_all(parts: Parts, count: int = MANY) -> list[str]:
    """So many jobs of as many members, who ask in this order, one right after the other."""
    jobs = await asyncio.gather(*(parts.admitted(1_000 + number) for number in range(count)))
    return [job.job_id for job in jobs]


async def test_a_long_queue_is_read_once_for_all(parts: Parts, readings: Callable[[], int]) -> None:
    """However many statuses are drawn in the same moment, the queue is read once."""
    job_ids = await asked_by_all(parts)
    orders = TurnOrders(parts.stores.jobs, LIMITS, parts.clock)
    places = [(await orders.look_for(job_id)).place(job_id) for job_id in job_ids]

    assert (readings(), places) == (1, list(range(1, MANY + 1)))


async def test_a_short_queue_is_always_read_anew(parts: Parts) -> None:
    """As long as reading is cheap, whoever has just come is there."""
    orders = TurnOrders(parts.stores.jobs, LIMITS, parts.clock)
    for _ in range(3):
        job = await parts.admitted()

        assert job.job_id in await orders.look()


async def test_who_has_just_come_waits_for_the_next_reading(parts: Parts, readings: Callable[[], int]) -> None:
    """A long queue is read again after a moment, and then everybody stands where they belong."""
    await asked_by_all(parts)
    orders = TurnOrders(parts.stores.jobs, LIMITS, parts.clock)
    order = await orders.look()
    job = await parts.admitted(BEN)

    assert job.job_id not in await orders.look()
    assert order.serves_until - parts.clock.monotonic() <= 2.0

    await parts.clock.advance(order.serves_until - parts.clock.monotonic())

    assert (await orders.look()).place(job.job_id) == MANY + 1
    assert readings() == 2
