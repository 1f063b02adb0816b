"""What moderators can decide about a job, and read when they have, or had its result brought again."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands, ui

from bot import texts
from bot.domain.jobs import Job
from bot.domain.money import format_usd
from bot.domain.predictions import PredictionStatus
from bot.services.moderation.job_moderation import RELEASE, ResolvedJob
from bot.ui.render import about
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, small

_MOST_CANDIDATES, _ID_CHARS, _CHOICE_CHARS = 20, 40, 100


def render_resolved(decided: ResolvedJob) -> ui.LayoutView:
    """The answer to `/manage jobs resolve`."""
    layout = Layout(Accent.DONE)
    if decided.provider_id is None:
        amount = format_usd(decided.job.price_micros)
        layout.text(heading(texts.decisions.RELEASED_TITLE)).text(texts.decisions.RELEASED.format(amount=amount))
    else:
        layout.text(heading(texts.decisions.ADOPTED_TITLE)).text(texts.decisions.ADOPTED)
    return layout.text(small(about.mark(decided.job), texts.rules.ON_RECORD)).build()


def decision_choices(candidates: Iterable[PredictionStatus]) -> list[app_commands.Choice[str]]:
    """The suggestions of `/manage jobs resolve`: give the money back, or take one of the provider's predictions."""
    release = app_commands.Choice(name=texts.decisions.RELEASE_CHOICE, value=RELEASE)
    return [release, *(_adopt_choice(report) for report in list(candidates)[:_MOST_CANDIDATES])]


def _adopt_choice(report: PredictionStatus) -> app_commands.Choice[str]:
    name = texts.decisions.ADOPT_CHOICE.format(provider_id=report.provider_id[:_ID_CHARS], status=report.status.value)
    return app_commands.Choice(name=name[:_CHOICE_CHARS], value=report.provider_id)


def render_brought(job: Job) -> ui.LayoutView:
    """The answer to `/manage jobs deliver`."""
    layout = Layout(Accent.WORKING).text(heading(texts.decisions.BROUGHT_TITLE))
    layout.text(texts.decisions.BROUGHT.format(channel_id=job.channel_id))
    return layout.text(small(about.mark(job), texts.rules.ON_RECORD)).build()
