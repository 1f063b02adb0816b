"""Spoilers that members hand in stay covered in what they see: the tray, the result, and what is taken from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord

from bot.demo.world import World
from tests.cogs.doing import file, message_of, newest, newest_result
from tests.cogs.seeing import all_closed, private_text

SPOILER = file("red", "SPOILER_red.png")


def galleries(message: discord.Message) -> list[bool]:
    """For each picture of a message, whether it is a spoiler."""
    return [item.spoiler for gallery in _galleries(message.components) for item in gallery.items]


def _galleries(components: Sequence[discord.Component]) -> Iterator[discord.MediaGalleryComponent]:
    for each in components:
        if isinstance(each, discord.MediaGalleryComponent):
            yield each
        if isinstance(each, discord.Container):
            yield from _galleries(each.children)


async def test_a_spoiler_by_option(world: World) -> None:
    """The result is a spoiler, as a file and in its gallery; so is the tray that it is put into, by button or menu."""
    await world.alice.slash(world.channel, "edit", prompt="Winter", image=SPOILER)
    await all_closed(world)
    job, result = await newest(world), newest_result(world)

    assert galleries(result) == [True]
    assert [each.filename.startswith("SPOILER_") for each in result.attachments] == [True]
    used = await world.alice.click(result, custom_id=f"use:{job.job_id}")
    assert galleries(message_of(used)) == [True]
    added = await world.ben.context_menu(world.channel, "Add to references", result)
    assert galleries(message_of(added)) == [True]


async def test_a_spoiler_in_the_tray(world: World) -> None:
    """One of two is enough for the strip, in which both stand, and for what comes of them."""
    await world.alice.slash(world.channel, "references add", image=file("blue"))
    shown = await world.alice.slash(world.channel, "references add", image=SPOILER)
    assert galleries(message_of(shown)) == [True]

    await world.alice.slash(world.channel, "compose", prompt="Both")
    await all_closed(world)
    assert galleries(newest_result(world)) == [True]


async def test_others_are_no_spoilers(world: World) -> None:
    """Nothing is covered that nobody wanted covered."""
    shown = await world.alice.slash(world.channel, "references add", image=file("blue"))
    await world.alice.slash(world.channel, "compose", prompt="One", model="wavespeed-ai/flux-kontext-max")
    await all_closed(world)

    assert galleries(message_of(shown)) == galleries(newest_result(world)) == [False]


async def test_a_hidden_picture_leaves_the_tray(world: World) -> None:
    """A moderator deletes a picture that lies in a tray: the tray is empty, and /compose has nothing to show."""
    await world.alice.slash(world.channel, "edit", prompt="Winter", image=file("green"))
    await all_closed(world)
    job = await newest(world)
    await world.ben.click(newest_result(world), custom_id=f"use:{job.job_id}")
    await world.app.stores.gallery.take_down(job.job_id, world.mona.id, world.clock.now())
    refused = await world.ben.slash(world.channel, "compose", prompt="Again")

    assert job.job_id not in private_text(refused)
    assert job.job_id not in private_text(await world.ben.slash(world.channel, "references show"))
    assert await newest(world) == await world.app.stores.jobs.job(job.job_id)
