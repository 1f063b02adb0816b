"""The machine's clock is set an hour forward or back while jobs run: each ends, paid once, and none is voided."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from bot.demo.provider import Behaviour, Site
from bot.domain.clock import HOUR, SECOND, Instant
from bot.domain.jobs import PredictionState
from tests.clocks import HurriedClock
from tests.services.world import BEN, PRICE, ServiceWorld, open_service_world, png, request


class SetClock:
    """Implements `Clock`: another's intervals and waits, with an hour of its own that `set_by` moves."""

    def __init__(self, inner: HurriedClock) -> None:
        self._inner = inner
        self._off = 0

    def now(self) -> Instant:
        return self._inner.now() + self._off

    def monotonic(self) -> float:
        return self._inner.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)

    def leap(self, seconds: float) -> None:
        self._inner.leap(seconds)

    def set_by(self, milliseconds: int) -> None:
        """Set the hour, as an operator or a time server does."""
        self._off += milliseconds


@pytest.mark.parametrize("step", [HOUR, -HOUR])
@pytest.mark.parametrize("state", [PredictionState.QUEUED, PredictionState.PROCESSING])
async def test_an_hour_either_way(world: ServiceWorld, step: int, state: PredictionState) -> None:
    """Whatever the hour does, a job that waits or is painted is finished, with one paid request."""
    clock = world.clock = SetClock(world.clock)  # pyright: ignore[reportAttributeAccessIssue] - the bot's alone, not the provider's
    async with world.start():
        job = await world.command()
        await world.reaches(job, state)
        clock.set_by(step)
        closed = await world.closed(job)
        after = await world.closed(await world.command(request()))

        assert [p.state for p in (*closed.predictions, *after.predictions)] == [PredictionState.COMPLETED] * 2
        assert world.posts == 2
        assert (await world.budget())[1] == 0


@pytest.mark.parametrize("step", [HOUR, -HOUR])
async def test_an_hour_while_an_answer_is_lost(world: ServiceWorld, step: int) -> None:
    """A task whose answer was lost before the step is still found in the provider's list."""
    clock = world.clock = SetClock(world.clock)  # pyright: ignore[reportAttributeAccessIssue] - as above
    world.provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED)
    async with world.start():
        # Nothing is found before the clock steps: the list is out of reach until then.
        world.provider.script(Site.LIST, Behaviour.UNAVAILABLE, times=100)
        job = await world.command()
        await world.reaches(job, PredictionState.UNKNOWN)
        clock.set_by(step)
        world.provider.clear_script()
        closed = await world.closed(job)

        assert [p.state for p in closed.predictions] == [PredictionState.COMPLETED]
        assert world.posts == 1
        assert await world.server_spent() == PRICE


@pytest.mark.parametrize("off", [-HOUR, -90 * SECOND, 90 * SECOND, HOUR])
async def test_a_clock_that_was_always_off(world: ServiceWorld, off: int) -> None:
    """However far this machine's clock is off the provider's, a paid task whose answer was lost is found."""
    clock = world.clock = SetClock(world.clock)  # pyright: ignore[reportAttributeAccessIssue] - as above
    clock.set_by(off)
    world.provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED)
    async with world.start():
        closed = await world.closed(await world.command())

        assert [p.state for p in closed.predictions] == [PredictionState.COMPLETED]
        assert world.posts == 1
        assert await world.server_spent() == PRICE


TROUBLES = {
    "the tier's rate": (),
    "a 429": ((Site.SUBMIT, Behaviour.RATE_LIMITED),),
    "an upload that failed": ((Site.TICKET, Behaviour.UNAVAILABLE), (Site.TICKET, Behaviour.UNAVAILABLE)),
    "a lost answer": ((Site.SUBMIT, Behaviour.DROPPED),),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_an_hour_back_delays_nobody(tmp_path: Path, trouble: str) -> None:
    """Whatever is being waited for when the clock is set back, no job waits for that hour to pass again."""
    async with open_service_world(tmp_path, wavespeed_max_per_minute=1) as world:
        clock = world.clock = SetClock(world.clock)  # pyright: ignore[reportAttributeAccessIssue] - as above
        async with world.start():
            await world.closed(await world.command())
            for site, behaviour in TROUBLES[trouble]:
                world.provider.script(site, behaviour)
            job = await world.command(request(png("red"), member=BEN))
            clock.leap(61 if TROUBLES[trouble] else 0)
            await clock.sleep(10)
            clock.set_by(-HOUR)
            began = clock.monotonic()
            for _ in itertools.count():
                if (await world.job(job.job_id)).closed_at is not None or clock.monotonic() > began + 900:
                    break
                await clock.sleep(5)

            assert (await world.job(job.job_id)).closed_at is not None
            assert (await world.budget(BEN))[1] == 0
