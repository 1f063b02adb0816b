"""Pages of a server's audit."""

from __future__ import annotations

from dataclasses import dataclass

from bot.db.moderation import ModerationStore
from bot.domain.audit import AuditRow
from bot.services.rights import Actor, require_manage

PAGE_ROWS = 10
"""So many fit into one message whatever stands in them."""

LAST_PAGE = 99


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Acts of moderators, newest first; `number` counts pages from 0, `member_id` is whom they concern or None."""

    rows: tuple[AuditRow, ...]
    member_id: int | None
    number: int
    has_older: bool


class Audit:
    """Shows what was done."""

    def __init__(self, moderation: ModerationStore) -> None:
        self._moderation = moderation

    async def page(self, actor: Actor, member_id: int | None = None, number: int = 0) -> AuditPage:
        """One page of the acts in a server, or of those that concern one member.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(actor)
        shown = max(0, min(number, LAST_PAGE))
        first, end = shown * PAGE_ROWS, (shown + 1) * PAGE_ROWS
        rows = await self._moderation.audit(actor.guild_id, limit=end + 1, member_id=member_id)
        return AuditPage(rows[first:end], member_id, shown, has_older=len(rows) > end and shown < LAST_PAGE)
