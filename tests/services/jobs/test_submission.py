"""Sending paid requests: one POST per attempt whatever comes back, in turn, within limits, and none while draining."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import pytest

from bot.db.database import OutcomeUnknown
from bot.demo.provider import RULES, Behaviour, Pace, Site
from bot.demo.provider.answers import Breakage, Mangles, Redirects, Says, ShowsPage
from bot.domain.clock import MINUTE, Instant
from bot.domain.errors import TooLateToCancel, Unavailable
from bot.domain.jobs import PredictionState
from bot.domain.predictions import FailureReason
from bot.domain.remote_clock import Span
from bot.provider.transport import Timeouts
from bot.services.crash_points import CrashPoint
from bot.services.jobs import submission
from bot.texts.templates import Refusal
from tests.services.world import ANN, BEN, CHANNEL, PRICE, Running, ServiceWorld, open_service_world, png, request

IMPATIENT = Timeouts(connect=5.0, submit=0.3, read=5.0, upload=5.0)
"""For answers that never come; nothing else in these tests may wait for them."""

REFUSED = {
    Behaviour.BAD_REQUEST: FailureReason.BAD_INPUT,
    Behaviour.UNAUTHORIZED: FailureReason.NOT_AUTHORISED,
    Behaviour.PAYMENT_REQUIRED: FailureReason.OUT_OF_CREDIT,
    Behaviour.FORBIDDEN: FailureReason.NOT_AUTHORISED,
    Behaviour.FORBIDDEN_NO_CREDIT: FailureReason.OUT_OF_CREDIT,
    Behaviour.NOT_FOUND: FailureReason.NOT_SOLD,
    Behaviour.TOO_LARGE: FailureReason.BAD_INPUT,
    Behaviour.UNPROCESSABLE: FailureReason.BAD_INPUT,
    Behaviour.REFUSED_MODERATED: FailureReason.MODERATED,
    Behaviour.REFUSED_IN_200: FailureReason.BAD_INPUT,
    Behaviour.MODERATED_IN_200: FailureReason.MODERATED,
    Behaviour.NO_CREDIT_IN_200: FailureReason.OUT_OF_CREDIT,
}
LATER = {Behaviour.RATE_LIMITED, Behaviour.RATE_LIMITED_SECONDS, Behaviour.RATE_LIMITED_DATE}
LOST = {
    name
    for name, rule in RULES.items()
    if Site.SUBMIT in rule.sites
    and isinstance(rule.answer, Says | ShowsPage | Redirects | Mangles | Breakage)
    and name not in {*REFUSED, *LATER, Behaviour.DRIPPING}
}


@pytest.mark.parametrize("behaviour", sorted(REFUSED))
async def test_a_definite_no_gives_the_hold_back(world: ServiceWorld, bot: Running, behaviour: Behaviour) -> None:
    """A refusal before anything was created fails the picture with its reason, costs nothing and is never repeated."""
    world.provider.script(Site.SUBMIT, behaviour)

    job = await world.closed(await bot.accept(request()))

    assert (job.predictions[0].state, job.predictions[0].reason) == (PredictionState.FAILED, REFUSED[behaviour])
    assert (world.posts, world.provider.billed_micros, await world.budget()) == (1, 0, (0, 0))


@pytest.mark.parametrize("behaviour", sorted(LATER))
async def test_a_rate_limit_sends_back_to_the_queue(world: ServiceWorld, bot: Running, behaviour: Behaviour) -> None:
    """A 429 keeps the hold and the place; the next attempt leaves only after the wait that was asked for."""
    world.provider.script(Site.SUBMIT, behaviour)
    job = await world.command()
    await world.until(lambda: posted(world, 1))
    await world.reaches(job, PredictionState.QUEUED)

    assert await world.budget() == (0, PRICE)

    ended = await world.closed(job)
    first, second = world.provider.history.at(Site.SUBMIT)
    wait = 7 if behaviour is Behaviour.RATE_LIMITED_SECONDS else 60
    assert (second.at - first.at) / 1000 >= wait
    assert (ended.spent_micros, bot.working.done()) == (PRICE, False)


@pytest.mark.parametrize("behaviour", sorted(LOST))
async def test_a_lost_answer_is_never_sent_again(tmp_path: Path, behaviour: Behaviour) -> None:
    """Whatever else comes back after the first byte: one POST, and the list decides."""
    hangs = RULES[behaviour].answer is Breakage.HANGS
    async with open_service_world(tmp_path, timeouts=IMPATIENT if hangs else None) as world, world.start():
        world.provider.script(Site.SUBMIT, behaviour)
        job = await world.command()
        await world.until(lambda: posted(world, 1))
        await world.closed(await world.command(request(member=BEN)))

        ended = await world.closed(job)
        was_made = RULES[behaviour].acts
        assert ended.spent_micros == (PRICE if was_made else 0)
        assert ended.predictions[0].reason is (None if was_made else FailureReason.NEVER_STARTED)
        assert world.posts == 2
        assert world.provider.billed_micros == PRICE * (2 if was_made else 1)


def test_every_odd_answer_to_a_submit_has_an_outcome() -> None:
    """No behaviour of the provider is left out above."""
    odd = {name for name, rule in RULES.items() if Site.SUBMIT in rule.sites and rule.answer is not None}

    assert odd == {*REFUSED, *LATER, *LOST, Behaviour.DRIPPING}


async def test_not_sent_may_go_again(tmp_path: Path) -> None:
    """Where nobody listens nothing was sent: the picture keeps its place and goes out once somebody does."""
    async with open_service_world(tmp_path) as world:
        base_url = world.base_url
        async with world.start() as bot:
            job = await bot.accept(request())
            await world.closed(job)
        world.base_url = "http://127.0.0.1:9/api/v3"
        async with world.start() as bot:
            stuck = await bot.accept(request())
            await world.until(lambda: attempted(world))
            await world.reaches(stuck, PredictionState.QUEUED)
            assert await world.budget() == (PRICE, PRICE)
            # It is tried again every few seconds; a try that the end of the run cuts off would be a lost answer.
            await bot.engine.drain(Unavailable(Refusal("I am being restarted.")), 5.0)
        world.base_url = base_url
        async with world.start():
            assert (await world.closed(stuck)).spent_micros == PRICE
        assert world.posts == 2


async def test_what_was_stopped_on_its_way_out_does_not_leave_any_more(
    world: ServiceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that was stopped between commit and POST lets it be: another worker may have looked for it by now."""
    stopped: list[CrashPoint] = []

    def stop(point: CrashPoint) -> None:
        if point is CrashPoint.SUBMITTING and not stopped:
            stopped.append(point)
            monkeypatch.setattr(submission, "_STALE_SECONDS", 10.0)

    # The first is too late as soon as it is committed, as after a long stop; whatever follows is not.
    monkeypatch.setattr(submission, "_STALE_SECONDS", -1.0)
    async with world.start(stop) as bot:
        job = await bot.accept(request())
        ended = await world.closed(job)

        assert stopped
        assert (ended.spent_micros, world.posts) == (PRICE, 1)
        assert outcomes(world.folder) == ["returned", "accepted"]


