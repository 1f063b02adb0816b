"""The gateway's pace: reconnections that stay bounded, and a budget of sessions that survives restarts."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.connection import stay_connected
from bot.domain.clock import DAY, HOUR, MINUTE
from bot.domain.errors import Unavailable
from bot.gateway import FREE_IDENTIFIES_A_DAY, IdentifyPostponed, identify_pause
from bot.texts.templates import Refusal
from tests.clocks import NOON, ManualClock
from tests.gateway.hub import Hub, PacedClient, pace
from tests.ui.doubles import FakeFacts


@pytest.mark.parametrize(
    ("in_the_last_day", "seconds"),
    [(0, 0), (1, 0), (499, 0), (500, 5), (501, 10), (507, 640), (508, 900), (530, 900)],
)
def test_sessions_beyond_those_of_a_usual_day_cost_ever_more_waiting(in_the_last_day: int, seconds: float) -> None:
    """500 sessions in 24 hours are free; each further one waits twice as long as the one before, up to 15 minutes."""
    yesterdays = [NOON - DAY - MINUTE] * 900

    assert identify_pause([*yesterdays, *[NOON] * in_the_last_day], NOON) == seconds


async def test_two_days_of_restarts_stay_within_the_budget(clock: ManualClock) -> None:
    """A supervisor that starts a broken bot anew each time asks Discord for far fewer than 1,000 sessions in a day."""
    facts, times = FakeFacts(), list[int]()
    restarted = pace(clock, facts)
    while clock.now() < NOON + 2 * DAY:
        waiting = asyncio.ensure_future(restarted.before_session())
        while not waiting.done():
            await clock.advance(60)
        await restarted.before_identify()
        times.append(clock.now())
        restarted = pace(clock, facts)  # as a supervisor that starts the program anew each time

    assert max(sum(at <= other < at + DAY for other in times) for at in times) <= 620


async def test_the_budget_survives_a_restart(clock: ManualClock) -> None:
    """What one run of the program used is remembered by the next."""
    facts = FakeFacts()
    for _ in range(FREE_IDENTIFIES_A_DAY + 4):
        waiting = asyncio.ensure_future(pace(clock, facts).before_session())
        while not waiting.done():
            await clock.advance(60)
        await pace(clock, facts).before_identify()

    with pytest.raises(IdentifyPostponed):
        await pace(clock, facts).before_identify()


async def test_two_sessions_of_one_process_are_five_seconds_apart(clock: ManualClock) -> None:
    """Discord takes one IDENTIFY in five seconds; the first of a process does not wait."""
    governed = pace(clock)
    await governed.before_identify()
    second = asyncio.ensure_future(governed.before_identify())
    await clock.advance(4.9)
    too_early = second.done()
    await clock.advance(0.1)

    assert (too_early, second.done()) == (False, True)


async def test_a_full_disk_does_not_keep_the_bot_offline(clock: ManualClock) -> None:
    """A session that cannot be recorded is started all the same, counted by this run, and recorded when there is room.

    Results that are paid already can only be delivered by a bot that is online.
    """

    class FullDisk(FakeFacts):
        is_full = True

        async def set_fact(self, name: str, value: str, at: int) -> None:
            if self.is_full:
                raise Unavailable(Refusal("full"))
            await super().set_fact(name, value, at)

    facts = FullDisk()
    facts.known["gateway.identifies"] = json.dumps([NOON] * FREE_IDENTIFIES_A_DAY)
    governed = pace(clock, facts)
    for _ in range(2):
        await clock.advance(60)
        await governed.before_identify()
    recorded = json.loads(facts.known["gateway.identifies"])
    facts.is_full = False
    await clock.advance(900)
    await governed.before_identify()

    assert len(recorded) == FREE_IDENTIFIES_A_DAY
    assert len(json.loads(facts.known["gateway.identifies"])) == FREE_IDENTIFIES_A_DAY + 3


def test_a_clock_set_back_delays_no_session() -> None:
    """Sessions that seem to lie in the future do not keep the bot offline until then."""
    later = [NOON + HOUR] * (FREE_IDENTIFIES_A_DAY + 20)

    assert identify_pause(later, NOON) == 0


async def test_a_connection_that_lasted_is_no_failure(clock: ManualClock) -> None:
    """After a minute of standing the pace starts afresh: the usual reconnection waits a second or less."""
    governed = pace(clock)
    for _ in range(8):
        connecting = asyncio.ensure_future(governed.before_connect())
        await clock.advance(45)
        await connecting
    await clock.advance(60)
    connecting = asyncio.ensure_future(governed.before_connect())
    await clock.advance(1)

    assert connecting.done()


async def test_a_gateway_that_accepts_and_closes_is_not_stormed(clock: ManualClock) -> None:
    """discord.py alone connects thousands of times in seconds; here ten minutes bring fewer than thirty."""
    hub = Hub()
    async with hub.open(close_code=4000):
        governed = pace(clock)
        client = PacedClient(governed)
        connecting = asyncio.create_task(stay_connected(client, "token", governed, clock))
        for _ in range(600):
            await clock.advance(1)
            await asyncio.sleep(0.002)
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await client.close()

    assert 5 <= hub.connections < 30
