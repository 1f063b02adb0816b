"""The leader's own look: what other processes admitted, cancelled or decided is found without a word of theirs."""

from __future__ import annotations

import asyncio

from bot.domain.errors import Unavailable
from bot.services.jobs.sweep import SWEEP_SECONDS, Sweep
from bot.services.signals import Arrival, JobArrived, PredictionAccepted, Signals
from bot.texts.templates import Refusal
from tests.services.parts import ANN, Parts


def arrived(signals: Signals) -> list[Arrival]:
    found: list[Arrival] = []
    while not signals.arrivals.empty():
        found.append(signals.arrivals.get_nowait())
    return found


async def woken(signals: Signals, job_id: str) -> bool:
    return await signals.wakeup_of(job_id).wait(0.0)


async def test_what_was_admitted_elsewhere(parts: Parts) -> None:
    """A job that nobody spoke of gets its watch at the next look, and no second word while nothing changes."""
    signals = Signals(parts.clock)
    sweep = Sweep(parts.stores.jobs, signals, parts.clock)
    await sweep.look()
    assert arrived(signals) == []

    job = await parts.admitted()
    await sweep.look()
    assert arrived(signals) == [JobArrived(job.job_id)]

    await sweep.look()
    assert arrived(signals) == []


async def test_what_was_cancelled_elsewhere(parts: Parts) -> None:
    """The watch of a job whose pictures another process stopped is woken."""
    signals = Signals(parts.clock)
    sweep = Sweep(parts.stores.jobs, signals, parts.clock)
    job = await parts.admitted()
    await sweep.look()
    await woken(signals, job.job_id)

    await sweep.look()
    assert not await woken(signals, job.job_id)

    await parts.stores.jobs.cancel_queued(job.job_id, ANN, parts.clock.now())
    await sweep.look()
    assert await woken(signals, job.job_id)


async def test_what_was_adopted_elsewhere(parts: Parts) -> None:
    """A prediction that a moderator took for a picture at another front is followed."""
    signals = Signals(parts.clock)
    sweep = Sweep(parts.stores.jobs, signals, parts.clock)
    job = await parts.unknown()
    await sweep.look()
    arrived(signals)

    await parts.stores.jobs.adopt(job.predictions[0].prediction_id, "theirs")
    await sweep.look()
    assert arrived(signals) == [
        JobArrived(job.job_id),
        PredictionAccepted(job.job_id, job.predictions[0].prediction_id),
    ]


async def test_looks_go_on(parts: Parts) -> None:
    """It looks every five seconds, at once when asked to, and again after the books were out of reach."""
    signals, jobs = Signals(parts.clock), parts.stores.jobs
    sweep = Sweep(jobs, signals, parts.clock)
    running = asyncio.create_task(sweep.run())
    await parts.clock.advance(0)
    first = await parts.admitted()
    await parts.clock.advance(SWEEP_SECONDS)
    assert JobArrived(first.job_id) in arrived(signals)

    second = await parts.admitted()
    sweep.look_now()
    await parts.clock.advance(0)
    assert JobArrived(second.job_id) in arrived(signals)
    running.cancel()


async def test_books_out_of_reach(parts: Parts) -> None:
    """A look that cannot be is made at the next time."""

    class Closed:
        async def standing(self) -> dict[str, tuple[()]]:
            raise Unavailable(Refusal("closed"), advice="later")

    running = asyncio.create_task(Sweep(Closed(), Signals(parts.clock), parts.clock).run())  # pyright: ignore[reportArgumentType] - only asked for this
    await parts.clock.advance(2 * SWEEP_SECONDS)

    assert not running.done()
    running.cancel()