@pytest.mark.parametrize("kept", [True, False])
async def test_an_attempt_of_which_nobody_knows_whether_it_was_kept_is_begun_again(
    world: ServiceWorld, bot: Running, *, kept: bool
) -> None:
    """Where the database's answer to the commit is lost, no POST has left: it goes back to its place, and goes once."""
    store, true, strikes = bot.stores.jobs, bot.stores.jobs.begin_attempt, 1

    async def begin_attempt(prediction_id: int, boot_id: str, at: Instant, began: Span | None = None) -> int | None:
        nonlocal strikes
        strikes -= 1
        if strikes < 0:
            return await true(prediction_id, boot_id, at, began)
        if kept:
            await true(prediction_id, boot_id, at, began)
        raise OutcomeUnknown

    store.begin_attempt = begin_attempt  # pyright: ignore[reportAttributeAccessIssue] - a server that went away
    ended = await world.closed(await bot.accept(request()))

    assert (ended.spent_micros, world.posts) == (PRICE, 1)
    assert outcomes(world.folder) == (["returned", "accepted"] if kept else ["accepted"])


async def test_members_take_turns(tmp_path: Path) -> None:
    """Who asks for four pictures does not stand before who asks for one: everybody's first goes before any second."""
    async with open_service_world(tmp_path, wavespeed_max_concurrent=1) as world, world.start():
        world.provider.script(Site.TICKET, Behaviour.UNAVAILABLE, times=4)
        greedy = await world.command(request(png("red"), member=ANN, count=4, prompt="ann"))
        modest = await world.command(request(png("red"), member=BEN, prompt="ben"))
        await world.closed(greedy)
        await world.closed(modest)

        # Whose references are up first begins; the other follows before anybody's second.
        prompts = [task.order.prompt for task in world.provider.predictions]
        assert sorted(prompts[:2]) == ["ann", "ben"]
        assert prompts[2:] == ["ann", "ann", "ann"]


