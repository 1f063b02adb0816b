"""Pictures found again: after the provider's seven days, after our own thirty, when too large, and by their chain."""

from __future__ import annotations

import re

import pytest

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.clock import DAY, SECOND
from bot.domain.predictions import KEPT_BY_PROVIDER
from bot.ui.discord.messenger import DiscordMessenger
from tests.cogs.doing import buttons_of, count_of_jobs, leap, message_of, newest, newest_result, painted
from tests.cogs.seeing import all_closed, private_text, public_messages, status_text


async def pass_days(world: World, days: int) -> None:
    """Let days go by, for the bot, the provider and Discord."""
    leap(world, days * DAY / SECOND)
    await world.catch_up()


async def test_after_the_providers_seven_days(world: World) -> None:
    """The provider has deleted it: `/jobs show` and *Edit this* go on from our own copy."""
    first = await painted(world)
    await pass_days(world, 8)
    shown = await world.alice.slash(world.channel, "jobs show", job=first.job_id)
    form = await world.alice.click(message_of(shown), custom_id=f"edit:{first.job_id}")
    await world.alice.submit_modal(form, {"prompt": "Add snow"})
    await all_closed(world)
    second = await newest(world)

    assert "[picture: Picture of job" in status_text(shown)
    assert second.parent_job_id == first.job_id
    assert second.references[0].image == first.pictures[0].image
    assert second.pictures


async def test_after_our_own_time_it_is_found_through_its_message(world: World) -> None:
    """Words and files were erased by age: the buttons say how to go on, and the message's own menu does."""
    first = await painted(world)
    result = newest_result(world)
    now = world.clock.now()
    assert await world.app.stores.privacy.erase_older(now + 1, 9, now) == 1

    for name in ("edit", "use"):
        refused = private_text(await world.alice.click(result, custom_id=f"{name}:{first.job_id}"))
        assert "I no longer keep this picture" in refused
        assert "Edit this image or Add to references in the menu of its message, under Apps," in refused

    form = await world.alice.context_menu(world.channel, "Edit this image", result)
    await world.alice.submit_modal(form, {"prompt": "Add snow"})
    await all_closed(world)

    assert await count_of_jobs(world) == 2
    assert (await newest(world)).references[0].filename.startswith(f"easel-{first.job_id}-1")


async def test_a_link_says_when_it_expires(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture too large for the server is a link, with the day on which the provider deletes it."""

    def hardly_anything(_: DiscordMessenger, guild_id: int, count: int = 1) -> int:
        del guild_id, count
        return 10

    monkeypatch.setattr(DiscordMessenger, "file_limit", hardly_anything)
    job = await painted(world)
    [text] = [each for each in map(text_of, public_messages(world)) if "too large" in each]
    submitted_at = job.predictions[0].submitted_at
    assert submitted_at is not None
    expires = (submitted_at + KEPT_BY_PROVIDER) // SECOND

    assert re.search(rf"\[Open it here\]\(<http\S+>\) until <t:{expires}:[a-zA-Z]>", text)


async def test_the_chain_leads_back_and_on(world: World) -> None:
    """From the third step one can see both before it, go back to the first, and go on from there."""
    jobs = [await painted(world)]
    for prompt in ("Add snow", "Add a moon"):
        form = await world.alice.click(newest_result(world), custom_id=f"edit:{jobs[-1].job_id}")
        await world.alice.submit_modal(form, {"prompt": prompt})
        await all_closed(world)
        jobs.append(await newest(world))
    details = await world.alice.click(newest_result(world), custom_id=f"details:{jobs[2].job_id}")
    text = private_text(details)
    back = message_of(
        await world.alice.select(message_of(details), [jobs[0].job_id], custom_id=f"step:{jobs[2].job_id}")
    )
    again = next(each for each in buttons_of(back) if each.startswith("again:"))
    await world.alice.click(back, custom_id=again)
    await all_closed(world)

    assert text.index(f"`{jobs[1].job_id}` Add snow") < text.index(f"`{jobs[0].job_id}` Winter")
    assert (await newest(world)).parent_job_id == jobs[0].job_id
    assert [r.image for r in (await newest(world)).references] == [r.image for r in jobs[0].references]
