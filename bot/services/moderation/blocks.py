"""Members who may use nothing but `/privacy` in a server; each block is on record."""

from __future__ import annotations

from bot import texts
from bot.db.rules import RuleStore
from bot.domain.clock import Clock
from bot.domain.errors import BadRequest
from bot.services.rights import Actor, require_manage, require_reason


class Blocks:
    """Keeps people out for the moderators of a server, and lets them back in."""

    def __init__(self, store: RuleStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def block(self, actor: Actor, member_id: int, reason: str) -> bool:
        """Let a member use nothing but `/privacy`; False if they were blocked already.

        Raises:
            NotAllowed: without Manage Server.
            BadRequest: yourself, or no reason.
        """
        require_manage(actor)
        if member_id == actor.member_id:
            raise BadRequest(texts.rules.OWN_BLOCK)
        words = require_reason(reason, texts.rules.BLOCK_NEEDS_REASON)
        return await self._store.block(
            actor.guild_id, member_id, reason=words, by_member_id=actor.member_id, at=self._clock.now()
        )

    async def unblock(self, actor: Actor, member_id: int) -> bool:
        """Let a member back in; False if they were not blocked."""
        require_manage(actor)
        return await self._store.unblock(actor.guild_id, member_id, by_member_id=actor.member_id, at=self._clock.now())
