"""What the buttons under a job's messages do, and the forms that they open."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import ui

from bot import texts
from bot.domain.choices import typed_choices
from bot.domain.drafts import in_place
from bot.domain.errors import BadRequest, NoSuchJob
from bot.domain.jobs import Job, MessageAt
from bot.domain.marks import Exposure
from bot.domain.shares import NoSuchShare
from bot.services.creative.follow_ups import NoPicture, chosen_for, numbered_pictures
from bot.services.creative.originals import larger_than_posted
from bot.services.creative.showcase import require_own
from bot.ui.discord.files import DEFAULT_FILE_LIMIT, picture_files, share_of_request, strip_files
from bot.ui.discord.people import actor_of
from bot.ui.handlers.creative.showing import offered_prices, place_of, run_request, show_added, show_draft
from bot.ui.handlers.presses import Handler, Opener, Press, shows
from bot.ui.render.creative.details import (
    render_delete_question,
    render_deleted,
    render_details,
    render_kept,
    render_original,
    render_which,
)
from bot.ui.render.creative.forms import change_form, chosen, edit_form
from bot.ui.render.creative.showcase import render_shared, render_taken_back
from bot.ui.render.escape import escaped


async def cancel(press: Press) -> None:
    """*Cancel*: stop what was not sent yet; the status message then tells what that saved."""
    await press.answers.take_note(press.interaction)
    await press.services.jobs.cancelling.cancel(_job_id(press), actor_of(press.interaction))


async def edit_pressed(press: Press) -> None:
    """*Edit this*: where there are several pictures ask which, then what to change."""
    job = await _job_with_pictures(press)
    if _chosen_picture(press, job) is None:
        await _ask_which(press, job, "edit")
        return
    await press.answers.show_form(press.interaction, await edit_opened(press))


async def edit_opened(press: Press) -> ui.Modal:
    """What to change about the one picture, or the one that was chosen."""
    job = await _job_with_pictures(press)
    return edit_form(job, _chosen_picture(press, job) or 1)


async def edit(press: Press) -> None:
    """The form of *Edit this* came back: run it at once."""
    requester = press.requester
    async with press.services.creative.clicks.once(
        "editing", requester.member_id, press.ids, press.fields.get("prompt")
    ):
        job = await _job_with_pictures(press)
        request = await press.services.creative.follow_ups.edit(
            _job_id(press),
            requester,
            press.text("prompt"),
            picture=_chosen_picture(press, job) or 1,
            keeping={int(place) for place in press.fields.get("keep", ()) if place.isdecimal()},
        )
        await run_request(press, request)


async def again(press: Press) -> None:
    """*Again*: a new seed, the same references, at once."""
    await _repeat(press, "again")


async def retry(press: Press) -> None:
    """*Try again*, under a job that brought no picture; *Try shot*, under a storyboard that lacks one."""
    await _repeat(press, "retry")


async def change_opened(press: Press) -> ui.Modal:
    """*Change*: the same form, filled in."""
    job = await press.services.creative.follow_ups.job(_job_id(press), press.requester.guild_id)
    return change_form(job, await offered_prices(press))


async def change(press: Press) -> None:
    """The form of *Change* came back: show what would run."""
    await press.answers.think(press.interaction)
    requester = press.requester
    job = await press.services.creative.follow_ups.job(_job_id(press), requester.guild_id)
    fields = {name: chosen(press.text(name)) for name in press.fields}
    choices = typed_choices(fields, before=chosen_for(job))
    draft = await press.services.creative.follow_ups.change(job.job_id, requester, press.text("prompt"), choices)
    lost = texts.styles.REMOVED_SINCE.format(name=escaped(job.style)) if job.style and draft.style is None else ""
    await show_draft(press, draft, news=lost)


async def use(press: Press) -> None:
    """*Use as reference*: into the member's tray; where there are several pictures, ask which."""
    job = await press.services.creative.follow_ups.job(_job_id(press), press.requester.guild_id)
    picture = _chosen_picture(press, job)
    if picture is None:
        await _ask_which(press, job, "use")
        return
    await _use(press, job.job_id, picture)


async def details(press: Press) -> None:
    """*Details*: everything about a job, in private."""
    await _details(press, _job_id(press))


async def original(press: Press) -> None:
    """*Original* in the details: the picture as it was made, to download, in private."""
    await press.answers.think(press.interaction)
    job = await _job_with_pictures(press)
    if not (await place_of(press)).shows(job.marks):
        raise NotShownHere
    n, largest = _chosen_picture(press, job) or 0, share_of_request(1, largest=press.interaction.filesize_limit)
    found = await press.services.creative.originals.original(job, n, largest)
    await press.answers.answer_privately(press.interaction, render_original(job, n, found), picture_files([found]))


async def share(press: Press) -> None:
    """*Share*: into the server's showcase; where there are several pictures, ask which."""
    job, actor = await _job_with_pictures(press), actor_of(press.interaction)
    require_own(actor, job)
    picture = _chosen_picture(press, job)
    if picture is None:
        await _ask_which(press, job, "share")
        return
    await press.answers.think(press.interaction)
    shared = await press.services.creative.showcase.share(actor, job, picture)
    await press.answers.answer_privately(press.interaction, render_shared(job, shared))


