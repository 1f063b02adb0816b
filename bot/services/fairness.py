"""A semaphore that members take in turns, however much one of them asks for."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

OURSELVES = 0
"""The member id under which the bot itself asks; it takes turns like a member. Discord gives nobody this id."""


class FairShare:
    """A room of `size` units. Members take turns, each member's own wishes in the order of asking.

    A wish larger than the room counts as the whole room. `each` is how much one member may have at a time, if others
    are to find room beside them; one wish is always granted.
    """

    def __init__(self, size: int, *, each: int | None = None) -> None:
        self._size = size
        self._each = size if each is None else each
        self._free = size
        self._held: Counter[int] = Counter()
        self._waiting: dict[int, deque[tuple[int, asyncio.Future[None]]]] = {}

    @asynccontextmanager
    async def turn(self, member_id: int, units: int = 1) -> AsyncGenerator[None]:
        """Wait for this member's turn, and have that many units until the block ends."""
        await self.take(member_id, units)
        try:
            yield
        finally:
            self.give_back(member_id, units)

    async def take(self, member_id: int, units: int = 1) -> None:
        """Wait for this member's turn; what was taken is given back by `give_back` with the same figures."""
        wish = min(units, self._size)
        granted = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(member_id, deque()).append((wish, granted))
        self._grant()
        try:
            # Shielded, so that a wish is either waiting or granted and never in between.
            await asyncio.shield(granted)
        except asyncio.CancelledError:
            if granted.done():
                self.give_back(member_id, units)
            else:
                self._forget(member_id, granted)
            raise

    def give_back(self, member_id: int, units: int = 1) -> None:
        """Make room for whoever is next."""
        wish = min(units, self._size)
        self._free += wish
        self._held[member_id] -= wish
        if not self._held[member_id]:
            del self._held[member_id]
        self._grant()

    def _grant(self) -> None:
        """Let in whoever is next as long as there is room; nobody overtakes one whose wish is larger than that."""
        while (member_id := self._next()) is not None:
            wish, granted = self._waiting[member_id].popleft()
            queue = self._waiting.pop(member_id)
            if queue:  # behind everybody else
                self._waiting[member_id] = queue
            self._free -= wish
            self._held[member_id] += wish
            granted.set_result(None)

    def _next(self) -> int | None:
        """Who has the next turn, if there is room for what they wish."""
        for member_id, queue in self._waiting.items():
            wish, _ = queue[0]
            if not self._has_enough(member_id, wish):
                return member_id if wish <= self._free else None
        return None

    def _has_enough(self, member_id: int, wish: int) -> bool:
        held = self._held[member_id]
        return held > 0 and held + wish > self._each

    def _forget(self, member_id: int, granted: asyncio.Future[None]) -> None:
        """Somebody does not wait any more."""
        left = deque(each for each in self._waiting[member_id] if each[1] is not granted)
        if left:
            self._waiting[member_id] = left
        else:
            del self._waiting[member_id]
        self._grant()
