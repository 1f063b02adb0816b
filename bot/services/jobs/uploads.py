"""Uploads references to the provider once per content, and remembers their URLs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.db.images import ImageStore
from bot.domain.clock import DAY, Clock
from bot.domain.images import EXTENSIONS, CannotReadImages, ImageNotKept, StoredImage
from bot.domain.jobs import Job
from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.services.crash_points import CrashHook, CrashPoint
from bot.services.ports.images import ImageVault
from bot.services.ports.provider import Provider

log = structlog.get_logger(__name__)

KEPT_FOR = 6 * DAY
"""The provider deletes uploads after 7 days; one day less leaves a job in the queue enough time."""

_LOOK_AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Ready:
    """All references of a job are at the provider, in their order."""

    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotYet:
    """An upload did not get through. Uploads cost nothing, so repeating them is free.

    `after_seconds` is the provider's own wish, or None.
    """

    after_seconds: float | None


@dataclass(frozen=True, slots=True)
class Impossible:
    """A reference that the provider does not take, or that we no longer have."""

    reason: FailureReason


class Uploads:
    """Puts references where the provider can read them."""

    def __init__(
        self, provider: Provider, vault: ImageVault, images: ImageStore, clock: Clock, crash_hook: CrashHook
    ) -> None:
        self._provider = provider
        self._vault = vault
        self._images = images
        self._clock = clock
        self._crash_hook = crash_hook

    async def known(self, job: Job) -> tuple[str, ...] | None:
        """Where the provider has the references of a job, in their order; None while one of them is missing there."""
        now = self._clock.now()
        urls = [await self._images.uploaded(reference.image.sha256, now) for reference in job.references]
        present = tuple(url for url in urls if url is not None)
        return present if len(present) == len(urls) else None

    async def ensure(self, job: Job) -> Ready | NotYet | Impossible:
        """Upload what the provider does not have yet."""
        try:
            return Ready(tuple([await self._url_of(reference.image) for reference in job.references]))
        except TryLater as error:
            log.warning("upload.later", job_id=job.job_id, detail=error.detail)
            return NotYet(error.after_seconds)
        except CannotReadImages as error:
            log.warning("upload.out_of_reach", job_id=job.job_id, detail=error.detail)
            return NotYet(_LOOK_AGAIN_SECONDS)
        except ImageNotKept:
            log.warning("upload.image_lost", job_id=job.job_id)
            return Impossible(FailureReason.REFERENCE_LOST)
        except Refused as error:
            log.warning("upload.refused", job_id=job.job_id, reason=error.reason.value, detail=error.detail)
            return Impossible(error.reason)

    async def forget(self, images: Sequence[StoredImage]) -> None:
        """The provider could not read these where it had put them: upload them anew next time."""
        for image in images:
            await self._images.forget_upload(image.sha256)

    async def _url_of(self, image: StoredImage) -> str:
        known = await self._images.uploaded(image.sha256, self._clock.now())
        if known is not None:
            return known
        content = await self._vault.read(image)
        filename = f"{image.sha256[:16]}.{EXTENSIONS[image.content_type]}"
        url = await self._provider.upload(content, filename=filename, content_type=image.content_type)
        self._crash_hook(CrashPoint.UPLOADED)
        await self._images.set_uploaded(image.sha256, url, self._clock.now() + KEPT_FOR)
        return url
