"""Freezes and unfreezes a member's spending; running jobs finish."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from bot.db.jobs import JobStore
from bot.db.moderation import ModerationStore
from bot.domain.clock import Clock
from bot.services.rights import Actor, require_manage, require_reason


@dataclass(frozen=True, slots=True)
class FreezeChange:
    """What a freeze did: whether it is new, and how many jobs of the member go on."""

    member_id: int
    is_new: bool
    running: int
    reason: str


class Freezing:
    """Stops and starts the spending of one member."""

    def __init__(self, moderation: ModerationStore, jobs: JobStore, clock: Clock) -> None:
        self._moderation = moderation
        self._jobs = jobs
        self._clock = clock

    async def freeze(self, actor: Actor, member_id: int, reason: str) -> FreezeChange:
        """Let a member spend nothing; the earlier reason stays where they were frozen already.

        Raises:
            NotAllowed: without Manage Server.
            BadRequest: no reason; the member reads it.
        """
        require_manage(actor)
        words = require_reason(reason, texts.freezes.NEEDS_REASON)
        is_new = await self._moderation.freeze(
            actor.guild_id, member_id, reason=words, by_member_id=actor.member_id, at=self._clock.now()
        )
        running = await self._jobs.open_jobs_of(actor.guild_id, member_id)
        return FreezeChange(member_id, is_new, len(running), words)

    async def unfreeze(self, actor: Actor, member_id: int) -> bool:
        """Let a member spend again; False if they were not frozen.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(actor)
        return await self._moderation.unfreeze(
            actor.guild_id, member_id, by_member_id=actor.member_id, at=self._clock.now()
        )
