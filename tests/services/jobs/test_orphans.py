"""Orphans: a paid task on the key that belongs to no job raises the alarm, once; what may still be ours does not."""

from __future__ import annotations

from bot.domain.clock import HOUR, SECOND
from bot.domain.models import CATALOGUE
from bot.domain.predictions import TryLater
from bot.services.jobs.orphans import LOOKED_BACK, SETTLED, Orphans
from tests.services.desk import Counting, Desk

GRACE = 120.0


def watch_of(desk: Desk) -> tuple[Orphans, Counting]:
    meter = Counting()
    return Orphans(desk.stores.jobs, desk.provider, desk.clock, meter, grace_seconds=GRACE), meter


async def test_a_stranger_is_told_once(desk: Desk) -> None:
    """A task that nobody here asked for is told once; one of ours never."""
    orphans, meter = watch_of(desk)
    await desk.processing("ours")
    desk.provider.lists = [["ours", "strange"], *[[]] * (len(CATALOGUE) - 1), ["ours", "strange"], []]
    await orphans.look()
    await orphans.look()

    assert meter.told == ["orphan"]


async def test_what_is_young_is_not_judged(desk: Desk) -> None:
    """Only what had the time to get into our books is looked at, by the provider's clock."""
    orphans, _ = watch_of(desk)
    desk.provider.lists = [[]]
    ahead = 90 * SECOND
    desk.provider.remote_clock.heard(desk.clock.now() + ahead, desk.clock.monotonic())
    await orphans.look()
    until = desk.clock.now() + ahead - SETTLED - 3 * round(GRACE * SECOND)

    assert set(desk.provider.windows) == {(until - LOOKED_BACK, until)}
    assert LOOKED_BACK == HOUR


async def test_what_may_be_a_lost_answer_is_not_judged(desk: Desk) -> None:
    """While a lost answer of that model is looked for, or a moderator has the task before them, there is no alarm."""
    orphans, meter = watch_of(desk)
    job = await desk.unknown()
    desk.provider.lists = [["perhaps"]]
    models = [model.id for model in CATALOGUE if model.id != job.model.id]
    await orphans.look()

    assert len(meter.told) == min(1, len(models))
    meter.told.clear()
    other, quiet = watch_of(desk)
    await desk.stores.jobs.leave_to_moderator(job.predictions[0].prediction_id, ["perhaps"], desk.clock.now())
    await other.look()

    assert quiet.told == []


async def test_a_list_out_of_reach_is_no_alarm(desk: Desk) -> None:
    """What cannot be listed now is looked at next time."""
    orphans, meter = watch_of(desk)
    desk.provider.lists = [TryLater("planted")]
    await orphans.look()

    assert meter.told == []
