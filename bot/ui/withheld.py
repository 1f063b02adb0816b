"""What the requester alone reads about pictures that are not shown: why, what it cost, and what they can do."""

from __future__ import annotations

from discord import ui

from bot.domain.jobs import Job
from bot.domain.money import format_usd
from bot.ui import about, texts
from bot.ui.layout import Layout
from bot.ui.theme import Accent, heading, small


def render_withheld(job: Job) -> ui.LayoutView:
    """The private word; in the channel the status message says only that something is withheld."""
    count = len(job.withheld)
    why = about.counted(texts.WITHHELD_WHY, texts.WITHHELD_WHY_MANY, count, channel=f"<#{job.channel_id}>")
    cost = texts.WITHHELD_COST.format(amount=format_usd(sum(p.held_micros for p in job.withheld)))
    layout = Layout(Accent.FAILED).text(heading(texts.WITHHELD_TITLE), why, f"{cost} {texts.WITHHELD_ADVICE}")
    return layout.text(about.quoted_prompt(job)).text(small(job.model.label, about.mark(job))).build()
