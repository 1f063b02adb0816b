"""The showcase of a server: pictures that their requester, or a moderator, puts there, and takes back."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog

from bot import texts
from bot.db.stores import Stores
from bot.domain.clock import Clock, Instant
from bot.domain.errors import NotAllowed
from bot.domain.jobs import Job, MessageAt, Output, Prediction
from bot.domain.shares import NoShowcase, NoSuchShare, NotForShowcase, Share, ShowcaseClosed
from bot.services.creative.album import Album
from bot.services.creative.follow_ups import NoPicture, PicturesDeleted, Remover
from bot.services.ports.messages import NONCE_REMEMBERED, CannotSearch, NotNow, Picture, TooLarge, Unreachable
from bot.services.retry_until_stored import retry_until_stored
from bot.services.rights import Actor

log = structlog.get_logger(__name__)

POST_SECONDS = 20.0
"""How long whoever shares waits for the post; it is over before anybody else tries."""


class ShowcaseChannel(Protocol):
    """Discord, as far as a showcase needs it."""

    async def is_age_restricted(self, channel_id: int) -> bool:
        """Whether Discord shows it to adults only; False where that cannot be known."""
        ...

    def file_limit(self, guild_id: int) -> int:
        """How large a file may be there, in bytes."""
        ...

    async def post(self, share: Share, job: Job, picture: Picture) -> MessageAt:
        """Show a picture; asked again within a minute after the answer was lost, it is the same message.

        Raises:
            Unreachable: the channel is gone, or closed to us.
            NotNow: Discord does not take it at the moment.
            TooLarge: the file is too large.
        """
        ...

    async def find(self, share: Share) -> MessageAt | None:
        """Look for the message of a share that an earlier try may have posted.

        Raises:
            CannotSearch: nobody can tell.
            Unreachable, NotNow: see `post`.
        """
        ...


class Showcase:
    """Shares pictures and takes them back. Every step can be repeated after a crash, and posts nothing twice."""

    def __init__(self, stores: Stores, album: Album, channel: ShowcaseChannel, remover: Remover, clock: Clock) -> None:
        self._jobs = stores.jobs
        self._rules = stores.rules
        self._shares = stores.shares
        self._album = album
        self._channel = channel
        self._remover = remover
        self._clock = clock

    async def share(self, actor: Actor, job: Job, n: int) -> Share:
        """Put the picture of that number into the server's showcase; one that is there already stays as it is.

        Its `message` is None where Discord does not take it just now: then it follows by itself.

        Raises:
            NotAllowed: neither who asked for it nor a moderator.
            NoShowcase, NotForShowcase, ShowcaseClosed: there is none, or this picture cannot be shown there.
            NoPicture, PicturesDeleted: there is no such picture (any more).
        """
        require_own(actor, job)
        channel_id = (await self._rules.rules(actor.guild_id)).showcase_channel_id
        if channel_id is None:
            raise NoShowcase
        prediction, place, output = _picture_of(job, n)
        if not await self._may_show(job, channel_id, output):
            raise NotForShowcase
        share, is_new = await self._shares.share(
            job.job_id,
            prediction.prediction_id,
            place,
            channel_id=channel_id,
            by_member_id=actor.member_id,
            at=self._clock.now(),
        )
        if share is None:
            raise PicturesDeleted
        return await self._post_now(share) if is_new else share

    async def take_back(self, actor: Actor, share_id: int, pressed: MessageAt | None = None) -> None:
        """Take a picture out of the showcase again; its message is deleted, after a crash as well.

        `pressed` is the public message under which that was asked.

        Raises:
            NoSuchShare: not in this server.
            NotAllowed: neither who asked for the picture nor a moderator.
        """
        share = await self._shares.find(share_id, actor.guild_id)
        if share is None:
            raise NoSuchShare
        require_own(actor, await self._jobs.job(share.job_id))
        await self._shares.take_back(share, actor.member_id, self._clock.now())
        for message in {each for each in (share.message, pressed) if each is not None}:
            # It is to be deleted in any case; this only spares everybody the seconds until then.
            await self._remover.remove(message)

    async def finish(self, before: Instant) -> None:
        """Post what was shared before then and nobody knows the message of: the program ended, or Discord was down."""
        for share in await self._shares.unposted(before):
            try:
                await self._finish(share)
            except NotNow:
                log.info("share.later", job_id=share.job_id)
            except NoPicture:
                log.info("share.gone", job_id=share.job_id)
            except (Unreachable, TooLarge, CannotSearch) as error:
                log.warning("share.given_up", job_id=share.job_id, why=type(error).__name__)
                await self._shares.give_up(share.share_id, self._clock.now())

    async def _post_now(self, share: Share) -> Share:
        try:
            async with asyncio.timeout(POST_SECONDS):
                await self._post(share)
        except (NotNow, TimeoutError):
            log.info("share.later", job_id=share.job_id)
        except (Unreachable, TooLarge) as error:
            await self._shares.give_up(share.share_id, self._clock.now())
            raise ShowcaseClosed from error
        return await self._shares.find(share.share_id, share.guild_id) or share

    async def _finish(self, share: Share) -> None:
        now = self._clock.now()
        if share.taken_back_at is None and 0 <= now - share.posting_at <= NONCE_REMEMBERED:
            await self._post(share)
            return
        found = await self._channel.find(share)
        if found is not None:
            await self._posted(share, found)
        elif share.taken_back_at is not None:
            await self._shares.give_up(share.share_id, now)
        elif await self._shares.begin_posting(share.share_id, now):
            await self._post(share)

    async def _post(self, share: Share) -> None:
        job = await self._jobs.job(share.job_id)
        shown = [(n, output) for n, output in enumerate(job.pictures, start=1) if output is _output_of(job, share)]
        for n, output in shown:
            limit = self._channel.file_limit(share.guild_id)
            picture = await self._album.picture(job, n, limit)
            if picture is not None and await self._may_show(job, share.channel_id, output):
                await self._posted(share, await self._channel.post(share, job, picture))
                return
        await self._shares.give_up(share.share_id, self._clock.now())
        raise NoPicture

    async def _posted(self, share: Share, message: MessageAt) -> None:
        await retry_until_stored(
            self._clock, lambda: self._shares.posted(share.share_id, message.message_id, self._clock.now())
        )

    async def _may_show(self, job: Job, channel_id: int, output: Output) -> bool:
        rules = await self._rules.rules(job.guild_id)
        is_age_restricted = await self._channel.is_age_restricted(channel_id)
        return rules.place(channel_id, channel_id, is_age_restricted=is_age_restricted).shows([output.mark])


def require_own(actor: Actor, job: Job) -> None:
    """Let only the requester of a picture, or a moderator, decide whether it is exhibited.

    Raises:
        NotAllowed: somebody else.
    """
    if job.member_id != actor.member_id and not actor.can_manage:
        raise NotAllowed(texts.rights.OWN_TO_TAKE_BACK)


def _picture_of(job: Job, n: int) -> tuple[Prediction, int, Output]:
    if not 1 <= n <= len(job.pictures):
        raise NoPicture
    output = job.pictures[n - 1]
    [(prediction, place)] = [
        (each, place) for each in job.predictions for place, own in enumerate(each.outputs) if own is output
    ]
    return prediction, place, output


def _output_of(job: Job, share: Share) -> Output | None:
    for each in job.predictions:
        if each.prediction_id == share.prediction_id and share.place < len(each.outputs):
            return each.outputs[share.place]
    return None
