"""The result message: the picture first, then what it was asked for with, and a mark by which it is found again."""

from __future__ import annotations

import re
from collections.abc import Sequence

import discord
from discord import ui

from bot.domain.jobs import Job
from bot.domain.money import format_usd
from bot.services.ports.messages import Link, Picture
from bot.ui.render import about, safety, texts
from bot.ui.render.buttons import add_result_buttons
from bot.ui.render.layout import Layout, Shown
from bot.ui.render.theme import Accent, duration, moment, small

_MAX_URL_CHARS = 300
"""Four of them fit beside everything else; the provider's have about a hundred."""

_MARK = re.compile(rf"^-# .*\b{texts.MARK.format(job_id=f'(?P<job_id>{about.JOB_ID})')}$", re.MULTILINE)


def render_result(job: Job, pictures: Sequence[Picture | Link]) -> ui.LayoutView:
    """The whole result message, to be sent with the pictures' files attached and only the requester mentioned.

    `pictures` are in their order; a `Link` stands for one that is too large to attach. Where some predictions brought
    none, what came back is said; where some go on after the deadline, that more will follow.
    """
    layout = Layout(Accent.DONE, above=_here(job, len(pictures)))
    layout.gallery(attached(pictures))
    layout.text(*links(pictures))
    layout.text(about.quoted_prompt(job)).text(*_shortfall(job, len(pictures)))
    cost = format_usd(job.spent_micros)
    layout.text(small(*about.settings(job), duration(about.made_in(job)), cost, about.mark(job)))
    return add_result_buttons(layout, job).build()


def attached(pictures: Sequence[Picture | Link]) -> list[Shown]:
    """The pictures that are attached, as a gallery shows them."""
    return [Shown(f"attachment://{p.attachment_name}", p.alt, p.is_spoiler) for p in pictures if isinstance(p, Picture)]


def links(pictures: Sequence[Picture | Link]) -> list[str]:
    """One line for each picture that is too large to attach."""
    return [link_line(n, picture) for n, picture in enumerate(pictures, start=1) if isinstance(picture, Link)]


def link_line(n: int, link: Link) -> str:
    """That a picture is too large to attach, with its address and until when that works."""
    # Only these three could end the address early or let it be read as something else.
    url = link.url.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
    if len(url) > _MAX_URL_CHARS or not url.startswith(("https://", "http://")):
        return texts.TOO_LARGE_TO_LINK.format(n=n)
    return texts.TOO_LARGE.format(n=n, url=url, when=moment(link.expires_at))


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
        return texts.HERE_FOR_NOBODY
    facts = {"member_id": job.member_id, "ready": ready, "count": job.count}
    if ready < job.count:
        return texts.HERE_ARE_SOME.format(are="is" if ready == 1 else "are", **facts)
    return (texts.HERE_IS_ONE if ready == 1 else texts.HERE_ARE_ALL).format(**facts | {"count": ready})


def _shortfall(job: Job, ready: int) -> list[str]:
    waiting = len(job.in_review)
    coming = sum(not prediction.state.is_final for prediction in job.predictions) - waiting
    came_back = about.came_back(job)
    return [
        f"{texts.PARTLY.format(ready=ready, count=job.count)}; {came_back}" if came_back else "",
        about.counted(texts.STILL_COMING, texts.STILL_COMING_MANY, coming) if coming else "",
        about.counted(safety.ONE_IN_REVIEW, safety.MANY_IN_REVIEW, waiting) if waiting else "",
    ]
