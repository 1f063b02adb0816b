"""How much is made while one answer in a hundred is lost: `python -m tests.bench.bench_lost_answers`.

The parts that send and that look for lost answers are the real ones, on a real database; the provider answers after a
second and paints for eight, and time is simulated. The same jobs are made with no answer lost, with which the others
are compared; with one in a hundred lost; so that every other of the lost ones created nothing, which takes two graces
to find out; and by the plain rule that nothing leaves while one case is open, nor is it looked for before its grace.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.domain import gate, lost_answers
from bot.domain.clock import SECOND
from bot.domain.gate import ProviderLimits
from tests.services.lost_world import GRACE, LostWorld, RequestFate, open_lost_world

ANSWER_SECONDS, PAINTING_SECONDS = 1.0, 8.0
LOST_EVERY = 100


@dataclass(frozen=True, slots=True)
class Tier:
    """An account's limits, and how many jobs are tried on it."""

    name: str
    limits: ProviderLimits
    jobs: int


TIERS = (
    Tier("2 at once, 2 a minute", ProviderLimits(2, 2, 4), 120),
    Tier("20 at once, 120 a minute", ProviderLimits(20, 120, 4), 300),
)


def fate(number: int, *, lost: bool, half_created: bool) -> RequestFate:
    """Each hundredth answer is lost, the first after fifty jobs."""
    is_lost = lost and number % LOST_EVERY == LOST_EVERY // 2
    creates = None if is_lost and half_created and number // LOST_EVERY % 2 else 0.5
    return RequestFate(0.0, 0, ANSWER_SECONDS, is_lost, creates, listed=0.5)


async def a_minute(tier: Tier, *, lost: bool, half_created: bool = False) -> float:
    """How many pictures were made in each simulated minute until none can be made any more."""
    fates = {f"J{n}": fate(n, lost=lost, half_created=half_created) for n in range(tier.jobs)}
    with tempfile.TemporaryDirectory() as folder:
        async with open_lost_world(Path(folder), fates, limits=tier.limits) as world:
            world.provider.dated(world.clock.monotonic())
            for name, each in fates.items():
                await world.ask(name, each)
            began = world.clock.true()
            await _make_all(world)
            return len(world.ended_at) / ((max(world.ended_at.values()) - began) / SECOND / 60)


async def _make_all(world: LostWorld) -> None:
    painting = asyncio.create_task(world.paint(PAINTING_SECONDS))
    async with world.working():
        while len(world.ended_at) + len(world.without_picture) < len(world.ours):
            await world.clock.advance(10)
    painting.cancel()
    await asyncio.gather(painting, return_exceptions=True)


async def measure() -> None:
    """Print how many pictures a minute each tier makes, and the ratio to the same without losses."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for tier in TIERS:
        began = time.perf_counter()
        without = await a_minute(tier, lost=False)
        _say(tier, "no answer lost", without, without)
        _say(tier, "1 % lost", await a_minute(tier, lost=True), without)
        half = await a_minute(tier, lost=True, half_created=True)
        _say(tier, "1 % lost, half of them never begun", half, without)
        with _plain_rule():
            _say(tier, "1 % lost, one open case stops all", await a_minute(tier, lost=True), without)
        sys.stdout.write(f"{'':26} took {time.perf_counter() - began:.0f} s\n")


@contextmanager
def _plain_rule() -> Generator[None]:
    before = gate.MOST_LOST, lost_answers.FIRST_LOOK
    gate.MOST_LOST, lost_answers.FIRST_LOOK = 1, GRACE
    try:
        yield
    finally:
        gate.MOST_LOST, lost_answers.FIRST_LOOK = before


def _say(tier: Tier, what: str, made: float, without: float) -> None:
    sys.stdout.write(f"{tier.name:26} {what:36} {made:7.2f} a minute {made / without:7.1%}\n")


if __name__ == "__main__":
    asyncio.run(measure())
