"""The engine's parts: wakeups, commits retried until stored, faults outlived, tasks that stop when told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.demo.provider import Behaviour, Site
from bot.domain.errors import Unavailable
from bot.services.retry_until_stored import RETRY_SECONDS, retry_until_stored
from bot.services.signals import JobArrived, PredictionAccepted, Signals
from bot.services.wakeup import Wakeup
from bot.texts.templates import Refusal
from tests.clocks import ManualClock
from tests.services.world import PRICE, Running, ServiceWorld, request


async def done(awaitable: Awaitable[object], clock: ManualClock) -> tuple[asyncio.Future[object], Callable[[], bool]]:
    task = asyncio.ensure_future(awaitable)
    await clock.settle()
    return task, task.done


async def test_a_bell_wakes_who_waits() -> None:
    """A notification ends a wait, with or without a time limit."""
    clock = ManualClock()
    for seconds in (None, 60.0):
        wakeup = Wakeup(clock)
        _, woken = await done(wakeup.wait(seconds), clock)
        assert not woken()
        wakeup.notify()
        await clock.settle()

        assert woken()


async def test_a_bell_rung_before_is_heard() -> None:
    """A notification while nobody waits is not lost, and several are one."""
    clock, wakeup = ManualClock(), Wakeup(ManualClock())
    wakeup.notify()
    wakeup.notify()

    _, first = await done(wakeup.wait(None), clock)
    waiting, second = await done(wakeup.wait(None), clock)
    assert (first(), second()) == (True, False)
    waiting.cancel()


async def test_a_bell_has_a_time_limit() -> None:
    """Without a notification a wait ends by itself when its time is up, not before."""
    clock = ManualClock()
    _, woken = await done(Wakeup(clock).wait(10.0), clock)
    await clock.advance(9.9)
    assert not woken()
    await clock.advance(0.2)

    assert woken()


async def test_a_full_disk_delays_a_commit() -> None:
    """What happened outside is committed as soon as there is room again, and nothing is tried in between."""
    clock, tries = ManualClock(), 0

    async def commit() -> str:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Unavailable(Refusal("full"))
        return "kept"

    task, kept = await done(retry_until_stored(clock, commit), clock)
    await clock.advance(RETRY_SECONDS)
    assert (tries, kept()) == (2, False)
    await clock.advance(RETRY_SECONDS)

    assert (tries, await task) == (3, "kept")


async def test_other_errors_are_not_insisted_on() -> None:
    """Only a store that is out of room is waited for; a bug is not repeated for ever."""

    async def commit() -> None:
        raise KeyError("planted")

    with pytest.raises(KeyError):
        await retry_until_stored(ManualClock(), commit)


async def test_the_switchboard_wakes_whom_it_concerns() -> None:
    """A change wakes the job's own watch and the loops that send and look; another job's watch sleeps on."""
    clock = ManualClock()
    board = Signals(clock)
    wakeups = (board.wakeup_of("A"), board.wakeup_of("B"), board.submission, board.unknowns)
    waits = [await done(wakeup.wait(None), clock) for wakeup in wakeups]
    board.changed("A")
    await clock.settle()

    assert [woken() for _, woken in waits] == [True, False, True, True]
    for task, _ in waits:
        task.cancel()


async def test_arrivals_keep_their_order() -> None:
    """What arrives is taken up in the order in which it was committed."""
    board = Signals(ManualClock())
    board.job_arrived("A")
    board.prediction_accepted("A", 7)

    assert [board.arrivals.get_nowait() for _ in range(2)] == [JobArrived("A"), PredictionAccepted("A", 7)]


@pytest.mark.parametrize("method", ["waiting", "traffic", "close", "attempt_accepted", "begin_posting"])
async def test_a_fault_anywhere_is_outlived(world: ServiceWorld, bot: Running, method: str) -> None:
    """A bug that strikes twice in any step delays the job; it is never abandoned, doubled or left half done."""
    store, true, strikes = bot.stores.jobs, getattr(bot.stores.jobs, method), 2

    async def stumble(*given: object, **named: object) -> object:
        nonlocal strikes
        strikes -= 1
        if strikes >= 0:
            raise RuntimeError("planted")
        return await true(*given, **named)

    if method == "waiting":  # it is asked while the job waits, and that the provider has to bring about
        world.provider.script(Site.SUBMIT, Behaviour.RATE_LIMITED_SECONDS)
    job = await bot.accept(request())
    setattr(store, method, stumble)
    ended = await world.closed(job)

    assert strikes <= 0 or method == "attempt_accepted"
    assert (ended.spent_micros, world.provider.billed_micros) == (PRICE, PRICE)
    assert (len(world.provider.predictions), len(world.fake_messenger.results)) == (1, 1)


@pytest.mark.parametrize("method", ["begin_attempt", "attempt_accepted", "complete", "set_result_message", "close"])
async def test_a_full_disk_anywhere_is_waited_out(world: ServiceWorld, bot: Running, method: str) -> None:
    """When the store has no room for a while, the job goes on as soon as it has: once."""
    store, true, refusals = bot.stores.jobs, getattr(bot.stores.jobs, method), 4

    async def refuse(*given: object, **named: object) -> object:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise Unavailable(Refusal("full"))
        return await true(*given, **named)

    setattr(store, method, refuse)
    ended = await world.closed(await bot.accept(request()))

    assert refusals < 0
    assert (ended.spent_micros, world.posts, len(world.fake_messenger.results)) == (PRICE, 1, 1)


async def test_draining_closes_the_intake(world: ServiceWorld, bot: Running) -> None:
    """Told to stop, the engine admits nothing more, sends nothing more, and comes back when nothing is on its way."""
    await bot.engine.drain(Unavailable(Refusal("I am being restarted.")), 1.0)

    assert (await world.refusal(request())).sentence == "I am being restarted."
    assert world.posts == 0


async def test_dead_tokens_are_forgotten(world: ServiceWorld, bot: Running) -> None:
    """Tokens live for 15 minutes; within the next minute their rows are gone."""
    await bot.stores.interactions.acknowledge(world.interaction())
    world.clock.leap(961)
    await world.until(lambda: none_left(world))

    assert bot.working.done() is False


async def none_left(world: ServiceWorld) -> bool:
    return await world.bot.stores.interactions.expire(0) == 0 and not await world.bot.stores.interactions.unanswered(0)
