"""Pictures that wait for a moderator, in Discord: posted where moderators are, and settled."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.jobs import Job, MessageAt
from bot.domain.reviews import Review
from bot.services.ports.messages import Picture
from bot.ui.discord.files import picture_files
from bot.ui.discord.posts import Posts
from bot.ui.render.manage.reviews import render_review


class DiscordReviewDesk(Posts):
    """Implements `bot.services.moderation.reviewing.ReviewDesk`."""

    async def post(self, channel_id: int, review: Review, job: Job, pictures: Sequence[Picture]) -> MessageAt:
        """See `ReviewDesk.post`."""
        channel = self.channel(review.guild_id, channel_id)
        nonce, files = f"v:{review.prediction_id}", picture_files(pictures)
        return await self.deliver(channel, render_review(review, job, pictures), nonce, files)

    async def settle(self, message: MessageAt, review: Review, job: Job) -> None:
        """See `ReviewDesk.settle`."""
        await self.edit(message, render_review(review, job))
