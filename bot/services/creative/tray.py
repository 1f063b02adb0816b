"""The tray: references that a member collects in a channel over several messages, until a picture is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.db.trays import TrayStore
from bot.domain.clock import Clock
from bot.domain.drafts import (
    NoSuchPlace,
    Slots,
    TrayOwner,
    moved,
    numbered,
    replaced,
    with_added,
    with_roles_set,
    without,
)
from bot.domain.orders import Requester
from bot.domain.references import Reference
from bot.services.creative.references import References, RequestedReference
from bot.services.creative.transfers import Transfers
from bot.services.ports.images import ImageVault


@dataclass(frozen=True, slots=True)
class Added:
    """What adding did: the tray as it is now, how many were new, and how many were there already or had no room."""

    slots: Slots
    added: int
    known: int
    left_out: int


class Tray:
    """Each member's own in each channel; kept across restarts, emptied by use or on request."""

    def __init__(self, trays: TrayStore, references: References, vault: ImageVault, clock: Clock) -> None:
        self._trays = trays
        self._references = references
        self._vault = vault
        self._clock = clock

    async def slots(self, requester: Requester) -> Slots:
        """What lies in it, in order; an image leaves it whose file is gone, or that was taken down."""
        slots = await self._trays.slots(owner_of(requester))
        gone = {slot.image.sha256 for slot in slots if slot.is_taken_down or not await self._vault.has(slot.image)}
        if not gone:
            return slots
        return await self._change(requester, lambda now: _without_images(now, gone))

    async def lying(self, requester: Requester) -> Slots:
        """What lies in it, without a look at the files; milliseconds."""
        slots = await self._trays.slots(owner_of(requester))
        return numbered(slot for slot in slots if not slot.is_taken_down)

    async def add(
        self, requester: Requester, requested: Sequence[RequestedReference], *, transfers: Transfers | None = None
    ) -> Added:
        """Fetch images at once and put them behind the others; `transfers` tells how far they are.

        Raises:
            BadImage: the first one, in order, that cannot be used; nothing is added then.
            TooManyReferences: there is no room for even one.
            TooManyCollected, MemberFrozen, NothingToSpend: see `References.collect`.
        """
        self._references.look(requested)
        taken = await self._references.collect(requested, requester, transfers=transfers)
        return await self._put(requester, taken)

    async def move(self, requester: Requester, place: int, to: int) -> Slots:
        """Put one into another place. Raises NoSuchPlace."""
        return await self._change(requester, lambda slots: moved(slots, _existing(slots, place), to))

    async def remove(self, requester: Requester, place: int) -> Slots:
        """Take one out. Raises NoSuchPlace."""
        return await self._change(requester, lambda slots: without(slots, place))

    async def replace(self, requester: Requester, place: int, new: RequestedReference) -> Slots:
        """Put another image in a place. Raises NoSuchPlace, and as `References.collect`."""
        _existing(await self._trays.slots(owner_of(requester)), place)
        self._references.look([new])
        [reference] = await self._references.collect([new], requester)
        return await self._change(requester, lambda slots: replaced(slots, place, reference))

    async def set_roles(self, requester: Requester, roles: Sequence[str | None]) -> Slots:
        """Say what each is for."""
        return await self._change(requester, lambda slots: with_roles_set(slots, roles))

    async def clear(self, requester: Requester) -> Slots:
        """Empty it; returns what was in it."""
        before = await self._trays.slots(owner_of(requester))
        await self._change(requester, lambda _: ())
        return before

    async def use(self, requester: Requester, used: Sequence[Reference]) -> None:
        """Take out what a job was made of; what was added meanwhile stays."""
        gone = {reference.image.sha256 for reference in used}
        await self._change(requester, lambda slots: _without_images(slots, gone))

    async def _put(self, requester: Requester, taken: Sequence[Reference]) -> Added:
        before: list[Slots] = []

        def change(slots: Slots) -> Slots:
            before.append(slots)
            return with_added(slots, taken)

        slots = await self._change(requester, change)
        added = len(slots) - len(before[-1])
        known = {slot.image.sha256 for slot in slots}
        left_out = sum(reference.image.sha256 not in known for reference in taken)
        return Added(slots, added, len(taken) - added - left_out, left_out)

    async def _change(self, requester: Requester, change: Callable[[Slots], Slots]) -> Slots:
        return await self._trays.change(owner_of(requester), change, self._clock.now())


def owner_of(requester: Requester) -> TrayOwner:
    """Whose tray it is."""
    return TrayOwner(requester.guild_id, requester.channel_id, requester.member_id)


def _existing(slots: Slots, place: int) -> int:
    if not 1 <= place <= len(slots):
        raise NoSuchPlace(place)
    return place


def _without_images(slots: Slots, gone: set[str]) -> Slots:
    for slot in reversed(slots):
        if slot.image.sha256 in gone:
            slots = without(slots, slot.place)
    return slots
