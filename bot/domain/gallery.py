"""The filter of the gallery."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GalleryFilter:
    """Which pictures to look for; None does not narrow. Only `channel_ids` are looked into."""

    guild_id: int
    channel_ids: frozenset[int]
    member_id: int | None = None
    model_id: str | None = None
