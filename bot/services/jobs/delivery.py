"""Posts a result once: in the channel, else by the next way that Discord allows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar

import structlog

from bot.db.jobs import JobStore
from bot.domain.clock import Clock
from bot.domain.images import CannotReadImages, CheckedImage, ImageNotKept
from bot.domain.jobs import Job, MessageAt, Prediction, PredictionState
from bot.domain.prompts import clip
from bot.domain.storyboards import caption_of, is_storyboard
from bot.services.crash_points import CrashHook, CrashPoint
from bot.services.jobs.contact_sheets import ContactSheets
from bot.services.jobs.fitted import FittedPictures
from bot.services.picture_files import picture_file
from bot.services.ports.messages import (
    NONCE_REMEMBERED,
    CannotSearch,
    Link,
    Messenger,
    NotNow,
    Picture,
    TakenDown,
    TooLarge,
    Unreachable,
)
from bot.services.ports.provider import Provider
from bot.services.provider_links import link_to_output
from bot.services.retry_until_stored import retry_until_stored

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 60.0
"""How long a rate limit may delay the result's own message; rather than wait longer the status message becomes it."""

_SMALLEST_LIMIT = 20_000
"""Bytes; a picture pressed into less is not worth looking at."""

_LINKS_ONLY = 0

Pictures: TypeAlias = tuple[Picture | Link, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where the result is now; None: somebody deleted it, or (`is_kept`) no way was open, and it is kept."""

    message: MessageAt | None
    is_kept: bool = False


class Delivery:
    """Brings results to members. Every step can be repeated after a crash."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        messenger: Messenger,
        provider: Provider,
        fitted: FittedPictures,
        sheets: ContactSheets,
        clock: Clock,
        crash_hook: CrashHook,
    ) -> None:
        self._jobs = jobs
        self._messenger = messenger
        self._provider = provider
        self._fitted = fitted
        self._sheets = sheets
        self._clock = clock
        self._crash_hook = crash_hook

    async def deliver(self, job: Job) -> Delivered:
        """Post the job's pictures, or have the message that already shows some of them show all.

        Raises:
            NotNow: Discord did not take it this time; call again.
            TooLarge: Discord did not even take links.
        """
        delivered = await self._deliver(job)
        self._fitted.let_go(job)
        return delivered

    async def deliver_again(self, job: Job) -> Delivered:
        """Have the result message show the pictures again, or post a new one where it is gone. Raises as `deliver`."""
        if job.result_message is not None:
            try:
                await self._fitting(job, partial(self._messenger.edit_result, job, job.result_message))
            except Unreachable:
                log.info("delivery.posted_again", job_id=job.job_id)
            else:
                return Delivered(job.result_message)
        try:
            return await self._record(job, await self._post(job))
        except TakenDown:
            return Delivered(None)

    async def _deliver(self, job: Job) -> Delivered:
        try:
            if job.result_message is not None:
                await self._edit(job, job.result_message)
                return Delivered(job.result_message)
            return await self._record(job, await self._bring(job))
        except TakenDown:
            log.info("delivery.taken_down", job_id=job.job_id)
            return Delivered(None)

    async def _bring(self, job: Job) -> MessageAt | None:
        if job.posting_at is None:
            return await self._post(job)
        # An earlier try may have posted without living to tell.
        try:
            found = await self._messenger.find_result(job)
        except Unreachable:
            found = None
        except CannotSearch:
            # What seems to lie ahead was before the clock was set back, nobody knows how long.
            if not 0 <= self._clock.now() - job.posting_at <= NONCE_REMEMBERED:
                return await self._without_posting(job)
            found = None
        message = found or await self._post(job)
        if message is not None and job.comes_in_parts:
            # What was posted then may lack the pictures that came since.
            await self._edit(job, message)
        return message

    async def _post(self, job: Job) -> MessageAt | None:
        await retry_until_stored(self._clock, lambda: self._jobs.begin_posting(job.job_id, self._clock.now()))
        self._crash_hook(CrashPoint.POSTING)
        message = await self._by_the_first_open_way(job)
        self._crash_hook(CrashPoint.POSTED)
        return message

    async def _edit(self, job: Job, message: MessageAt) -> None:
        try:
            await self._fitting(job, partial(self._messenger.edit_result, job, message))
        except Unreachable:
            log.info("delivery.result_gone", job_id=job.job_id)

    async def _by_the_first_open_way(self, job: Job) -> MessageAt | None:
        try:
            return await self._fitting(job, partial(self._messenger.post_result, job))
        except Unreachable:
            log.info("delivery.channel_closed", job_id=job.job_id)
        except NotNow as error:
            if error.retry_after <= LONGEST_WAIT_SECONDS:
                raise
            log.warning("delivery.rate_limited", job_id=job.job_id, retry_after=error.retry_after)
            return await self._instead_of_waiting(job, error)
        return await self._without_posting(job)

    async def _instead_of_waiting(self, job: Job, refused: NotNow) -> MessageAt:
        """Discord did not take the post and said when it may be tried again: that is too long to wait for a picture."""
        try:
            return await self._fitting(job, partial(self._messenger.result_as_status, job))
        except (Unreachable, NotNow):
            raise refused from None

    async def _without_posting(self, job: Job) -> MessageAt | None:
        for way in (self._messenger.result_as_status, self._messenger.result_by_dm):
            try:
                return await self._fitting(job, partial(way, job))
            except Unreachable:
                continue
        log.warning("delivery.kept", job_id=job.job_id)
        return None

    async def _fitting(self, job: Job, send: Callable[[Pictures], Awaitable[T]]) -> T:
        """Send files as large as the server takes, smaller ones where Discord finds them too large, links at last."""
        files = len(job.pictures) + is_storyboard(job)
        limit = self._messenger.file_limit(job.guild_id, files)
        while True:
            pictures = await self._pictures(job, limit)
            try:
                return await send(pictures)
            except TooLarge:
                if limit == _LINKS_ONLY:
                    raise
                limit = _half_of(pictures)

    async def _record(self, job: Job, message: MessageAt | None) -> Delivered:
        if message is not None:
            await retry_until_stored(self._clock, lambda: self._jobs.set_result_message(job.job_id, message))
            self._crash_hook(CrashPoint.RECORDED)
            log.info("delivery.done", job_id=job.job_id)
        return Delivered(message, is_kept=message is None)

    async def _pictures(self, job: Job, limit: int) -> Pictures:
        """The job's pictures as files of at most `limit` bytes each, as links where that cannot be."""
        shown = [
            (prediction, place)
            for prediction in job.predictions
            if prediction.state is PredictionState.COMPLETED
            for place in range(len(prediction.outputs))
        ]
        made: list[Picture | Link | None] = []
        for n, (prediction, place) in enumerate(shown, start=1):
            file = await self._file(job, prediction, place, limit)
            link = None if file else await link_to_output(self._provider, job.job_id, prediction, place)
            alt = caption_of(job, prediction) or _alt(job, n)
            made.append(picture_file(job, n, prediction, file, alt=alt) if file else link)
        sheet = None if limit == _LINKS_ONLY else await self._sheets.sheet(job, limit)
        return tuple(picture for picture in (*made, sheet) if picture is not None)

    async def _file(self, job: Job, prediction: Prediction, place: int, limit: int) -> CheckedImage | None:
        """One picture in at most `limit` bytes; None where it has to be a link."""
        if limit == _LINKS_ONLY:
            return None
        image = prediction.outputs[place].image
        try:
            fitted = await self._fitted.fitted(prediction, place, image, limit)
        except ImageNotKept:
            log.warning("delivery.picture_lost", job_id=job.job_id)
            return None
        except CannotReadImages as error:
            raise NotNow(error.detail) from error
        if fitted is None:
            log.warning("delivery.picture_too_large", job_id=job.job_id, size=image.size)
        return fitted


def _alt(job: Job, n: int) -> str:
    which = f" {n} of {len(job.pictures)}" if len(job.pictures) > 1 else ""
    return f"Picture{which}: {clip(job.prompt, 200)}" if job.prompt else f"Picture{which}"


def _half_of(pictures: Pictures) -> int:
    """The next limit to try: half of the largest file that was too large, or none at all."""
    half = max((len(picture.content) for picture in pictures if isinstance(picture, Picture)), default=0) // 2
    return half if half >= _SMALLEST_LIMIT else _LINKS_ONLY
