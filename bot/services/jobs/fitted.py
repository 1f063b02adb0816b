"""Finished pictures fitted to Discord's file limit, cached until they are posted."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.images import CheckedImage, StoredImage
from bot.domain.jobs import Job, Prediction
from bot.domain.storyboards import is_storyboard
from bot.services.ports.images import ImageChecker, ImageVault

HELD_BYTES = 64 * 1024 * 1024
"""So much waits in memory for its post; of more, the oldest is read again when it is wanted."""

Key: TypeAlias = tuple[int, int]
"""Which prediction, and the place among its pictures."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A picture that waits for its post, and the smaller copy that is being made where it is too large for one."""

    image: CheckedImage
    limit: int
    copy: asyncio.Task[CheckedImage | None] | None


class FittedPictures:
    """Makes pictures fit while the books are still being written, so that nothing is left to do once they are."""

    def __init__(self, checker: ImageChecker, vault: ImageVault, file_limit: Callable[[int, int], int]) -> None:
        """Take how many bytes a file of a server may have where so many are posted at once as `file_limit`."""
        self._checker = checker
        self._vault = vault
        self._file_limit = file_limit
        self._held: OrderedDict[Key, _Held] = OrderedDict()

    def prepare(self, job: Job, prediction: Prediction, place: int, image: CheckedImage) -> None:
        """Hold a picture that will be posted soon, and begin to make it fit."""
        limit = self._file_limit(job.guild_id, len(job.predictions) + is_storyboard(job))
        is_larger = len(image.content) > limit
        copy = asyncio.create_task(self._checker.fit(image.content, limit)) if is_larger else None
        if copy is not None:
            copy.add_done_callback(_note)
        self._held[prediction.prediction_id, place] = _Held(image, limit, copy)
        while sum(len(each.image.content) for each in self._held.values()) > HELD_BYTES:
            self._held.popitem(last=False)

    async def fitted(self, prediction: Prediction, place: int, image: StoredImage, limit: int) -> CheckedImage | None:
        """One picture in at most `limit` bytes; None where even a small copy is larger.

        Raises:
            ImageNotKept: it is gone.
            CannotReadImages: nobody can tell at the moment.
        """
        held = self._held.get((prediction.prediction_id, place))
        if held is not None and held.copy is not None and held.limit == limit:
            return await asyncio.shield(held.copy)
        content = await self._vault.read(image) if held is None else held.image.content
        if len(content) <= limit:
            return CheckedImage(content, image.content_type, image.width, image.height)
        return await self._checker.fit(content, limit)

    def let_go(self, job: Job) -> None:
        """Hold nothing more of this job: it was posted, or will not be so soon."""
        theirs = {prediction.prediction_id for prediction in job.predictions}
        for key in [each for each in self._held if each[0] in theirs]:
            del self._held[key]


def _note(copy: asyncio.Task[CheckedImage | None]) -> None:
    """Look at how it ended, although nobody may want the copy any more."""
    if not copy.cancelled():
        copy.exception()
