"""Taking in reference images: fetched at once because their addresses die, checked, kept, and put in their order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from traceback import clear_frames

from bot import texts
from bot.db.collected import CollectedStore
from bot.db.images import ImageStore
from bot.domain.clock import Clock
from bot.domain.errors import BadImage, BadRequest, Faults
from bot.domain.images import REFERENCE_LIMITS, CheckedImage, ImageNotKept, StoredImage
from bot.domain.orders import Requester
from bot.domain.prompts import clean_role
from bot.domain.references import Reference
from bot.domain.samples import SAMPLE_FILENAME
from bot.domain.styles import StyleImageGone
from bot.services.creative.transfers import Transfers
from bot.services.fairness import FairShare
from bot.services.ports.images import AttachmentReader, ImageChecker, ImageVault, ReadableAttachment

SMALL_FILE_BYTES = 2_000_000
SMALL_FILES_BYTES = 16_000_000
LARGE_FILES_BYTES = 2 * REFERENCE_LIMITS.max_bytes
"""How much of the files that are being taken in is in memory at a time, so that two members fill it and not one."""


@dataclass(frozen=True, slots=True)
class KeptImage:
    """An image that is in our store already: of an earlier job, of a tray, or of a draft."""

    filename: str
    image: StoredImage
    note: str | None = None
    is_marked: bool = False
    is_taken_down: bool = False


@dataclass(frozen=True, slots=True)
class SampleImage:
    """The sample that comes with the package, for whoever has no image at hand."""

    filename: str = SAMPLE_FILENAME


@dataclass(frozen=True, slots=True)
class RequestedReference:
    """An image as a member handed it in, or as a style brought it: in which place, and as what."""

    place: int
    attachment: ReadableAttachment | KeptImage | SampleImage
    role: str | None = None
    is_spoiler: bool = False
    of_style: bool = False


class ImageTakenDown(BadRequest):
    """A reference that is a result which somebody hid or deleted since."""

    def __init__(self, place: int) -> None:
        super().__init__(texts.images.TAKEN_DOWN, place=place)


def close_gaps(requested: Sequence[RequestedReference]) -> tuple[RequestedReference, ...]:
    """Order by place and number from 1: `image1, image4` become references 1 and 2."""
    in_order = sorted(requested, key=lambda reference: reference.place)
    return tuple(replace(reference, place=place) for place, reference in enumerate(in_order, start=1))


def _look_at(requested: RequestedReference) -> None:
    attachment = requested.attachment
    if isinstance(attachment, KeptImage):
        if attachment.is_taken_down:
            raise StyleImageGone(attachment.filename) if requested.of_style else ImageTakenDown(requested.place)
        return
    if isinstance(attachment, SampleImage) or attachment.size is None:
        return
    if attachment.size > REFERENCE_LIMITS.max_bytes:
        raise BadImage(
            texts.images.LARGER_THAN, filename=attachment.filename, most=REFERENCE_LIMITS.max_bytes / 1_000_000
        )
    if attachment.size == 0:
        raise BadImage(texts.images.EMPTY, filename=attachment.filename)


class References:
    """Takes attachments in, whole order or nothing."""

    def __init__(
        self,
        reader: AttachmentReader,
        checker: ImageChecker,
        vault: ImageVault,
        *,
        images: ImageStore,
        collected: CollectedStore,
        sample: CheckedImage,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._checker = checker
        self._vault = vault
        self._images = images
        self._collected = collected
        self._sample = sample
        self._clock = clock
        self._small_files = FairShare(SMALL_FILES_BYTES)
        self._large_files = FairShare(LARGE_FILES_BYTES, each=REFERENCE_LIMITS.max_bytes)

    def can_fetch(self, url: str) -> bool:
        """Whether an image that a message only shows lies where images are fetched from."""
        return self._reader.can_fetch(url)

    def look(self, requested: Sequence[RequestedReference]) -> None:
        """Refuse what Discord already says is too large, before anything is fetched.

        Raises:
            BadRequest: names each file.
            ImageTakenDown: one is a result that was hidden or deleted.
        """
        faults = Faults()
        for reference in close_gaps(requested):
            with faults.noted():
                _look_at(reference)
        faults.tell()

    async def collect(
        self,
        requested: Sequence[RequestedReference],
        requester: Requester,
        *,
        transfers: Transfers | None = None,
        for_asking: bool = False,
    ) -> tuple[Reference, ...]:
        """Take images in for a tray or a draft, before anything is paid; `for_asking`: see `CollectedStore.check_room`.

        Raises:
            TooManyCollected, MemberFrozen, NothingToSpend: nothing was fetched.
            BadRequest: as `take`.
        """
        if not all(isinstance(each.attachment, KeptImage) for each in requested):
            await self._collected.check_room(requester, self._clock.now(), for_asking=for_asking)
        return await self.take(requested, member_id=requester.member_id, transfers=transfers)

    async def take(
        self, requested: Sequence[RequestedReference], *, member_id: int, transfers: Transfers | None = None
    ) -> tuple[Reference, ...]:
        """Fetch, check and keep all of them for a member, in their order with gaps closed.

        `transfers` then tells how far they are.

        Raises:
            BadRequest: each one, in order, that cannot be used; `ImageNotKept` where one of our own is gone.
        """
        on_their_way = Transfers() if transfers is None else transfers
        taking = [self._take_one(each, member_id, on_their_way) for each in close_gaps(requested)]
        taken = await asyncio.gather(*taking, return_exceptions=True)
        faults = Faults()
        references: list[Reference] = []
        for outcome in taken:
            with faults.noted():
                if isinstance(outcome, BaseException):
                    clear_frames(outcome.__traceback__)  # they hold whole files, for as long as the error is kept
                    raise outcome
                references.append(outcome)
        faults.tell()
        return tuple(references)

    async def _take_one(self, requested: RequestedReference, member_id: int, transfers: Transfers) -> Reference:
        attachment = requested.attachment
        role = clean_role(requested.role)
        if isinstance(attachment, KeptImage):
            if attachment.is_taken_down:
                raise ImageTakenDown(requested.place)
            if not await self._vault.has(attachment.image):
                raise (StyleImageGone if requested.of_style else ImageNotKept)(attachment.filename)
            return Reference(
                requested.place,
                role,
                attachment.filename,
                attachment.image,
                attachment.note,
                is_spoiler=requested.is_spoiler,
                is_marked=attachment.is_marked,
                of_style=requested.of_style,
            )
        if isinstance(attachment, SampleImage):
            image, notes = await self._vault.keep(self._sample), self._sample.notes
        else:
            async with self._in_memory(attachment.size, member_id):
                content = await self._fetch(attachment, transfers)
                checked = await self._checker.check_reference(content, attachment.filename, member_id=member_id)
                image, notes = await self._vault.keep(checked), checked.notes
        is_marked = await self._images.keep(image, self._clock.now())
        return Reference(
            place=requested.place,
            role=role,
            filename=attachment.filename,
            image=image,
            note=", ".join(notes) or None,
            is_spoiler=requested.is_spoiler,
            is_marked=is_marked,
        )

    async def _fetch(self, attachment: ReadableAttachment, transfers: Transfers) -> bytes:
        transfer = transfers.begin(attachment.filename, attachment.size)
        try:
            return await self._reader.read(
                attachment, max_bytes=REFERENCE_LIMITS.max_bytes, arrived=transfer.has_arrived
            )
        finally:
            transfer.is_done = True

    def _in_memory(self, declared: int | None, member_id: int) -> AbstractAsyncContextManager[None]:
        """Room for a whole file of that many bytes, from its fetching until it is kept."""
        size = REFERENCE_LIMITS.max_bytes if declared is None else declared
        room = self._small_files if size <= SMALL_FILE_BYTES else self._large_files
        return room.turn(member_id, size)
