"""Originals: where the posted file had to be made smaller, *Details* gives the picture as it was made."""

from __future__ import annotations

from hashlib import sha256

import discord
import pytest

from bot.demo.world import World
from bot.domain.jobs import Job
from bot.domain.marks import NsfwRule
from bot.domain.predictions import KEPT_BY_PROVIDER
from bot.services.rights import Actor
from bot.ui.discord.files import share_of_request
from tests.cogs.doing import buttons_of, left_over, message_of, newest_result, painted
from tests.cogs.seeing import private_text

SMALL = 3_000
"""Bytes; less than any picture that the simulated provider makes."""


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the server take small files only."""
    monkeypatch.setattr(discord.Guild, "filesize_limit", property(_small))


def _small(_: object) -> int:
    return SMALL


async def details_of(world: World, job: Job) -> discord.Message:
    """What *Details* shows ben."""
    return message_of(await world.ben.click(newest_result(world), custom_id=f"details:{job.job_id}"))


@pytest.mark.usefixtures("small_files")
async def test_each_original_can_be_downloaded(world: World) -> None:
    """Byte for byte as the provider made it, by whoever sees the result, one at a time."""
    job = await painted(world, count=2)
    details = await details_of(world, job)
    answer = await world.ben.click(details, custom_id=f"original:{job.job_id}:2")
    [file] = message_of(answer).attachments
    posted = [each.size for each in newest_result(world).attachments]

    assert [each for each in buttons_of(details) if each.startswith("original:")] == [
        f"original:{job.job_id}:1",
        f"original:{job.job_id}:2",
    ]
    assert max(posted) <= SMALL < file.size
    assert file.filename == f"easel-{job.job_id}-2-original.jpg"
    assert sha256(await file.read()).hexdigest() == job.pictures[1].image.sha256


async def test_what_was_posted_whole_has_no_second_copy(world: World) -> None:
    """The posted file is the original."""
    job = await painted(world)

    assert not [each for each in buttons_of(await details_of(world, job)) if each.startswith("original:")]


async def test_what_counts_is_the_share_of_the_message(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four pictures share one message: each may be smaller there than one alone."""
    job = await painted(world, count=4)
    sizes = [each.image.size for each in job.pictures]

    def smallest(_: object) -> int:
        return min(sizes)

    monkeypatch.setattr(discord.Guild, "filesize_limit", property(smallest))
    offered = [each for each in buttons_of(await details_of(world, job)) if each.startswith("original:")]

    assert offered == [f"original:{job.job_id}:{n}" for n, size in enumerate(sizes, start=1) if size > min(sizes)]
    assert share_of_request(4, largest=30_000_000) < share_of_request(1, largest=30_000_000)


@pytest.mark.usefixtures("small_files")
async def test_one_too_large_for_the_answer_is_a_link_while_it_lasts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the provider's own address says until when; after that one sentence says what still works."""
    job = await painted(world)
    details = await details_of(world, job)
    monkeypatch.setattr(discord.Interaction, "filesize_limit", property(_ten_bytes, _kept_from))
    link = await world.ben.click(details, custom_id=f"original:{job.job_id}:1")
    submitted_at = job.predictions[0].submitted_at
    assert submitted_at is not None
    monkeypatch.setattr(world.clock, "now", lambda: submitted_at + KEPT_BY_PROVIDER)
    late = await world.ben.click(details, custom_id=f"original:{job.job_id}:1")

    assert f"until <t:{(submitted_at + KEPT_BY_PROVIDER) // 1000}:" in private_text(link)
    assert not message_of(link).attachments
    assert "The provider has deleted its copy as well." in private_text(late)


@pytest.mark.parametrize("n", ["0", "2", "99999999999"])
async def test_a_number_that_there_is_not(world: World, n: str) -> None:
    """A button that was made up is told that there is no such picture."""
    job = await painted(world)
    button = f"original:{job.job_id}:{n}"
    answer = await world.ben.click(await left_over(world, button), custom_id=button)

    assert "I no longer keep this picture" in private_text(answer)


async def test_what_is_not_shown_here_is_not_given_out(world: World) -> None:
    """A marked picture whose channel shows such pictures no longer stays covered, its original too."""
    job = await painted(world)
    await world.app.bot.services.moderation.server_settings.set_nsfw(
        Actor(world.mona.id, world.guild_id, can_manage=True), NsfwRule.NEVER
    )
    await world.app.database.write(
        lambda connection: connection.execute("UPDATE outputs SET flagged = 1")  # as if it had come with a mark
    )
    button = f"original:{job.job_id}:1"
    answer = await world.ben.click(await left_over(world, button), custom_id=button)

    assert "this channel does not show such pictures" in private_text(answer)
    assert not message_of(answer).attachments


def _ten_bytes(_: object) -> int:
    return 10


def _kept_from(_: object, said: object) -> None:
    """Discord's own figure, which the interaction carries, is not taken."""
    del said
