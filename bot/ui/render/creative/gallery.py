"""Pages of pictures with filters, from which a job can be opened or brought into the channel."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import ui

from bot import texts
from bot.domain.jobs import Job
from bot.domain.models import CATALOGUE
from bot.domain.storyboards import title_of
from bot.services.creative.gallery import GalleryPage
from bot.services.ports.messages import Picture
from bot.ui.render import about
from bot.ui.render.actions import ActionButton, ActionSelect
from bot.ui.render.escape import one_line, words
from bot.ui.render.layout import Layout
from bot.ui.render.result import attached
from bot.ui.render.theme import Accent, facts, heading, relative, small

_PROMPT_CHARS = 60
_OPTION_CHARS = 90


def render_gallery(page: GalleryPage, thumbnails: Sequence[Picture], *, viewer_id: int) -> ui.LayoutView:
    """One page, only for `viewer_id`, who asked; `thumbnails` are to be attached."""
    member_id = page.wanted.member_id
    title = texts.results.GALLERY if member_id is None else texts.results.GALLERY_OF.format(member_id=member_id)
    layout = Layout(Accent.CALM).text(heading(title))
    member, model = member_id or 0, model_number(page.wanted.model_id)
    if not page.jobs:
        layout.text(texts.results.NO_PICTURES)
    else:
        layout.gallery(attached(thumbnails)).text(*(_line(n, job) for n, job in enumerate(page.jobs, start=1)))
        layout.buttons(ActionSelect("pick", options=_pictures(page.jobs), placeholder=texts.results.CHOOSE_PICTURE))
    layout.buttons(ActionSelect("models", member, options=_models(model), placeholder=texts.results.CHOOSE_MODEL))
    is_long = bool(page.page or page.has_more)
    turning = (
        ActionButton("pages", member, model, page.page - 1, label=texts.labels.NEWER, disabled=page.page == 0),
        ActionButton("pages", member, model, page.page + 1, label=texts.labels.OLDER, disabled=not page.has_more),
    )
    layout.buttons(*(turning if is_long else ()), _whose(member, model, viewer_id))
    return layout.text(small(texts.results.PAGE.format(page=page.page + 1)) if is_long else "").build()


def render_opened(job: Job, pictures: Sequence[Picture]) -> ui.LayoutView:
    """A job chosen in the gallery, for who asked: its picture, and the way to bring it into the channel."""
    layout = Layout(Accent.CALM).gallery(attached(pictures))
    layout.text("" if pictures else texts.results.NO_LONGER_KEPT, about.quoted_prompt(job))
    layout.text(small(texts.jobs.JOB.format(job_id=job.job_id)))
    return layout.buttons(
        ActionButton("bring", job.job_id, label=texts.labels.SHOW_HERE, style=discord.ButtonStyle.primary),
        ActionButton("details", job.job_id, label=texts.labels.DETAILS),
        ActionButton("use", job.job_id, label=texts.labels.USE),
    ).build()


def render_reported() -> ui.LayoutView:
    """What is said to whoever reported a picture."""
    return Layout(Accent.CALM).text(heading(texts.reports.REPORTED), texts.reports.REPORTED_WHY).build()


def model_number(model_id: str | None) -> int:
    """A model as an id: its place in the catalogue from 1, or 0 for all."""
    return next((n for n, model in enumerate(CATALOGUE, start=1) if model.id == model_id), 0)


def model_of_number(number: str) -> str | None:
    """The model that an id stands for."""
    place = int(number) if number.isdecimal() else 0
    return CATALOGUE[place - 1].id if 1 <= place <= len(CATALOGUE) else None


def _whose(member: int, model: int, viewer_id: int) -> ActionButton:
    """The way to one's own pictures, and from anybody's to all."""
    if member:
        return ActionButton("pages", 0, model, 0, label=texts.results.EVERYBODYS)
    return ActionButton("pages", viewer_id, model, 0, label=texts.results.MINE)


def _line(n: int, job: Job) -> str:
    prompt = words(title_of(job), _PROMPT_CHARS)
    who = "" if job.member_id is None else texts.results.GALLERY_BY.format(member_id=job.member_id)
    return texts.results.GALLERY_LINE.format(
        n=n, job_id=job.job_id, prompt=prompt, who=who, when=relative(job.created_at)
    )


def _pictures(jobs: Sequence[Job]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=facts(str(n), job.job_id, one_line(title_of(job)))[:_OPTION_CHARS], value=job.job_id)
        for n, job in enumerate(jobs, start=1)
    ]


def _models(chosen: int) -> list[discord.SelectOption]:
    names = (texts.results.ALL_MODELS, *(model.label for model in CATALOGUE))
    return [discord.SelectOption(label=name, value=str(n), default=n == chosen) for n, name in enumerate(names)]
