"""What is asked to be deleted is gone: from database, image folder, provider and Discord; not from the books."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.demo.provider import Behaviour, Site
from bot.domain.clock import HOUR, SECOND
from tests.services.creative.erasing import erased, files_with, images, nothing_is_left_to_do
from tests.services.world import ANN, BEN, PRICE, open_service_world, png, request

SECRET = "a heron in my grandmother's garden"


async def test_no_trace_of_the_text_is_left(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither in the database nor its log, nor in what the program wrote out, nor in the image folder."""
    async with open_service_world(tmp_path) as world, world.start():
        await world.closed(await world.command(request(png("teal"), prompt=SECRET)))
        kept = await world.closed(await world.command(request(png("red"), prompt="a plain fox", member=BEN)))

        assert files_with(tmp_path, SECRET)

        await erased(world, ANN)

        assert files_with(tmp_path, SECRET) == []
        assert files_with(tmp_path, "a plain fox")
        mine = {each.image.sha256 for each in (*kept.references, *kept.pictures)}
        assert images(world) == mine
    output = capfd.readouterr()

    assert SECRET not in output.out + output.err


async def test_the_books_keep_what_was_paid(tmp_path: Path) -> None:
    """Under a number that names nobody; who comes back finds the same account and what it spent."""
    async with open_service_world(tmp_path) as world, world.start():
        job = await world.closed(await world.command(request(prompt=SECRET)))
        await erased(world, ANN)
        after = await world.job(job.job_id)

        assert (after.member_id, after.prompt, after.sent_prompt, after.references) == (None, "", "", ())
        assert after.spent_micros == PRICE
        assert await world.budget(ANN) == (PRICE, 0)


async def test_the_provider_is_asked_to_delete(tmp_path: Path) -> None:
    """And what was posted goes where the member wants that too."""
    async with open_service_world(tmp_path) as world, world.start():
        job = await world.closed(await world.command(request(prompt=SECRET)))
        await erased(world, ANN, with_messages=True)

        assert [each.deleted for each in world.provider.predictions] == [True]
        assert {job.result_message, job.status_message} == set(world.fake_messenger.removed)


async def test_a_provider_that_cannot_delete_now_is_asked_again(tmp_path: Path) -> None:
    """What was promised is not forgotten over somebody's bad hour."""
    async with open_service_world(tmp_path) as world, world.start():
        await world.closed(await world.command(request(prompt=SECRET)))
        world.provider.script(Site.DELETE, Behaviour.UNAVAILABLE, times=8)
        await world.bot.services.creative.privacy.ask_erasure(ANN, with_messages=False)
        await nothing_is_left_to_do(world, leap=HOUR / SECOND)

        assert len(world.provider.history.at(Site.DELETE)) > 8
        assert [each.deleted for each in world.provider.predictions] == [True]


async def test_posted_pictures_stay_unless_asked(tmp_path: Path) -> None:
    """The channel's history is the channel's."""
    async with open_service_world(tmp_path) as world, world.start():
        await world.closed(await world.command(request(prompt=SECRET)))
        await erased(world, ANN)

        assert world.fake_messenger.removed == []


async def test_what_runs_ends_first(tmp_path: Path) -> None:
    """A job in progress is delivered and paid, then it goes."""
    async with open_service_world(tmp_path) as world, world.start():
        job = await world.command(request(prompt=SECRET))
        asked = await world.bot.services.creative.privacy.ask_erasure(ANN, with_messages=False)
        ended = await world.closed(job)
        await erased(world, ANN)

        assert asked.open_jobs == 1
        assert ended.spent_micros == PRICE
        assert (await world.job(job.job_id)).prompt == ""


async def test_retention_does_the_same_by_age(tmp_path: Path) -> None:
    """After so many days words and images go by themselves, and the account stays."""
    async with open_service_world(tmp_path, retention_days=1) as world, world.start():
        job = await world.closed(await world.command(request(prompt=SECRET)))
        world.clock.leap(25 * HOUR / SECOND)

        async def is_erased() -> bool:
            return (await world.job(job.job_id)).prompt == ""

        await world.until(is_erased)
        await nothing_is_left_to_do(world, leap=HOUR / SECOND)
        after = await world.job(job.job_id)

        assert (after.prompt, after.member_id) == ("", ANN)
        assert files_with(tmp_path, SECRET) == []
        assert images(world) == set()


async def test_an_image_that_another_job_has_stays(tmp_path: Path) -> None:
    """Two members used the same picture; only one of them leaves."""
    async with open_service_world(tmp_path) as world, world.start():
        await world.closed(await world.command(request(png("gold"), prompt=SECRET)))
        kept = await world.closed(await world.command(request(png("gold"), prompt="a fox", member=BEN)))
        await erased(world, ANN)

        assert kept.references[0].image.sha256 in images(world)


async def test_an_export_has_everything(tmp_path: Path) -> None:
    """Words, places, links, money; of nobody else."""
    async with open_service_world(tmp_path) as world, world.start():
        job = await world.closed(await world.command(request(prompt=SECRET)))
        await world.closed(await world.command(request(prompt="a plain fox", member=BEN)))
        export = json.loads(await world.bot.services.creative.privacy.export(ANN))
        (mine,) = export["jobs"]

        assert export["member_id"] == ANN
        assert mine["prompt"] == SECRET
        assert job.result_message is not None
        assert mine["result"].endswith(f"/{job.result_message.channel_id}/{job.result_message.message_id}")
        assert [row["kind"] for row in export["ledger"]] == ["hold", "capture"]
        assert "a plain fox" not in json.dumps(export)
