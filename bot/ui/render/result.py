"""The result message: the picture first, then what it was asked for with, and a mark by which it is found again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import discord
from discord import ui

from bot import texts
from bot.domain.jobs import Job, Prediction
from bot.domain.money import format_usd
from bot.domain.storyboards import brought_none, is_storyboard, numbers_of, words_of
from bot.services.ports.messages import Link, Picture
from bot.ui.render import about
from bot.ui.render.buttons import add_result_buttons, shot_buttons
from bot.ui.render.layout import Layout, Shown
from bot.ui.render.theme import Accent, duration, moment, small

_MAX_URL_CHARS = 300
"""Four of them fit beside everything else; the provider's have about a hundred."""

_KEPT_CHARS = 900
"""For what stands behind the shots: what came back and why, and the small print."""

_SHOT = "\0"

_MARK = re.compile(rf"^-# .*\b{texts.results.MARK.format(job_id=f'(?P<job_id>{about.JOB_ID})')}$", re.MULTILINE)


def render_result(job: Job, pictures: Sequence[Picture | Link]) -> ui.LayoutView:
    """The whole result message, to be sent with the pictures' files attached and only the requester mentioned.

    `pictures` are in their order; a `Link` stands for one that is too large to attach. Where some predictions brought
    none, what came back is said; where some go on after the deadline, that more will follow.
    """
    ready = sum(not is_download(each) for each in pictures)
    layout = Layout(Accent.DONE, above=_here(job, ready))
    layout.gallery(attached(pictures))
    layout.text(*links(pictures, numbers_of(job)))
    if is_storyboard(job):
        layout.text(*_shots(job, layout.chars_left - _KEPT_CHARS))
    else:
        layout.text(about.quoted_prompt(job))
    layout.text(*_shortfall(job, ready))
    for each in downloads(pictures):
        layout.file(f"attachment://{each.attachment_name}", is_spoiler=each.is_spoiler)
    layout.buttons(*shot_buttons(job))
    cost = format_usd(job.spent_micros)
    layout.text(small(*about.settings(job), duration(about.made_in(job)), cost, about.mark(job)))
    return add_result_buttons(layout, job).build()


def attached(pictures: Sequence[Picture | Link]) -> list[Shown]:
    """The pictures that are attached, as a gallery shows them."""
    return [
        Shown(f"attachment://{each.attachment_name}", each.alt, each.is_spoiler)
        for each in pictures
        if isinstance(each, Picture) and not each.is_download
    ]


def downloads(pictures: Sequence[Picture | Link]) -> list[Picture]:
    """The files that are attached beside the pictures."""
    return [each for each in pictures if isinstance(each, Picture) and each.is_download]


def is_download(each: Picture | Link) -> bool:
    """Whether it is a file beside the pictures."""
    return isinstance(each, Picture) and each.is_download


def links(pictures: Sequence[Picture | Link], numbers: Sequence[int] = ()) -> list[str]:
    """One line for each picture that is too large to attach, with its number; from 1 on where none are given."""
    counted = zip(pictures, numbers or range(1, len(pictures) + 1), strict=False)
    return [link_line(n, picture) for picture, n in counted if isinstance(picture, Link)]


def link_line(n: int, link: Link) -> str:
    """That a picture is too large to attach, with its address and until when that works."""
    # Only these three could end the address early or let it be read as something else.
    url = link.url.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
    if len(url) > _MAX_URL_CHARS or not url.startswith(("https://", "http://")):
        return texts.results.TOO_LARGE_TO_LINK.format(n=n)
    return texts.results.TOO_LARGE.format(n=n, url=url, when=moment(link.expires_at))


def find_marker(components: Sequence[discord.Component]) -> str | None:
    """The id of the job whose result message this is, from the message's components; None for any other message.

    Only results have a line above their container, which tells them from status messages of the same job. Prompts
    cannot forge the mark: what members wrote is quoted and escaped, and the mark ends a line of small print.
    """
    if len(components) != 2 or not isinstance(components[0], discord.TextDisplay):  # noqa: PLR2004 - line and container
        return None
    container = components[1]
    if not isinstance(container, discord.Container):
        return None
    last = next((c for c in reversed(container.children) if isinstance(c, discord.TextDisplay)), None)
    match = None if last is None else _MARK.search(last.content)
    return match["job_id"] if match else None


def _here(job: Job, ready: int) -> str:
    if job.member_id is None:
        return texts.results.HERE_FOR_NOBODY
    if ready < job.count:
        return texts.results.HERE_ARE_SOME.format(count=ready, total=job.count, member_id=job.member_id)
    return texts.results.HERE_ARE_ALL.format(count=ready, member_id=job.member_id)


def _shots(job: Job, room: int) -> Iterator[str]:
    """The shots in their order, each that has no picture with what became of it."""
    notes = [_note(prediction) for prediction in job.predictions]
    room -= sum(len(note) for note in notes)
    lines = about.shot_lines([words_of(job, prediction) for prediction in job.predictions], room)
    for line, note in zip(lines, notes, strict=True):
        yield note.replace(_SHOT, line) if note else line


def _note(prediction: Prediction) -> str:
    if brought_none(prediction):
        return texts.storyboards.SHOT_MISSING.format(shot=_SHOT, why=about.briefly(prediction))
    if not prediction.state.is_final:
        return texts.storyboards.SHOT_OPEN.format(shot=_SHOT, state=texts.jobs.PREDICTION_STATES[prediction.state])
    return ""


def _shortfall(job: Job, ready: int) -> list[str]:
    waiting = len(job.in_review)
    coming = sum(not prediction.state.is_final for prediction in job.predictions) - waiting
    came_back = about.came_back(job)
    return [
        f"{texts.results.PARTLY.format(ready=ready, count=job.count)}; {came_back}" if came_back else "",
        texts.results.STILL_COMING.format(count=coming) if coming else "",
        texts.safety.SOME_IN_REVIEW.format(count=waiting) if waiting else "",
    ]
