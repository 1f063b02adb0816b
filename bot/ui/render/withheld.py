"""What the requester alone reads about pictures that are not shown: why, what it cost, and what they can do."""

from __future__ import annotations

from discord import ui

from bot import texts
from bot.domain.jobs import Job
from bot.domain.marks import WithheldBecause
from bot.domain.money import format_usd
from bot.ui.render import about
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, small


def render_withheld(job: Job) -> ui.LayoutView:
    """The private word; in the channel the status message says only that something is withheld."""
    reasons = dict.fromkeys(prediction.withheld_because or WithheldBecause.MARKED for prediction in job.withheld)
    of = texts.safety.WITHHELD_OF.format(count=len(job.withheld), channel=f"<#{job.channel_id}>")
    why = " ".join(texts.safety.WITHHELD[each].format(where=texts.safety.THERE) for each in reasons)
    advice = " ".join(texts.safety.WITHHELD_ADVICE[each] for each in reasons)
    cost = texts.safety.WITHHELD_COST.format(amount=format_usd(sum(p.held_micros for p in job.withheld)))
    layout = Layout(Accent.FAILED).text(heading(texts.safety.WITHHELD_TITLE), f"{of} {why}", f"{cost} {advice}")
    return layout.text(about.quoted_prompt(job, job.withheld)).text(small(job.model.label, about.mark(job))).build()
