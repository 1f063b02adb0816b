"""Shards of the bot that one process serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LEAST_BITS = 22
"""The bits of an id that tell nothing about when it was made ("Sharding", Discord's documentation)."""


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards that one process holds, of `count` in all.

    Raises:
        ValueError: there is none, or one that does not exist.
    """

    count: int
    ids: tuple[int, ...]

    def __post_init__(self) -> None:
        """See that each exists."""
        if not self.ids or not all(0 <= each < self.count for each in self.ids):
            raise ValueError("a shard is from 0 to one less than their number")

    @property
    def are_all(self) -> bool:
        """Whether nothing is left for another process."""
        return len(set(self.ids)) == self.count

    def hold(self, guild_id: int) -> bool:
        """Whether what happens in a server comes here; 0 stands for direct messages, which come to shard 0."""
        return (guild_id >> _LEAST_BITS) % self.count in self.ids


def shard_ids_in(text: str) -> Sequence[int]:
    """The shards that `0,2-4` names, in order and each once.

    Raises:
        ValueError: it is no list of numbers and spans.
    """
    found: set[int] = set()
    for part in text.split(","):
        first, is_span, last = part.strip().partition("-")
        found.update(range(int(first), int(last if is_span else first) + 1))
    return sorted(found)
