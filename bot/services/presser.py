"""Who presses a button or sends a command."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Presser:
    """Who pressed a button or sent a command about a job, as Discord vouches for it."""

    member_id: int
    guild_id: int
    can_manage: bool
    role_ids: tuple[int, ...] = ()
