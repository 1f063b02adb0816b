"""What *Show it* and *Keep it back* do, and the moderators' messages that they stand under."""

from __future__ import annotations

from bot.domain.reviews import ReviewDecided, ReviewVerdict
from bot.ui.discord.people import actor_of
from bot.ui.handlers.presses import Handler, Press
from bot.ui.render.manage.reviews import render_review_decided

_VERDICTS = {"show": ReviewVerdict.SHOWN, "keep": ReviewVerdict.KEPT_BACK}


async def decide(press: Press) -> None:
    """A decision, by its name and the picture's number; whoever comes second reads who was first."""
    verdict, prediction_id = _VERDICTS[press.ids[0]], int(press.ids[1])
    actor = actor_of(press.interaction)
    await press.answers.take_note(press.interaction)
    try:
        await press.services.moderation.reviewing.decide(actor, prediction_id, verdict)
    except ReviewDecided as late:
        await press.answers.answer_privately(press.interaction, render_review_decided(late.review))


ITEMS: dict[str, Handler] = {"review": decide}
