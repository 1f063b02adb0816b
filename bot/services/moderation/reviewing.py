"""Reviews: marked pictures that moderators show or withhold before anybody sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from bot.db.stores import Stores
from bot.domain.clock import Clock, Instant
from bot.domain.jobs import Job, MessageAt
from bot.domain.reviews import NoSuchReview, Review, ReviewDecided, ReviewVerdict
from bot.services.creative.album import Album
from bot.services.ports.messages import NotNow, Picture, TooLarge, Unreachable
from bot.services.retry_until_stored import retry_until_stored
from bot.services.rights import Actor, refuse_own, require_desk
from bot.services.signals import Signals

log = structlog.get_logger(__name__)

_COPY_BYTES = 6 * 1024 * 1024
"""A picture of this size fits into a message anywhere."""


class ReviewDesk(Protocol):
    """Discord, as far as reviews need it."""

    async def post(self, channel_id: int, review: Review, job: Job, pictures: Sequence[Picture]) -> MessageAt:
        """Show a picture to moderators, covered until one of them uncovers it.

        Asked again within minutes after the answer was lost, it is the same message.

        Raises:
            Unreachable: the channel is gone, or closed to us.
            NotNow: Discord does not take it at the moment.
        """
        ...

    async def settle(self, message: MessageAt, review: Review, job: Job) -> None:
        """Have the message say what was decided, without the picture; one that is gone is fine. Raises NotNow."""
        ...


class Reviewing:
    """Puts pictures before moderators, and carries out what they decide. Every step can be repeated after a crash."""

    def __init__(self, stores: Stores, album: Album, desk: ReviewDesk, signals: Signals, clock: Clock) -> None:
        self._reviews = stores.reviews
        self._rules = stores.rules
        self._jobs = stores.jobs
        self._album = album
        self._desk = desk
        self._signals = signals
        self._clock = clock

    async def decide(self, actor: Actor, prediction_id: int, verdict: ReviewVerdict) -> Review:
        """Let a picture be shown, or keep it back: on record and paid or given back first, then told.

        Raises:
            NotAllowed: neither Manage Server nor a role that the server named for its desk; by such a role alone, about
                a picture of one's own.
            NoSuchReview: not in this server.
            ReviewDecided: somebody was quicker; it says who.
        """
        require_desk(actor, await self._rules.rules(actor.guild_id))
        review = await self._found(prediction_id, actor.guild_id)
        refuse_own(actor, (await self._jobs.job(review.job_id)).member_id)
        was_first = await self._reviews.decide(review, verdict, self._clock.now(), actor.member_id)
        review = await self._found(prediction_id, actor.guild_id)
        if not was_first:
            raise ReviewDecided(review)
        self._signals.changed(review.job_id)
        await self._tell(review)
        return review

    async def finish(self, before: Instant) -> None:
        """Ask about pictures that nobody was asked about, and end those that nobody decided about in time.

        What was decided before then and Discord does not show yet is shown.
        """
        for review in await self._reviews.open():
            if review.ends_at <= self._clock.now():
                await self._give_up(review, ReviewVerdict.UNDECIDED)
            elif review.message is None:
                await self._ask(review)
        for review in await self._reviews.untold(before):
            await self._tell(review)

    async def _ask(self, review: Review) -> None:
        channel_id = (await self._rules.rules(review.guild_id)).desk_channel_id
        if channel_id is None:
            await self._give_up(review, ReviewVerdict.NO_DESK)
            return
        job = await self._jobs.job(review.job_id)
        [reviewed] = [p for p in job.predictions if p.prediction_id == review.prediction_id]
        pictures = await self._album.pictures(job, _COPY_BYTES, reviewed)
        covered = [replace(each, is_spoiler=True) for each in pictures]
        try:
            message = await self._desk.post(channel_id, review, job, covered)
        except (Unreachable, TooLarge) as error:
            log.warning("review.desk_closed", job_id=review.job_id, said=str(error))
            await self._give_up(review, ReviewVerdict.NO_DESK)
        except NotNow:
            log.info("review.later", job_id=review.job_id)
        else:
            await retry_until_stored(self._clock, lambda: self._reviews.shown_at(review.prediction_id, message))

    async def _give_up(self, review: Review, verdict: ReviewVerdict) -> None:
        """Keep a picture back that no moderator decides about: its member gets the money back."""
        if await self._reviews.decide(review, verdict, self._clock.now(), None):
            log.info("review.given_up", job_id=review.job_id, verdict=verdict.value)
            self._signals.changed(review.job_id)

    async def _tell(self, review: Review) -> None:
        """Have the moderators' message say what was decided; left for the next look where Discord does not take it."""
        if review.message is not None:
            try:
                await self._desk.settle(review.message, review, await self._jobs.job(review.job_id))
            except NotNow:
                return
        await self._reviews.told(review.prediction_id, self._clock.now())

    async def _found(self, prediction_id: int, guild_id: int) -> Review:
        review = await self._reviews.find(prediction_id, guild_id)
        if review is None:
            raise NoSuchReview
        return review
