"""Members who may use nothing but `/privacy` in a server, each change audited."""

from __future__ import annotations

from dataclasses import dataclass

from bot.db.audit import AuditEntry, write_audit
from bot.db.connection import Connection
from bot.domain.clock import Instant

BLOCK = """
INSERT INTO blocks (guild_id, account_id, reason, blocked_by, blocked_at)
VALUES (:guild_id, :account_id, :reason, :actor_id, :at)
ON CONFLICT (guild_id, account_id) DO NOTHING
"""

UNBLOCK = "DELETE FROM blocks WHERE guild_id = :guild_id AND account_id = :account_id"


@dataclass(frozen=True, slots=True)
class Blocking:
    """Whom somebody blocks, and why; without a reason they are let back in. Accounts by their numbers."""

    guild_id: int
    account_id: int
    actor_id: int
    at: Instant
    reason: str | None


def enter_block(connection: Connection, blocking: Blocking) -> bool:
    """Block somebody or let them back in; False if that was so already."""
    values = {
        "guild_id": blocking.guild_id,
        "account_id": blocking.account_id,
        "reason": blocking.reason,
        "actor_id": blocking.actor_id,
        "at": blocking.at,
    }
    statement, action = (UNBLOCK, "unblock") if blocking.reason is None else (BLOCK, "block")
    if connection.execute(statement, values).rowcount == 0:
        return False
    entry = AuditEntry(
        blocking.guild_id,
        blocking.actor_id,
        action,
        "member",
        blocking.account_id,
        blocking.at,
        reason=blocking.reason,
    )
    write_audit(connection, entry)
    return True
