"""Decodes and encodes images in threads, fairly between members and with bounded memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.domain.errors import BadImage
from bot.domain.images import OUTPUT_LIMITS, REFERENCE_LIMITS, CheckedImage, ImageLimits, Tile
from bot.domain.predictions import FailureReason, Refused
from bot.media.contact_sheet import draw_sheet
from bot.media.container import Container, DamagedImage
from bot.media.containers import opened
from bot.media.decode import inspect, take_in, verify
from bot.media.encode import fit, thumbnail
from bot.media.memory import forget_frames, give_back, keep_little
from bot.media.strip import draw_strip, square
from bot.services.fairness import OURSELVES, FairShare

SMALL_PIXELS = 2048 * 2048
"""A picture of at most this many takes a fraction of a second and 17 MB; most that people share are smaller."""

T = TypeVar("T")


class PillowChecker:
    """Implements `ImageChecker`.

    One thread decodes large pictures, another small ones and headers, so that memory and time are bounded whatever
    is sent: the figures of `ImageLimits` are what one large picture takes, and there is never a second one.
    """

    def __init__(self, *, references: ImageLimits = REFERENCE_LIMITS, outputs: ImageLimits = OUTPUT_LIMITS) -> None:
        self._references = references
        self._outputs = outputs
        self._small = FairShare(1)
        self._large = FairShare(1)
        keep_little()

    async def check_reference(self, content: bytes, filename: str, *, member_id: int) -> CheckedImage:
        """See `ImageChecker.check_reference`."""
        limits = self._references
        try:
            return await self._by_size(member_id, lambda: inspect(content, limits), lambda it: take_in(it, limits))
        except DamagedImage as error:
            raise BadImage(error.words, filename=filename, **error.facts) from error

    async def check_output(self, content: bytes) -> CheckedImage:
        """See `ImageChecker.check_output`."""
        limits = self._outputs
        try:
            return await self._by_size(
                OURSELVES, lambda: inspect(content, limits), lambda it: verify(content, it, limits)
            )
        except DamagedImage as error:
            raise Refused(FailureReason.NO_PICTURE, f"the output is no usable picture: {error}") from error

    async def fit(self, content: bytes, max_bytes: int) -> CheckedImage | None:
        """See `ImageChecker.fit`."""
        return await self._by_size(OURSELVES, lambda: opened(content), lambda it: fit(content, it, max_bytes))

    async def thumbnail(self, content: bytes, pixels: int) -> CheckedImage:
        """See `ImageChecker.thumbnail`."""
        return await self._by_size(OURSELVES, lambda: opened(content), lambda it: thumbnail(it, pixels))

    async def square(self, content: bytes) -> CheckedImage:
        """See `ImageChecker.square`."""
        return await self._by_size(OURSELVES, lambda: opened(content), square)

    async def strip(self, contents: Sequence[bytes | None], numbers: Sequence[int] | None = None) -> CheckedImage:
        """See `ImageChecker.strip`."""
        return await _in_thread(self._small, OURSELVES, lambda: draw_strip(contents, numbers))

    async def contact_sheet(self, tiles: Sequence[Tile]) -> CheckedImage:
        """See `ImageChecker.contact_sheet`."""
        return await _in_thread(self._small, OURSELVES, lambda: draw_sheet(tiles))

    async def _by_size(self, member_id: int, look: Callable[[], Container], work: Callable[[Container], T]) -> T:
        """Work at once on what proves small; a large picture is looked at anew when its turn comes.

        What taking it apart gave would otherwise be in memory a second time for as long as it waits.
        """

        def unless_large() -> tuple[T] | None:
            container = look()
            return None if _is_large(container) else (work(container),)

        done = await _in_thread(self._small, member_id, unless_large)
        if done is not None:
            return done[0]
        return await _in_thread(self._large, member_id, lambda: _and_give_back(lambda: work(look())))


def _is_large(container: Container) -> bool:
    return container.width * container.height > SMALL_PIXELS


async def _in_thread(lane: FairShare, member_id: int, work: Callable[[], T]) -> T:
    """Do it in a thread when it is this member's turn; the turn lasts until the thread is done, whoever still waits."""
    await lane.take(member_id)

    def done(running: asyncio.Future[T]) -> None:
        lane.give_back(member_id)
        if not running.cancelled():
            running.exception()  # seen, even if nobody waits any more

    running = asyncio.get_running_loop().run_in_executor(None, lambda: _without_remains(work))
    running.add_done_callback(done)
    return await asyncio.shield(running)


def _without_remains(work: Callable[[], T]) -> T:
    try:
        return work()
    except Exception as error:
        forget_frames(error)
        raise


def _and_give_back(work: Callable[[], T]) -> T:
    """Return the memory of a large picture to the system."""
    try:
        return work()
    finally:
        give_back()