@pytest.mark.parametrize("concurrent", [1, 3])
async def test_no_more_at_once_than_the_tier_allows(tmp_path: Path, concurrent: int) -> None:
    """Never more pictures at the provider than its tier allows at once, and all of them get there."""
    pace = Pace(0.2, (200.0, 200.0))
    async with open_service_world(tmp_path, pace=pace, wavespeed_max_concurrent=concurrent) as world, world.start():
        await world.closed(await world.command(request(count=4)))

        tasks = list(world.provider.predictions)
        together = [sum(a.created_at <= b.created_at < a.ends_at for a in tasks) for b in tasks]
        assert max(together) == concurrent


async def test_no_more_per_minute_than_the_tier_allows(tmp_path: Path) -> None:
    """In no minute more POSTs leave than the tier allows."""
    async with open_service_world(tmp_path, wavespeed_max_per_minute=2) as world, world.start():
        await world.closed(await world.command(request(count=4)))

        # As recorded before each POST left: the provider's clock reads later, by however busy this machine is.
        with closing(sqlite3.connect(tmp_path / "easel.db")) as database:
            sent = [row[0] for row in database.execute("SELECT sent_at FROM attempts ORDER BY sent_at")]
        assert len(sent) == 4
        assert sent[2] - sent[0] >= MINUTE
        assert sent[3] - sent[1] >= MINUTE


async def test_cancel_between_queue_and_send(tmp_path: Path) -> None:
    """What waits can be cancelled and is never sent; what is at the provider is delivered and paid."""
    pace = Pace(0.2, (60.0, 60.0))
    async with open_service_world(tmp_path, pace=pace, wavespeed_max_concurrent=1) as world, world.start() as bot:
        job = await world.command(request(count=3))
        await world.reaches(job, PredictionState.PROCESSING)
        cancelled = await bot.services.jobs.cancelling.cancel(job.job_id, world.actor())

        assert (cancelled.stopped, cancelled.saved_micros) == (2, 2 * PRICE)
        assert await world.budget() == (0, PRICE)
        ended = await world.closed(job)
        assert (world.posts, ended.spent_micros, await world.budget()) == (1, PRICE, (PRICE, 0))
        with pytest.raises(TooLateToCancel):
            await bot.services.jobs.cancelling.cancel(job.job_id, world.actor())


async def test_draining_sends_nothing_more_and_waits_for_answers(tmp_path: Path) -> None:
    """Told to stop, the engine awaits the answer of the request on its way and lets no other leave.

    The answer takes two seconds to come, which on a clock as quick as in the other tests is 0.01 s of a busy machine.
    """
    async with open_service_world(tmp_path, factor=10.0, wavespeed_submit_parallelism=1) as world, world.start() as bot:
        world.provider.script(Site.SUBMIT, Behaviour.DRIPPING)
        job = await world.command(request(count=2))
        await world.until(lambda: posted(world, 1))
        await bot.engine.drain(Unavailable(Refusal("I am being restarted.")), 5.0)

        states = [p.state for p in (await world.job(job.job_id)).predictions]
        assert states == [PredictionState.PROCESSING, PredictionState.QUEUED]
        await world.clock.sleep(2)
        assert world.posts == 1


async def test_an_answer_that_cannot_be_kept_is_looked_for(world: ServiceWorld, bot: Running) -> None:
    """A fault of our own after the POST leaves a lost answer, never a request that is forgotten or sent again."""
    store, accept = bot.stores.jobs, bot.stores.jobs.attempt_accepted

    async def stumble(attempt_id: int, provider_id: str, at: int) -> None:
        del attempt_id, provider_id, at
        store.attempt_accepted = accept  # pyright: ignore[reportAttributeAccessIssue] - once only
        raise RuntimeError("planted")

    store.attempt_accepted = stumble  # pyright: ignore[reportAttributeAccessIssue] - a fault of our own
    job = await world.closed(await world.command())

    assert (job.spent_micros, world.posts, world.provider.billed_micros) == (PRICE, 1, PRICE)


