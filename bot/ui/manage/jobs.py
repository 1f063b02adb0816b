"""What moderators read when they decided about a job, or had its result brought again."""

from __future__ import annotations

from discord import ui

from bot.domain.jobs import Job
from bot.domain.money import format_usd
from bot.services.moderation.casework import Decided
from bot.ui import about
from bot.ui.layout import Layout
from bot.ui.manage import texts
from bot.ui.theme import Accent, heading, small


def render_decided(decided: Decided) -> ui.LayoutView:
    """The answer to `/manage jobs resolve`."""
    layout = Layout(Accent.DONE)
    if decided.provider_id is None:
        amount = format_usd(decided.job.price_micros)
        layout.text(heading(texts.RELEASED_TITLE)).text(texts.RELEASED.format(amount=amount))
    else:
        layout.text(heading(texts.ADOPTED_TITLE)).text(texts.ADOPTED)
    return layout.text(small(about.mark(decided.job), texts.ON_RECORD)).build()


def render_brought(job: Job) -> ui.LayoutView:
    """The answer to `/manage jobs deliver`."""
    layout = Layout(Accent.WORKING).text(heading(texts.BROUGHT_TITLE))
    layout.text(texts.BROUGHT.format(channel_id=job.channel_id))
    return layout.text(small(about.mark(job), texts.ON_RECORD)).build()
