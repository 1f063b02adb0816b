"""Pictures, strips and thumbnails from our own store, sized for a Discord message."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from bot import texts
from bot.domain.images import CannotReadImages, ImageNotKept, StoredImage
from bot.domain.jobs import Job, Output, Prediction
from bot.domain.marks import Exposure
from bot.domain.prompts import clip
from bot.domain.references import Reference
from bot.domain.storyboards import caption_of
from bot.services.picture_files import picture_file
from bot.services.ports.images import ImageChecker, ImageVault
from bot.services.ports.messages import Picture

THUMBNAIL_PIXELS = 480
_ALT_CHARS = 200

REMEMBERED_SQUARES = 200
"""Each has at most 50 kB."""


class Album:
    """Reads pictures out of the store and fits them to a message."""

    def __init__(self, vault: ImageVault, checker: ImageChecker) -> None:
        self._vault = vault
        self._checker = checker
        self._squares: OrderedDict[str, bytes] = OrderedDict()
        self._drawing: dict[str, asyncio.Task[bytes]] = {}

    async def strip(self, references: Sequence[Reference]) -> bytes | None:
        """The reference strip as a PNG, as openly as each is shown; None where there is none, or one is not kept."""
        if not references:
            return None
        covered = Exposure.COVERED
        try:
            squares = [None if each.exposure is covered else await self._square(each.image) for each in references]
        except (ImageNotKept, CannotReadImages):
            return None
        return (await self._checker.strip(squares, [each.place for each in references])).content

    async def pictures(self, job: Job, max_bytes: int, of: Prediction | None = None) -> tuple[Picture, ...]:
        """A job's pictures as files of at most `max_bytes` each; those that are no longer kept are left out.

        `of`: those of this prediction, whether or not they may be shown.
        """
        shown = job.painted if of is None else [(of, output) for output in of.outputs]
        made = [await self._fitted(job, n, *each, max_bytes) for n, each in enumerate(shown, start=1)]
        return tuple(picture for picture in made if picture is not None)

    async def picture(self, job: Job, n: int, max_bytes: int) -> Picture | None:
        """The picture of that number as a file of at most `max_bytes`; None where it is no longer kept."""
        return await self._fitted(job, n, *job.painted[n - 1], max_bytes)

    async def thumbnail(self, job: Job) -> Picture | None:
        """A small copy of a job's first picture that is still kept."""
        for prediction, output in job.painted:
            try:
                content = await self._vault.read(output.image)
            except (ImageNotKept, CannotReadImages):
                continue
            small = await self._checker.thumbnail(content, THUMBNAIL_PIXELS)
            return Picture(small.content, f"easel-{job.job_id}.png", alt_of(job, prediction), job.is_spoiler)
        return None

    async def _square(self, image: StoredImage) -> bytes:
        """An image as strips show it. Those shown last are remembered: a tray is drawn anew with every press.

        Raises:
            ImageNotKept: also for one that is remembered, once its file is gone.
        """
        known = self._squares.pop(image.sha256, None)
        if known is None or not await self._vault.has(image):
            known = await self._drawn_once(image)
        self._squares[image.sha256] = known
        if len(self._squares) > REMEMBERED_SQUARES:
            self._squares.popitem(last=False)
        return known

    async def _drawn_once(self, image: StoredImage) -> bytes:
        """Draw a square, for all who want the same one at the moment: several statuses may show one image."""
        drawing = self._drawing.get(image.sha256)
        if drawing is None:
            drawing = asyncio.create_task(self._draw(image), name=f"square {image.sha256[:8]}")
            self._drawing[image.sha256] = drawing
            drawing.add_done_callback(lambda _: self._drawing.pop(image.sha256))
        return await asyncio.shield(drawing)

    async def _draw(self, image: StoredImage) -> bytes:
        return (await self._checker.square(await self._vault.read(image))).content

    async def _fitted(self, job: Job, n: int, prediction: Prediction, output: Output, max_bytes: int) -> Picture | None:
        try:
            content = await self._vault.read(output.image)
        except ImageNotKept:
            return None
        fitted = await self._checker.fit(content, max_bytes)
        if fitted is None:
            return None
        return picture_file(job, n, prediction, fitted, alt=alt_of(job, prediction))


def alt_of(job: Job, prediction: Prediction) -> str:
    """What a picture of this prediction shows, in words: those of its shot whole."""
    if caption := caption_of(job, prediction):
        return texts.results.ALT_OF_SHOT.format(caption=caption, job_id=job.job_id)
    if not job.prompt:
        return texts.results.ALT_ALONE.format(job_id=job.job_id)
    return texts.results.ALT.format(job_id=job.job_id, prompt=clip(job.prompt, _ALT_CHARS))