async def take_back(press: Press) -> None:
    """*Take back*, under the post or under what whoever shared it reads."""
    actor = actor_of(press.interaction)
    if not press.ids or not press.ids[0].isdecimal():
        raise NoSuchShare
    await press.answers.think(press.interaction)
    await press.services.creative.showcase.take_back(actor, int(press.ids[0]), _public_message(press))
    await press.answers.answer_privately(press.interaction, render_taken_back())


async def step_back(press: Press) -> None:
    """An earlier step was chosen: its details, from which one can go on as well."""
    await _details(press, press.values[0])


async def delete(press: Press) -> None:
    """*Delete* under a result: ask first. *Delete* under that question, which knows where it was asked: do it."""
    actor = actor_of(press.interaction)
    if len(press.ids) <= 1:
        job = await press.services.creative.follow_ups.deletable(_job_id(press), actor)
        await press.answers.answer_privately(press.interaction, render_delete_question(job, _public_message(press)))
        return
    await press.answers.take_note(press.interaction)
    shown = MessageAt(*map(int, press.ids[1:3]))
    job = await press.services.creative.follow_ups.delete(_job_id(press), actor, shown if shown.message_id else None)
    await press.answers.redraw(press.interaction, render_deleted(job))


async def keep(press: Press) -> None:
    """*Keep*: nothing happens."""
    job = await press.services.creative.follow_ups.deletable(_job_id(press), actor_of(press.interaction))
    await press.answers.take_note(press.interaction)
    await press.answers.redraw(press.interaction, render_kept(job))


ITEMS: dict[str, Handler] = {
    "cancel": cancel,
    "edit": edit_pressed,
    "again": again,
    "retry": retry,
    "change": shows(change_opened),
    "use": use,
    "details": details,
    "original": original,
    "share": share,
    "unshare": take_back,
    "step": step_back,
    "delete": delete,
    "keep": keep,
}
FORMS: dict[str, Handler] = {"editing": edit, "changing": change}
OPENERS: dict[str, Opener] = {"editing": edit_opened, "changing": change_opened}


async def _repeat(press: Press, command: str) -> None:
    requester = press.requester
    job_id = _job_id(press)
    follow_ups = press.services.creative.follow_ups
    async with press.services.creative.clicks.once(command, requester.member_id, _message_id(press), press.ids):
        if len(press.ids) > 1 and press.ids[1].isdecimal():
            await run_request(press, await follow_ups.shot_again(job_id, requester, int(press.ids[1]), command))
        else:
            await run_request(press, await follow_ups.again(job_id, requester, command))


async def _job_with_pictures(press: Press) -> Job:
    job = await press.services.creative.follow_ups.job(_job_id(press), press.requester.guild_id)
    if not job.pictures:
        raise NoPicture
    return job


def _chosen_picture(press: Press, job: Job) -> int | None:
    """The number of the picture that is meant: the one that there is, or the one that was pressed; None: ask."""
    if len(press.ids) > 1 and press.ids[1].isdecimal():
        return int(press.ids[1])
    return None if len(job.pictures) > 1 else 1


async def _ask_which(press: Press, job: Job, name: str) -> None:
    await press.answers.think(press.interaction)
    choices = in_place(numbered_pictures(job), await place_of(press))
    strip = await press.services.creative.album.strip(choices)
    is_spoiler = any(each.exposure is Exposure.SPOILER for each in choices)
    view = render_which(job, name, has_strip=strip is not None, is_spoiler=is_spoiler)
    await press.answers.answer_privately(press.interaction, view, strip_files(strip))


async def _use(press: Press, job_id: str, picture: int) -> None:
    await press.answers.think(press.interaction)
    await show_added(press, await press.services.creative.follow_ups.use(job_id, press.requester, picture))


async def _details(press: Press, job_id: str) -> None:
    await press.answers.think(press.interaction)
    story = await press.services.creative.follow_ups.story(job_id, actor_of(press.interaction))
    job = replace(story.job, references=in_place(story.job.references, await place_of(press)))
    story = replace(story, job=job)
    strip = await press.services.creative.album.strip(job.references)
    view = render_details(story, has_strip=strip is not None, smaller=_posted_smaller(press, job))
    await press.answers.answer_privately(press.interaction, view, strip_files(strip))


class NotShownHere(BadRequest):
    """The original of a picture that the rule of this channel covers."""

    def __init__(self) -> None:
        super().__init__(texts.results.COVERED_HERE)


def _posted_smaller(press: Press, job: Job) -> tuple[int, ...]:
    """The pictures of which this server's messages show smaller copies."""
    guild = press.interaction.guild
    one = DEFAULT_FILE_LIMIT if guild is None else guild.filesize_limit
    return larger_than_posted(job, share_of_request(len(job.pictures), largest=one))


def _job_id(press: Press) -> str:
    if not press.ids:
        raise NoSuchJob("")
    return press.ids[0]


def _public_message(press: Press) -> MessageAt | None:
    """The message that was pressed in, where everybody sees it."""
    message = press.interaction.message
    return None if message is None or message.flags.ephemeral else MessageAt(message.channel.id, message.id)


def _message_id(press: Press) -> int:
    message: discord.Message | None = press.interaction.message
    return 0 if message is None else message.id
