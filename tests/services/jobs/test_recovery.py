"""Starting again: open jobs go on from where they were, paid tasks by their id, commands get an answer."""

from __future__ import annotations

import pytest

from bot.domain.errors import Unavailable
from bot.domain.jobs import PredictionState
from bot.domain.orders import OpenInteraction
from bot.services.jobs.recovery import Recovery
from bot.services.ports.messages import NotNow
from bot.services.signals import JobArrived, PredictionAccepted
from bot.texts.templates import Refusal
from tests.services.fake_messenger import FakeMessenger
from tests.services.parts import ANN, BOOT, CHANNEL, GUILD, Parts
from tests.services.world import ServiceWorld

NEXT_BOOT = "next-boot"


def recovery(parts: Parts, boot: str = NEXT_BOOT) -> Recovery:
    return Recovery(
        jobs=parts.stores.jobs,
        interactions=parts.stores.interactions,
        messenger=FakeMessenger(parts.clock),
        signals=parts.signals,
        clock=parts.clock,
        boot_id=boot,
        grace_seconds=120,
    )


def arrivals(parts: Parts) -> list[object]:
    queue = parts.signals.arrivals
    return [queue.get_nowait() for _ in range(queue.qsize())]


async def test_each_state_is_taken_up(parts: Parts) -> None:
    """Waiting jobs are watched, paid ones watched and followed, closed ones left alone."""
    queued = await parts.admitted()
    processing = await parts.processing("known")
    closed = await parts.admitted()
    await parts.stores.jobs.cancel_queued(closed.job_id, 11, parts.clock.now())
    await parts.stores.jobs.close(closed.job_id, parts.clock.now())

    await recovery(parts).take_up()

    assert arrivals(parts) == [
        JobArrived(queued.job_id),
        JobArrived(processing.job_id),
        PredictionAccepted(processing.job_id, processing.predictions[0].prediction_id),
    ]


async def test_another_runs_request_is_an_unknown_one(parts: Parts) -> None:
    """A POST that another run had committed may have been paid: it is looked for two seconds later."""
    job = await parts.admitted()
    await parts.sent(job, boot=BOOT)
    sent_at = parts.clock.now()
    await parts.clock.advance(10)

    await recovery(parts).take_up()

    (unknown,) = await parts.stores.jobs.unknowns()
    assert (unknown.job_id, unknown.next_look_at) == (job.job_id, sent_at + 12_000)
    assert (await parts.stores.jobs.job(job.job_id)).held_micros == job.price_micros


async def test_after_a_long_absence_the_look_is_due_at_once(parts: Parts) -> None:
    """A lost answer of yesterday is looked for now, not in the past."""
    await parts.sent(await parts.admitted(), boot=BOOT)
    await parts.clock.advance(86_400)

    await recovery(parts).take_up()

    (unknown,) = await parts.stores.jobs.unknowns()
    assert unknown.next_look_at == parts.clock.now()


async def test_our_own_requests_are_not_lost(parts: Parts) -> None:
    """A fault in the engine that makes it take up again leaves the POSTs of this run alone."""
    job = await parts.admitted()
    await parts.sent(job, boot=BOOT)

    await recovery(parts, BOOT).take_up()

    assert (await parts.stores.jobs.job(job.job_id)).predictions[0].state is PredictionState.SUBMITTING


async def test_one_bad_row_does_not_stop_the_rest(parts: Parts) -> None:
    """A job that cannot be read is logged and left; the others go on."""
    bad, good = await parts.admitted(), await parts.admitted()
    read = parts.stores.jobs.job

    async def job(job_id: str) -> object:
        if job_id == bad.job_id:
            raise KeyError(job_id)
        return await read(job_id)

    parts.stores.jobs.job = job  # pyright: ignore[reportAttributeAccessIssue] - one row is damaged

    await recovery(parts).take_up()

    assert JobArrived(good.job_id) in arrivals(parts)