async def test_a_fault_in_the_loop_leaves_requests_on_their_way(world: ServiceWorld, bot: Running) -> None:
    """When the loop stumbles while a POST is out, its answer still arrives."""
    store, next_turns = bot.stores.jobs, bot.stores.jobs.next_turns
    world.provider.script(Site.SUBMIT, Behaviour.DRIPPING)
    job = await world.command()
    await world.until(lambda: posted(world, 1))

    async def stumble(count: int, held: Collection[str]) -> None:
        del count, held
        store.next_turns = next_turns  # pyright: ignore[reportAttributeAccessIssue] - once only
        raise RuntimeError("planted")

    store.next_turns = stumble  # pyright: ignore[reportAttributeAccessIssue] - a fault of our own
    bot.resources.signals.submission.notify()
    ended = await world.closed(job)

    assert (ended.spent_micros, world.posts) == (PRICE, 1)
    assert ended.predictions[0].state is PredictionState.COMPLETED


async def posted(world: ServiceWorld, times: int) -> bool:
    return world.posts >= times


def outcomes(folder: Path) -> list[str]:
    """What became of each POST that was committed, in their order."""
    with closing(sqlite3.connect(folder / "easel.db")) as database:
        return [row[0] for row in database.execute("SELECT outcome FROM attempts ORDER BY attempt_id")]


async def attempted(world: ServiceWorld) -> bool:
    traffic = await world.bot.stores.jobs.traffic(world.clock.now(), 2)
    return traffic.minute_full_until is not None


async def test_two_jobs_at_once_get_their_own_pictures(world: ServiceWorld, bot: Running) -> None:
    """Answers and pictures of jobs that run together are never mixed up."""
    jobs = await asyncio.gather(
        *[
            bot.accept(request(png(colour), member=member, prompt=colour))
            for member, colour in ((ANN, "red"), (BEN, "lime"))
        ]
    )
    tasks: dict[str, str] = {}
    for job in jobs:
        ended = await world.closed(job)
        tasks[ended.prompt] = ended.predictions[0].provider_id or ""

    assert tasks == {task.order.prompt: task.id for task in world.provider.predictions}
    assert {posted.at.channel_id for posted in world.fake_messenger.results} == {CHANNEL}


async def test_a_fault_while_noting_a_lost_answer_does_not_shut_the_gate(world: ServiceWorld, bot: Running) -> None:
    """However often the note stumbles, it is made in the end: a request is never left as if it were still out."""
    store, lost, strikes = bot.stores.jobs, bot.stores.jobs.attempt_lost, 3

    async def stumble(attempt_id: int, next_look_at: int, at: int) -> None:
        nonlocal strikes
        strikes -= 1
        if strikes >= 0:
            raise RuntimeError("planted")
        await lost(attempt_id, next_look_at, at)

    store.attempt_lost = stumble  # pyright: ignore[reportAttributeAccessIssue] - a fault of our own
    world.provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED)
    job = await world.closed(await world.command())

    assert (job.spent_micros, world.posts, world.provider.billed_micros) == (PRICE, 1, PRICE)


async def test_a_job_that_cannot_be_read_stands_in_nobodys_way(world: ServiceWorld, bot: Running) -> None:
    """One bad row in the queue is left where it is; everybody behind it is sent."""
    store, read = bot.stores.jobs, bot.stores.jobs.job
    bad = await world.command(request(member=BEN))

    async def job(job_id: str) -> object:
        if job_id == bad.job_id:
            raise KeyError(job_id)
        return await read(job_id)

    store.job = job  # pyright: ignore[reportAttributeAccessIssue] - one row is damaged
    ended = await world.closed(await world.command())

    assert ended.spent_micros == PRICE


async def test_a_task_that_never_ends_frees_its_place(tmp_path: Path) -> None:
    """Past the deadline a picture no longer counts as one of those that the tier allows at once.

    The provider keeps it for seven days; two such would otherwise stop a whole bot of the lowest tier for a week.
    """
    async with open_service_world(tmp_path, wavespeed_max_concurrent=1) as world, world.start():
        world.provider.script(Site.SUBMIT, Behaviour.STUCK)
        stuck = await world.reaches(await world.command(), PredictionState.PROCESSING)
        behind = await world.command(request(member=BEN))
        world.clock.leap(599)
        await world.clock.sleep(0.5)

        assert world.posts == 1
        assert (await world.closed(behind)).spent_micros == PRICE
        assert (await world.job(stuck.job_id)).predictions[0].state is PredictionState.PROCESSING
