"""What *Show it* and *Keep it back* do, and the moderators' messages that they stand under."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.jobs import Job, MessageAt
from bot.domain.reviews import Review, ReviewDecided, ReviewVerdict
from bot.services.ports.messages import Picture
from bot.ui.files import picture_files
from bot.ui.manage.reviews import render_review, render_review_decided
from bot.ui.people import actor_of
from bot.ui.posts import Posts
from bot.ui.presses import Handler, Press

_VERDICTS = {"show": ReviewVerdict.SHOWN, "keep": ReviewVerdict.KEPT_BACK}


async def decide(press: Press) -> None:
    """A decision, by its name and the picture's number; whoever comes second reads who was first."""
    verdict, prediction_id = _VERDICTS[press.ids[0]], int(press.ids[1])
    actor, desk = actor_of(press.interaction), DiscordReviewDesk(press.interaction.client)
    await press.answers.take_note(press.interaction)
    try:
        await press.services.reviewing.decide(actor, prediction_id, verdict, desk)
    except ReviewDecided as late:
        await press.answers.answer_privately(press.interaction, render_review_decided(late.review))


ITEMS: dict[str, Handler] = {"review": decide}


class DiscordReviewDesk(Posts):
    """Implements `bot.services.moderation.reviewing.ReviewDesk`."""

    async def post(self, channel_id: int, review: Review, job: Job, pictures: Sequence[Picture]) -> MessageAt:
        """See `ReviewDesk.post`."""
        channel = self.channel(review.guild_id, channel_id)
        nonce, files = f"v:{review.prediction_id}", picture_files(pictures)
        return await self.retry_until_stored(channel, render_review(review, job, pictures), nonce, files)

    async def settle(self, message: MessageAt, review: Review, job: Job) -> None:
        """See `ReviewDesk.settle`."""
        await self.edit(message, render_review(review, job))
