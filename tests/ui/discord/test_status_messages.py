"""A job's status against a fake Discord over real sockets: its strip, its last word, and when it may go."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import discord
import pytest
from discord.http import Route

from bot.domain.clock import SECOND
from bot.domain.jobs import MessageAt
from bot.services.ports.messages import Unreachable
from bot.ui.discord.bot_pace import can_wait
from bot.ui.discord.interaction_webhooks import TOKEN_LIFE
from tests.ui.discord.messenger_case import (
    DONE,
    EDIT,
    ORIGINAL,
    PAINTING,
    PICTURES,
    READ,
    SEND,
    WAITING,
    MessengerCase,
    delivered,
    rights,
)
from tests.ui.samples import snapshot
from tests.wire.discord_fake import Fault, Kind, Permission, build, images_of


def at(message: MessageAt | None) -> MessageAt:
    assert message is not None
    return message


async def test_a_result_directly_under_its_status_stands_alone(case: MessengerCase) -> None:
    """Nothing else was written since: so it is too when an earlier try removed the status without living to tell."""
    job = await delivered(case)
    assert await case.messenger.stands_alone(job)
    await case.messenger.remove_status(job)

    assert [message.id for message in case.shown] == [job.result_message and job.result_message.message_id]
    assert await case.restarted().stands_alone(job)
    await case.restarted().remove_status(job)


@pytest.mark.parametrize("when", ["between", "after"])
async def test_a_result_that_others_talk_around_does_not_stand_alone(case: MessengerCase, when: str) -> None:
    """Somebody wrote before the result, or wrote after it what may be an answer to the status message."""
    job = await case.commanded(case.job())
    if when == "between":
        build.write(case.scene.fake.world, case.scene.alice, case.scene.channel, "What a day!")
    job = replace(job, result_message=await case.messenger.post_result(job, PICTURES))
    if when == "after":
        build.write(case.scene.fake.world, case.scene.alice, case.scene.channel, "See the prompt above.")

    assert not await case.messenger.stands_alone(job)


async def test_what_the_bot_wrote_itself_need_not_be_asked(case: MessengerCase) -> None:
    """In a busy channel another job's status or result follows: then no request is spent on reading the channel."""
    job = await delivered(case)
    other = await delivered(case, job_id="ANOTHER")
    case.messenger.show_status(snapshot(other))

    assert not await case.messenger.stands_alone(job)
    assert case.scene.fake.journal.select(READ) == []

    await case.messenger.remove_status(other)
    await case.messenger.remove(at(other.result_message))
    assert await case.messenger.stands_alone(job)


async def test_what_was_deleted_between_is_nothing(case: MessengerCase) -> None:
    """The reader sees the result right under its status."""
    job = await case.commanded(case.job())
    world = case.scene.fake.world
    world.delete_message(build.write(world, case.scene.alice, case.scene.channel, "Oops"))
    job = replace(job, result_message=await case.messenger.post_result(job, PICTURES))

    assert await case.messenger.stands_alone(job)


@pytest.mark.parametrize("made", ["a reaction", "a thread"])
async def test_a_status_that_people_made_something_of_stays(case: MessengerCase, made: str) -> None:
    """Their reaction or their thread would go with it."""
    job = await delivered(case)
    status = case.shown[0]
    if made == "a reaction":
        status.reactions.append("\N{FOX FACE}")
    else:
        status.flags |= discord.MessageFlags(has_thread=True).value

    assert not await case.messenger.stands_alone(job)


async def test_what_cannot_be_read_is_not_taken_for_silence(case: MessengerCase) -> None:
    """Discord out of reach, no *Read Message History*, a result in a direct message: nobody knows, so no."""
    job = await delivered(case)
    elsewhere = replace(job, result_message=await case.messenger.result_by_dm(job, PICTURES))
    assert not await case.messenger.stands_alone(elsewhere)

    case.scene.fake.plant(Fault("GET /channels/{channel_id}/messages", Kind.STATUS, status=503))
    assert not await case.messenger.stands_alone(job)
    assert await case.messenger.stands_alone(job)

    case.deny(Permission.READ_MESSAGE_HISTORY)
    await case.scene.fake.until(lambda: rights(case).read_message_history is False)
    assert not await case.messenger.stands_alone(job)


