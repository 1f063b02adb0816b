"""Orphans: a paid task on the key that belongs to no job raises the alarm, once; what may still be ours does not."""

from __future__ import annotations

from bot.domain.clock import HOUR, SECOND
from bot.domain.models import CATALOGUE
from bot.domain.predictions import TryLater
from bot.services.jobs.orphans import LOOKED_BACK, SETTLED, Orphans
from tests.services.parts import FakeMeter, Parts

GRACE = 120.0


def watch_of(parts: Parts) -> tuple[Orphans, FakeMeter]:
    meter = FakeMeter()
    return Orphans(parts.stores.jobs, parts.provider, parts.clock, meter, grace_seconds=GRACE), meter


async def test_a_stranger_is_told_once(parts: Parts) -> None:
    """A task that nobody here asked for is told once; one of ours never."""
    orphans, meter = watch_of(parts)
    await parts.processing("ours")
    parts.provider.lists = [["ours", "strange"], *[[]] * (len(CATALOGUE) - 1), ["ours", "strange"], []]
    await orphans.look()
    await orphans.look()

    assert meter.told == ["orphan"]


async def test_what_is_young_is_not_judged(parts: Parts) -> None:
    """Only what had the time to get into our books is looked at, by the provider's clock."""
    orphans, _ = watch_of(parts)
    parts.provider.lists = [[]]
    ahead = 90 * SECOND
    parts.provider.remote_clock.heard(parts.clock.now() + ahead, parts.clock.monotonic())
    await orphans.look()
    until = parts.clock.now() + ahead - SETTLED - 3 * round(GRACE * SECOND)

    assert set(parts.provider.windows) == {(until - LOOKED_BACK, until)}
    assert LOOKED_BACK == HOUR


async def test_what_may_be_a_lost_answer_is_not_judged(parts: Parts) -> None:
    """While a lost answer of that model is looked for, or a moderator has the task before them, there is no alarm."""
    orphans, meter = watch_of(parts)
    job = await parts.unknown()
    parts.provider.lists = [["perhaps"]]
    models = [model.id for model in CATALOGUE if model.id != job.model.id]
    await orphans.look()

    assert len(meter.told) == min(1, len(models))
    meter.told.clear()
    other, quiet = watch_of(parts)
    await parts.stores.jobs.leave_to_moderator(job.predictions[0].prediction_id, ["perhaps"], parts.clock.now())
    await other.look()

    assert quiet.told == []


async def test_a_list_out_of_reach_is_no_alarm(parts: Parts) -> None:
    """What cannot be listed now is looked at next time."""
    orphans, meter = watch_of(parts)
    parts.provider.lists = [TryLater("planted")]
    await orphans.look()

    assert meter.told == []
