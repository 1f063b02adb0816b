"""The pace of a bot's sessions over all its processes: no two IDENTIFYs within five seconds, whoever asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from random import Random

import pytest

from bot.domain.clock import DAY, SECOND, Instant
from bot.gateway import IDENTIFIES, IdentifyPostponed
from bot.shard_pace import ShardPace, next_place
from tests.clocks import NOON, ManualClock
from tests.ui.doubles import FakeFacts


class Shared(FakeFacts):
    """`SharedFacts` in memory."""

    async def change_fact(self, name: str, change: Callable[[str | None], str | None], at: Instant) -> str | None:
        del at
        value = change(self.known.get(name))
        if value is not None:
            self.known[name] = value
        return value


async def test_each_has_a_place_of_its_own() -> None:
    """Shards of several processes that ask at the same moment go one after the other, five seconds apart."""
    clock, gone, facts = ManualClock(), list[float](), Shared()

    async def identify() -> None:
        await ShardPace(facts, clock, Random(1)).before_identify()
        gone.append((clock.now() - NOON) / SECOND)

    waiting = [asyncio.create_task(identify()) for _ in range(3)]
    for _ in range(11):
        await clock.advance(1)
    await asyncio.gather(*waiting)
    assert gone[1:] == [5, 10]
    assert json.loads(await facts.fact(IDENTIFIES) or "") == [NOON, NOON + 5 * SECOND, NOON + 10 * SECOND]


async def test_a_place_too_far_away_is_not_taken() -> None:
    """A connection cannot wait for a place beyond ten seconds: it comes again, and waits for that before it opens."""
    clock, facts = ManualClock(), Shared()
    taken = json.dumps([NOON, NOON + 5 * SECOND, NOON + 10 * SECOND])
    await facts.set_fact(IDENTIFIES, taken, NOON)
    pace = ShardPace(facts, clock, Random(1))

    with pytest.raises(IdentifyPostponed):
        await pace.before_identify()
    assert await facts.fact(IDENTIFIES) == taken

    waiting = asyncio.create_task(pace.before_session())
    await clock.advance(9)
    assert not waiting.done()
    await clock.advance(2)
    await waiting


@pytest.mark.parametrize(
    ("places", "seconds"),
    [
        ([], 0),
        ([-10], 0),
        ([-2], 3),
        ([-2, 3], 8),
        ([3_600], 0),  # before a clock was set back
        ([-86_400 * 2] * 600, 0),
    ],
)
def test_next_place(places: list[int], seconds: int) -> None:
    """Five seconds after the last one; what lies further ahead than anybody may take a place says nothing."""
    assert (next_place([NOON + each * SECOND for each in places], NOON) - NOON) / SECOND == seconds


def test_the_days_budget_holds_over_all() -> None:
    """Beyond 500 sessions in 24 hours of all processes together each waits longer."""
    assert next_place([NOON - DAY // 2] * 505, NOON) == NOON
    assert next_place([*[NOON - DAY // 2] * 505, NOON - 6 * SECOND], NOON) > NOON + 60 * SECOND
