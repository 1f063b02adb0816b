"""What a status message says about waiting: the place, and times that were really measured."""

from __future__ import annotations

import pytest

from bot import texts
from bot.domain.gate import MOST_LOST, ProviderLimits
from bot.domain.models import MAX, PRO
from bot.domain.snapshots import Turn
from bot.services.jobs.turn_order import TurnOrders
from bot.services.jobs.turns import Turns
from tests.services.parts import ANN, BEN, Parts

ROOMY = ProviderLimits(max_concurrent=2, max_per_minute=100, submit_parallelism=1)


async def turns_of(parts: Parts, limits: ProviderLimits = ROOMY) -> Turns:
    """What status messages ask."""
    return Turns(TurnOrders(parts.stores.jobs, limits, parts.clock), await parts.waits(), limits, parts.clock)


async def measured(parts: Parts, *seconds: float) -> None:
    """Let pictures have taken so long."""
    for n, each in enumerate(seconds):
        job = await parts.processing(f"past-{n}-{each}")
        await parts.clock.advance(each)
        now = parts.clock.now()
        await parts.stores.jobs.complete(job.predictions[0].prediction_id, (), now, now)
        await parts.stores.jobs.close(job.job_id, now)


@pytest.mark.parametrize(
    ("past", "typical"),
    [
        ((), None),
        ((7.0, 7.0), None),
        ((7.0, 9.0, 11.0), 10),
        ((7.0, 7.0, 7.0), 5),
        ((1.0, 1.0, 1.0), 5),
        ((8.0, 8.0, 60.0), 10),
        ((12.6, 13.0, 13.1), 15),
    ],
)
async def test_the_usual_time_is_the_median(parts: Parts, past: tuple[float, ...], typical: int | None) -> None:
    """The median of what this model took, to 5 s, and nothing at all below three samples."""
    await measured(parts, *past)
    job = await parts.admitted()

    turn = (await (await turns_of(parts)).snapshot(job)).turn

    assert turn.typical_seconds == typical
    assert (turn.place, turn.wait_seconds is None) == (1, typical is None)


async def test_only_the_last_twenty_count(parts: Parts) -> None:
    """How long it took last year says nothing about today."""
    await measured(parts, *[100.0] * 15, *[10.0] * 20)

    snapshot = await (await turns_of(parts)).snapshot(await parts.admitted())

    assert snapshot.turn.typical_seconds == 10


async def test_places_follow_the_turns_of_members(parts: Parts) -> None:
    """Ann's four come after Ben's one: he stands second, her job first."""
    anns = await parts.admitted(ANN, pictures=4)
    bens = await parts.admitted(BEN)
    turns = await turns_of(parts)

    assert [(await turns.snapshot(job)).turn.place for job in (anns, bens)] == [1, 2]


async def test_a_job_that_was_sent_has_no_place(parts: Parts) -> None:
    """Once nothing of it waits, only the usual time is told."""
    await measured(parts, 20.0, 20.0, 20.0)
    job = await parts.processing("sent")

    assert (await (await turns_of(parts)).snapshot(job)).turn == Turn(None, None, 20)


@pytest.mark.parametrize(
    ("limits", "wait"),
    [
        # Two are at the provider, ten seconds each for its two places: the third in turn waits for three of them.
        (ProviderLimits(2, 100, 1), 30),
        # This minute's two POSTs have just left; two more go in a minute, and the third in turn in the one after.
        (ProviderLimits(9, 2, 1), 120),
    ],
    ids=["by places", "by the minute"],
)
async def test_the_slower_limit_sets_the_wait(parts: Parts, limits: ProviderLimits, wait: int) -> None:
    """The wait follows from what is at the provider, the place, and the slower of the two limits."""
    await measured(parts, 20.0, 20.0, 20.0)
    await parts.clock.advance(100)
    for provider_id in ("one", "two"):
        await parts.processing(provider_id)
    jobs = [await parts.admitted(member) for member in (21, 22, 23)]

    turn = (await (await turns_of(parts, limits)).snapshot(jobs[2])).turn

    assert (turn.place, turn.wait_seconds) == (3, wait)


async def test_a_lost_answer_is_named_as_the_reason(parts: Parts) -> None:
    """While so many requests of a model are looked for that nothing of it is sent, its members read why; no others."""
    turns = await turns_of(parts)
    for _ in range(MOST_LOST):
        assert (await turns.snapshot(await parts.admitted())).held_up_by is None
        await parts.unknown(model=MAX)

    assert (await turns.snapshot(await parts.admitted(model=MAX))).held_up_by == texts.status.CHECKED_FIRST
    assert (await turns.snapshot(await parts.admitted(model=PRO))).held_up_by is None