async def test_mere_progress_lets_others_go_first(case: MessengerCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress, and the question whether the status may go, wait for results and last words of the whole bot."""
    first: dict[bool, list[str]] = {True: [], False: []}
    ask = case.probe.http.request

    async def noted(route: Route, **given: Any) -> Any:
        first[not can_wait.get()].append(f"{route.method} {route.path}")
        return await ask(route, **given)

    monkeypatch.setattr(case.probe.http, "request", noted)
    job = await delivered(case)
    case.clock.advance(TOKEN_LIFE / SECOND)
    case.messenger.show_status(snapshot(replace(job, predictions=case.job(PAINTING).predictions)))
    await case.scene.fake.until(lambda: first[False])
    assert await case.messenger.stands_alone(job)
    await case.messenger.finish_status(snapshot(job))

    assert (first[True], first[False]) == ([SEND, EDIT], [EDIT, READ])


async def test_nothing_is_said_after_a_status_was_removed(case: MessengerCase) -> None:
    """For a snapshot that comes late nothing is begun any more."""
    job = await delivered(case)
    await case.messenger.remove_status(job)
    case.messenger.show_status(snapshot(replace(job, predictions=case.job(PAINTING).predictions)))

    assert f"status-{job.job_id}" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_the_last_word_overtakes_progress_that_fails(case: MessengerCase) -> None:
    """An edit that shows progress is tried once, so that one which fails is not in the last word's way."""
    job = await case.commanded(case.job(DONE))
    fault = case.scene.fake.plant(Fault("PATCH *", Kind.STATUS, status=500, times=2))
    began = time.monotonic()
    case.messenger.show_status(snapshot(replace(job, predictions=case.job(WAITING).predictions)))
    await case.scene.fake.until(lambda: fault.struck == 1)
    await case.messenger.finish_status(snapshot(job))

    said = [str(request.body) for request in case.scene.fake.requests(f"PATCH {ORIGINAL}")]
    assert ["In the queue" in each for each in said] == [True, False, False]
    # discord.py's own repetitions alone would sleep for longer, on the real clock.
    assert time.monotonic() - began < 1 + 3 + 5


async def test_the_strip_is_sent_once_and_stays(case: MessengerCase) -> None:
    """Later edits of a status keep its strip without sending it again; a restart replaces it by the same."""
    job = await case.commanded(case.job(WAITING))
    later = replace(job, predictions=case.job(PAINTING).predictions)
    case.messenger.show_status(snapshot(job))
    await case.scene.fake.until(lambda: not case.shown[0].loading)
    case.messenger.show_status(snapshot(later))
    await case.scene.fake.until(lambda: len(case.scene.fake.requests(f"PATCH {ORIGINAL}")) == 2)

    assert images_of(case.shown[0]) == [b"strip"]
    assert case.strips.drawn == 1

    restarted = case.restarted()
    restarted.show_status(snapshot(later))
    await case.scene.fake.until(lambda: len(case.scene.fake.requests(f"PATCH {ORIGINAL}")) == 3)
    await restarted.close()

    assert images_of(case.shown[0]) == [b"strip"]
    assert case.strips.drawn == 2


async def test_a_status_without_its_strip_is_shown_all_the_same(case: MessengerCase) -> None:
    """When the references are gone from the disk, the words go on."""
    case.strips.gone = True
    job = await case.commanded(case.job(WAITING))
    case.messenger.show_status(snapshot(job))
    await case.scene.fake.until(lambda: not case.shown[0].loading)

    assert images_of(case.shown[0]) == []
    assert job.job_id in str(case.shown[0].components)


async def test_a_dead_token_falls_back_to_the_channel_at_once(case: MessengerCase) -> None:
    """When Discord refuses the token (50027), the same edit goes through the channel, and the token is forgotten."""
    job = await case.commanded(case.job(DONE))
    case.interactions.rows[job.interaction_id] = replace(case.interactions.rows[job.interaction_id], token="dead")
    await case.messenger.finish_status(snapshot(job))

    assert not case.shown[0].loading
    assert await case.interactions.token_of(job.job_id, 0) is None


async def test_an_old_token_is_not_tried(case: MessengerCase) -> None:
    """Half a minute before Discord's quarter of an hour ends, edits go through the channel."""
    job = await case.commanded(case.job(DONE))
    case.scene.fake.journal.clear()
    case.clock.advance(TOKEN_LIFE / 1000)
    await case.messenger.finish_status(snapshot(job))

    assert case.routes() == [EDIT]


async def test_the_last_word_reports_a_status_that_is_gone(case: MessengerCase) -> None:
    """A deleted status message is no error for progress, and a closed way for the last word."""
    job = await case.commanded(case.job(DONE))
    await case.interactions.forget(job.interaction_id)
    case.scene.fake.world.delete_message(case.shown[0])

    with pytest.raises(Unreachable):
        await case.messenger.finish_status(snapshot(job))
