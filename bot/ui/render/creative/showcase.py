"""A picture in the showcase, with credit and the way back to where it was made; and what whoever shares it reads."""

from __future__ import annotations

from discord import ui

from bot import texts
from bot.domain.jobs import Job, MessageAt
from bot.domain.shares import Share
from bot.services.ports.messages import Picture
from bot.ui.render import about
from bot.ui.render.actions import ActionButton
from bot.ui.render.escape import escaped
from bot.ui.render.layout import Layout
from bot.ui.render.result import attached
from bot.ui.render.theme import Accent, facts, heading, small


def take_back_id(share: Share) -> str:
    """The custom id of the button under a share's message, by which it is found again."""
    return f"unshare:{share.share_id}"


def render_showcase(job: Job, share: Share, picture: Picture) -> ui.LayoutView:
    """The post: the picture, its words, who asked for it and with what, and the way to its result."""
    by = "" if job.member_id is None else texts.showcase.SHOWN_BY.format(member_id=job.member_id)
    result = job.result_message
    link = "" if result is None or result.channel_id != job.channel_id else about.link_to(job, result)
    back = texts.showcase.WHERE_IT_WAS_MADE.format(link=link) if link else ""
    shared = [each for each in job.predictions if each.prediction_id == share.prediction_id]
    layout = Layout(Accent.DONE).gallery(attached([picture]))
    layout.text(about.quoted_prompt(job, shared), facts(by, back))
    layout.buttons(_take_back(share))
    return layout.text(small(escaped(job.model.label), about.style_of(job), about.mark(job))).build()


def render_shared(job: Job, share: Share) -> ui.LayoutView:
    """What whoever shared it reads: where it is, or that it follows, with the way to take it back."""
    where = texts.showcase.SHARED_LATER
    if share.message is not None:
        at = MessageAt(share.message.channel_id, share.message.message_id)
        link = f"https://discord.com/channels/{share.guild_id}/{at.channel_id}/{at.message_id}"
        where = texts.showcase.SHARED_THERE.format(channel_id=share.channel_id, link=link)
    layout = Layout(Accent.DONE).text(heading(texts.showcase.SHARED), where).buttons(_take_back(share))
    return layout.text(small(about.mark(job))).build()


def render_taken_back() -> ui.LayoutView:
    """What is said to whoever took a picture out of the showcase."""
    return Layout(Accent.CALM).text(heading(texts.showcase.TAKEN_BACK), texts.showcase.TAKEN_BACK_WHY).build()


def _take_back(share: Share) -> ActionButton:
    return ActionButton("unshare", share.share_id, label=texts.showcase.TAKE_BACK)
