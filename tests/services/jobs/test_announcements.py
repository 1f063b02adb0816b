"""Webhooks end to end: a real endpoint, a provider that calls it, lost answers, forgeries and silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.db.connection import Connection
from bot.demo.provider import Behaviour, Pace, Site
from bot.domain.clock import SECOND
from bot.domain.errors import Unavailable
from bot.domain.jobs import Job, PredictionState, Stage
from bot.domain.predictions import FailureReason
from bot.domain.webhooks import SentAttempt
from bot.provider.transport import Timeouts
from bot.services.catalogue import Jobs
from bot.texts.templates import Refusal
from bot.webhooks import serve_webhooks, webhook_app
from tests.ports import free_port
from tests.services.parts import Parts
from tests.services.world import KEY, PATIENCE_SECONDS, PRICE, Running, ServiceWorld, open_service_world, request

POLL_SECONDS = 60.0


@asynccontextmanager
async def listening(
    folder: Path, *, timeouts: Timeouts | None = None, **settings: object
) -> AsyncGenerator[tuple[ServiceWorld, Running, Jobs]]:
    """A bot that the provider can call, and that by itself looks each minute only."""
    port = free_port()
    asked: dict[str, object] = {
        "webhook_url": f"http://127.0.0.1:{port}/calls",
        "webhook_port": port,
        "poll_initial_seconds": POLL_SECONDS,
        "poll_max_seconds": POLL_SECONDS,
    }
    async with (
        open_service_world(
            folder, factor=10.0, pace=Pace(0.2, (4.0, 6.0)), timeouts=timeouts, **asked | settings
        ) as world,
        world.start() as bot,
        serve_webhooks(_endpoint(bot), port, "127.0.0.1"),
    ):
        yield world, bot, bot.services.jobs


def _endpoint(bot: Running) -> web.Application:
    calls = bot.services.jobs.announcements
    assert calls.addresses is not None
    return webhook_app(calls.addresses, calls.announced, calls.came)


async def call(address: str, body: object) -> int:
    async with aiohttp.ClientSession() as session, session.post(address, data=json.dumps(body)) as response:
        return response.status


async def _acted_on() -> None:
    """Wait for all that calls which were answered have set going."""
    while acting := [task for task in asyncio.all_tasks() if task.get_name().startswith("announced")]:
        await asyncio.wait(acting)


def waited(world: ServiceWorld) -> float:
    """Seconds between the end at the provider and the look that found it."""
    (made,) = world.provider.predictions
    return (world.provider.history.at(Site.RESULT)[-1].at - made.ends_at) / SECOND


async def test_an_announced_end_is_known_at_once(tmp_path: Path) -> None:
    """The call has the picture looked at long before the next look was due; all looks are one."""
    async with listening(tmp_path) as (world, bot, _):
        job = await world.closed(await bot.accept(request()))

        assert (job.stage, job.spent_micros, world.posts) == (Stage.DONE, PRICE, 1)
        assert len(world.provider.history.at(Site.RESULT)) == 1
        assert waited(world) < POLL_SECONDS / 2  # three seconds of real time, on a busy machine


async def test_a_lost_answer_is_found_by_its_address(tmp_path: Path) -> None:
    """Two of the same model whose answers are lost are told apart at once, whatever the list shows: nothing does."""
    async with listening(tmp_path, submit_grace_seconds=3_600) as (world, bot, _):
        world.provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED, times=2)
        world.provider.script(Site.LIST, Behaviour.UNAVAILABLE, times=10_000)
        jobs = [await bot.accept(request()) for _ in range(2)]
        ended = [await world.closed(job) for job in jobs]

        assert [(job.stage, job.spent_micros) for job in ended] == [(Stage.DONE, PRICE)] * 2
        assert world.posts == 2
        by_id = {made.id: made for made in world.provider.predictions}
        for job, address in zip(ended, _addresses(world), strict=True):
            assert job.predictions[0].provider_id in by_id
            assert f"/calls/{job.predictions[0].prediction_id}-" in address


async def test_an_end_announced_before_the_answer_is_lost(tmp_path: Path) -> None:
    """A POST whose answer hangs: its picture is delivered meanwhile, and the loss afterwards changes nothing."""
    brief = Timeouts(connect=5.0, submit=3.0, read=5.0, upload=5.0)
    async with listening(tmp_path, timeouts=brief) as (world, bot, _):
        world.provider.script(Site.SUBMIT, Behaviour.DONE_HANGING)
        job = await world.closed(await bot.accept(request()))
        before = await _outcome(world, job)
        await bot.engine.drain(Unavailable(Refusal("planted")), 10.0)

        assert (job.stage, job.spent_micros, world.posts) == (Stage.DONE, PRICE, 1)
        assert (before, await _outcome(world, job)) == ("accepted", "accepted")
        assert not bot.working.done()


async def _outcome(world: ServiceWorld, job: Job) -> str:
    def read(connection: Connection) -> str:
        values = {"id": job.predictions[0].prediction_id}
        return connection.execute("SELECT outcome FROM attempts WHERE prediction_id = :id", values).fetchone()[
            "outcome"
        ]

    return await world.bot.stores.jobs.database.read(read)


async def test_a_loss_after_the_announcement_is_none(parts: Parts) -> None:
    """Whose prediction it is was said for certain; that the answer itself was lost then is no news."""
    job = await parts.admitted()
    attempt = await parts.sent(job)
    await parts.stores.jobs.attempt_accepted(attempt, "announced", parts.clock.now())
    await parts.stores.jobs.attempt_lost(attempt, parts.clock.now(), parts.clock.now())
    prediction = (await parts.stores.jobs.job(job.job_id)).predictions[0]

    assert (prediction.state, prediction.provider_id) == (PredictionState.PROCESSING, "announced")


def _addresses(world: ServiceWorld) -> list[str]:
    return sorted(dict.fromkeys(world.provider.webhooks.addresses))


async def test_a_call_that_lies_changes_nothing(tmp_path: Path) -> None:
    """A call is a wish to look: neither an end that is not one nor another's id is believed."""
    async with listening(tmp_path) as (world, bot, jobs):
        world.provider.webhooks.silent = True
        job = await world.reaches(await bot.accept(request()), PredictionState.PROCESSING)
        prediction = job.predictions[0]
        address = jobs.announcements.address_of(await _attempt(world, prediction.prediction_id))
        assert address is not None
        statuses = [
            await call(address, {"id": "0" * 32, "status": "failed", "error": "forged"}),
            await call(address, {"id": prediction.provider_id, "status": "completed", "outputs": ["https://evil"]}),
            await call(address[:-1] + ("0" if address[-1] != "0" else "1"), {"id": prediction.provider_id}),
        ]
        now = await world.job(job.job_id)

        assert statuses == [204, 204, 404]
        assert (now.predictions[0].state, now.predictions[0].provider_id) == (
            PredictionState.PROCESSING,
            prediction.provider_id,
        )