@pytest.mark.parametrize("refusals", [0, 3])
async def test_interrupted_commands_are_answered(world: ServiceWorld, refusals: int) -> None:
    """A command that was acknowledged and became no job is answered once Discord can be spoken to, and forgotten."""
    opened = world.interaction()
    async with world.start() as bot:
        await bot.stores.interactions.acknowledge(opened)
    world.fake_messenger.will("apologise", *[NotNow() for _ in range(refusals)])
    async with world.start(connected=False) as bot:
        await world.clock.sleep(10)
        assert world.fake_messenger.apologies == []
        bot.connected.set()
        await world.until(lambda: apologised(world))

        ((interaction_id, error),) = world.fake_messenger.apologies
        assert interaction_id == opened.interaction_id
        assert (error.money, error.advice) == ("Nothing was spent.", "Please send the command again.")
        await world.until(lambda: all_answered(world))


async def test_a_command_that_comes_before_recovery(parts: Parts) -> None:
    """What the gateway hands over before the engine's first look is this run's own: it is not told of a restart."""
    starting = recovery(parts)
    early = OpenInteraction(1, "token", GUILD, CHANNEL, ANN, parts.clock.now())
    await parts.stores.interactions.acknowledge(early)

    await starting.take_up()
    await starting.answer_interrupted()

    assert await parts.stores.interactions.unanswered(parts.clock.now()) == (early,)


async def test_commands_of_this_run_are_not_interrupted(world: ServiceWorld) -> None:
    """However early it comes, a command that is still being worked on is not taken for one of another run."""
    async with world.start(connected=False) as bot:  # nothing of the engine has run yet
        await bot.stores.interactions.acknowledge(world.interaction())
        bot.connected.set()
        await world.clock.sleep(20)

        assert world.fake_messenger.apologies == []


async def test_a_dead_token_is_given_up(world: ServiceWorld) -> None:
    """Where the token is dead the command is forgotten without a word."""
    async with world.start() as bot:
        await bot.stores.interactions.acknowledge(world.interaction())
    world.fake_messenger.closed.add("apologise")
    async with world.start():
        await world.until(lambda: all_answered(world))

    assert world.fake_messenger.apologies == []


async def test_an_answer_that_stumbles_does_not_hold_up_the_others(world: ServiceWorld) -> None:
    """A command that cannot be answered, by whatever fault, leaves the others their answers."""
    async with world.start() as bot:
        for _ in range(2):
            await bot.stores.interactions.acknowledge(world.interaction())
        first, second = await bot.stores.interactions.unanswered(world.clock.now())
    world.fake_messenger.will("apologise", RuntimeError("planted"))
    async with world.start():
        await world.until(lambda: all_answered(world))

    assert [told for told, _ in world.fake_messenger.apologies] == [second.interaction_id, first.interaction_id]


async def test_a_full_disk_repeats_no_answer(world: ServiceWorld) -> None:
    """That a command was answered may have to wait for room on the disk; the member reads it once all the same."""
    async with world.start() as bot:
        await bot.stores.interactions.acknowledge(world.interaction())
    async with world.start(connected=False) as bot:
        store, forget, refusals = bot.stores.interactions, bot.stores.interactions.forget, 3

        async def refuse(interaction_id: int) -> None:
            nonlocal refusals
            refusals -= 1
            if refusals >= 0:
                raise Unavailable(Refusal("full"))
            await forget(interaction_id)

        store.forget = refuse  # pyright: ignore[reportAttributeAccessIssue] - no room for a while
        bot.connected.set()
        await world.until(lambda: all_answered(world))

    assert len(world.fake_messenger.apologies) == 1


async def apologised(world: ServiceWorld) -> bool:
    return bool(world.fake_messenger.apologies)


async def all_answered(world: ServiceWorld) -> bool:
    return not await world.bot.stores.interactions.unanswered(world.clock.now())
