"""Who may not spend at the moment: a frozen member, a paused server, the whole bot."""

from __future__ import annotations

from bot import texts
from bot.db.connection import Connection
from bot.db.facts import BROKEN_LEDGER_FACT, PAUSED_FACT
from bot.domain.errors import Frozen, MemberFrozen, ServerPaused

# Why anything stands still for a member in a server, the widest reason first; an empty fact is no reason.
REASONS = """
SELECT 'broken_ledger' AS who, value AS reason, 1 AS width FROM facts WHERE name = :broken_ledger AND value <> ''
UNION ALL
SELECT 'bot', value, 2 FROM facts WHERE name = :paused AND value <> ''
UNION ALL
SELECT 'server', COALESCE(paused_reason, ''), 3 FROM servers
WHERE guild_id = :guild_id AND paused_at IS NOT NULL
UNION ALL
SELECT 'member', reason, 4 FROM freezes WHERE guild_id = :guild_id AND account_id = :account_id
ORDER BY width LIMIT 1
"""

# Why one member may not spend in a server.
REASON_OF_MEMBER = "SELECT reason FROM freezes WHERE guild_id = :guild_id AND account_id = :account_id"


def refuse_frozen(connection: Connection, guild_id: int, account_id: int) -> None:
    """Let nobody spend who is frozen, or whose server or bot is.

    Raises:
        Frozen: says who stopped it, and why where they gave a reason.
    """
    values = {
        "broken_ledger": BROKEN_LEDGER_FACT,
        "paused": PAUSED_FACT,
        "guild_id": guild_id,
        "account_id": account_id,
    }
    row = connection.execute(REASONS, values).fetchone()
    if row is None:
        return
    reason: str = row["reason"]
    match row["who"]:
        case "broken_ledger":
            # The reason names tables and figures; it is for the operator's eyes.
            raise Frozen(texts.freezes.ACCOUNTS)
        case "bot":
            raise Frozen(texts.freezes.BOT_BECAUSE if reason else texts.freezes.BOT, reason=reason)
        case "server":
            raise ServerPaused(reason)
        case _:
            raise MemberFrozen(reason)
