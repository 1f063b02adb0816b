"""A moderators' channel made of lists: what was posted there under which nonce, and what was said of it later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.jobs import Job, MessageAt
from bot.domain.reviews import Review, ReviewVerdict
from bot.services.ports.messages import Picture


@dataclass(slots=True)
class ReviewDesk:
    """Implements `bot.services.moderation.reviewing.ReviewDesk`; it lives on when the bot dies, as Discord does.

    Attributes:
        faults: what the next posts raise; those in `lost` are posted first, so that only the answer is lost.
    """

    posts: dict[int, tuple[MessageAt, Sequence[Picture]]] = field(
        default_factory=dict[int, tuple[MessageAt, Sequence[Picture]]]
    )
    settled: list[tuple[MessageAt, ReviewVerdict | None]] = field(
        default_factory=list[tuple[MessageAt, ReviewVerdict | None]]
    )
    faults: list[Exception] = field(default_factory=list[Exception])
    lost: list[Exception] = field(default_factory=list[Exception])

    async def post(self, channel_id: int, review: Review, job: Job, pictures: Sequence[Picture]) -> MessageAt:
        del job
        if self.faults:
            raise self.faults.pop(0)
        message = MessageAt(channel_id, 40_000 + review.prediction_id)
        self.posts.setdefault(review.prediction_id, (message, pictures))
        if self.lost:
            raise self.lost.pop(0)
        return message

    async def settle(self, message: MessageAt, review: Review, job: Job) -> None:
        del job
        if self.faults:
            raise self.faults.pop(0)
        self.settled.append((message, review.verdict))