@pytest.mark.parametrize("announced", ["0" * 32, "another's"])
async def test_a_lost_answer_takes_no_id_that_is_not_its(tmp_path: Path, announced: str) -> None:
    """One that the provider does not know, or that another of ours has, is not taken; the list decides."""
    async with listening(tmp_path, submit_grace_seconds=3_600) as (world, bot, jobs):
        world.provider.webhooks.silent = True
        first = await world.reaches(await bot.accept(request()), PredictionState.PROCESSING)
        world.provider.script(Site.SUBMIT, Behaviour.DROPPED)
        world.provider.script(Site.LIST, Behaviour.UNAVAILABLE, times=10_000)
        lost = await world.reaches(await bot.accept(request()), PredictionState.UNKNOWN)
        address = jobs.announcements.address_of(await _attempt(world, lost.predictions[0].prediction_id))
        assert address is not None
        theirs = first.predictions[0].provider_id if announced == "another's" else announced
        assert await call(address, {"id": theirs, "status": "completed"}) == 204
        await _acted_on()

        assert (await world.job(lost.job_id)).predictions[0].state is PredictionState.UNKNOWN


async def test_a_given_up_one_that_was_begun_after_all(tmp_path: Path) -> None:
    """A call after the money went back: the end stays, and the server's own account carries what it cost."""
    async with listening(tmp_path, submit_grace_seconds=5.0) as (world, bot, jobs):
        world.provider.webhooks.silent = True
        world.provider.script(Site.SUBMIT, Behaviour.DROPPED)
        job = await world.closed(await bot.accept(request()))
        assert job.predictions[0].reason is FailureReason.NEVER_STARTED
        address = jobs.announcements.address_of(await _attempt(world, job.predictions[0].prediction_id))
        assert address is not None
        begun = await _begin_by_hand(world, job)
        for _ in range(3):
            assert await call(address, {"id": begun, "status": "completed"}) == 204
        await _acted_on()
        after = await world.job(job.job_id)

        assert (after.predictions[0].state, after.predictions[0].provider_id) == (PredictionState.FAILED, begun)
        assert (await world.budget(), await world.server_spent()) == ((0, 0), PRICE)


async def test_repeated_calls_are_one_picture(tmp_path: Path) -> None:
    """Ten calls for one end, some after it: one result, one capture."""
    async with listening(tmp_path) as (world, bot, _):
        world.provider.webhooks.calls = 10
        job = await world.closed(await bot.accept(request()))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(world.provider.webhooks.answered) < 10:
                await world.clock.sleep(0.1)
        await _acted_on()

        assert (job.spent_micros, len(world.fake_messenger.results), world.posts) == (PRICE, 1, 1)
        assert set(world.provider.webhooks.answered) == {204}


async def test_silence_costs_no_more_than_without_webhooks(tmp_path: Path) -> None:
    """Where no call comes pictures are asked for as ever, and an end that none announced ends the trust in calls."""
    async with listening(tmp_path, poll_initial_seconds=1.0, poll_max_seconds=5.0) as (world, bot, jobs):
        world.provider.webhooks.silent = True
        await world.closed(await bot.accept(request()))
        assert len(world.provider.history.at(Site.RESULT)) >= 4

        world.provider.webhooks.silent = False
        for _ in range(10):  # until a call overtakes a look, which comes a tenth of a second after the end at most
            await world.closed(await bot.accept(request()))
            if jobs.early_looks.are_coming:
                break
        assert jobs.early_looks.are_coming
        world.provider.webhooks.silent = True
        await world.closed(await bot.accept(request()))

        assert not jobs.early_looks.are_coming


async def _begin_by_hand(world: ServiceWorld, job: Job) -> str:
    """What the provider began so late that nobody expected it any more."""
    body = {"prompt": "make it blue", "image": "https://cdn.example/1.png"}
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{world.base_url}/{job.model.id}", json=body) as response,
    ):
        return (await response.json())["data"]["id"]


async def _attempt(world: ServiceWorld, prediction_id: int) -> SentAttempt:
    def read(connection: Connection) -> SentAttempt:
        rows = connection.execute(
            "SELECT attempt_id, sent_at FROM attempts WHERE prediction_id = :id", {"id": prediction_id}
        )
        row = rows.fetchone()
        return SentAttempt(prediction_id, row["attempt_id"], row["sent_at"])

    return await world.bot.stores.jobs.database.read(read)
