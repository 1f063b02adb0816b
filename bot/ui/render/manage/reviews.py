"""Pictures that wait for a moderator, as moderators see them: covered, with what is known and two buttons."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ButtonStyle, ui

from bot import texts
from bot.domain.jobs import Job
from bot.domain.money import format_usd
from bot.domain.reviews import Review, ReviewVerdict
from bot.services.ports.messages import Picture
from bot.ui.render import about
from bot.ui.render.actions import ActionButton
from bot.ui.render.layout import Layout
from bot.ui.render.result import attached
from bot.ui.render.theme import Accent, heading, relative, small


def render_review(review: Review, job: Job, pictures: Sequence[Picture] = ()) -> ui.LayoutView:
    """What moderators read about one picture; once it is decided, what and by whom, without the picture."""
    if review.verdict is not None:
        layout = Layout(Accent.CALM).text(heading(texts.safety.REVIEW_DECIDED), _who(job), decided_line(review))
        return layout.text(small(job.model.label, about.mark(job))).build()
    layout = Layout(Accent.WAITING).text(
        heading(texts.safety.REVIEW), _who(job), texts.safety.REVIEW_BECAUSE[review.because]
    )
    [reviewed] = [p for p in job.predictions if p.prediction_id == review.prediction_id]
    layout.gallery(attached(pictures)).text(about.quoted_prompt(job, [reviewed]))
    held = format_usd(reviewed.held_micros)
    layout.text(texts.safety.REVIEW_MONEY.format(amount=held, when=relative(review.ends_at)))
    layout.buttons(
        ActionButton("review", "show", review.prediction_id, label=texts.safety.SHOW_IT),
        ActionButton(
            "review", "keep", review.prediction_id, label=texts.safety.KEEP_IT_BACK, style=ButtonStyle.primary
        ),
    )
    return layout.text(small(job.model.label, about.mark(job))).build()


def render_review_decided(review: Review) -> ui.LayoutView:
    """What a moderator reads who pressed after somebody else."""
    return Layout(Accent.CALM).text(heading(texts.safety.DECIDED_BEFORE), decided_line(review)).build()


def decided_line(review: Review) -> str:
    """What was decided, by whom and when."""
    if review.verdict is None or review.decided_at is None:
        return ""
    who = texts.reports.A_MODERATOR if review.decided_by is None else f"<@{review.decided_by}>"
    return texts.safety.REVIEWED[ReviewVerdict(review.verdict)].format(who=who, when=relative(review.decided_at))


def _who(job: Job) -> str:
    who = texts.audit.SOMEBODY if job.member_id is None else f"<@{job.member_id}>"
    return texts.safety.REVIEW_OF.format(who=who, channel_id=job.channel_id)
