"""Which audit entries each server's log channel has been sent."""

from __future__ import annotations

from collections.abc import Iterator

from bot.db.audit import read_audit
from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.domain.audit import Untold

# Servers with a log channel, and how many acts there are since the last one told, or since the channel was set.
UNTOLD = """
SELECT guild_id, log_channel_id, COUNT(*) AS count, MAX(audit_id) AS last_id
FROM (
    SELECT servers.guild_id, servers.log_channel_id, (
        SELECT MAX(audit_id) FROM (
            SELECT COALESCE(servers.logged_audit_id, 0) AS audit_id
            UNION ALL
            SELECT MAX(audit_id) - 1 FROM audit WHERE audit.guild_id = servers.guild_id AND action = 'log_channel'
        ) AS known
    ) AS known_id
    FROM servers WHERE servers.log_channel_id IS NOT NULL
) AS logged
JOIN audit USING (guild_id)
WHERE audit_id > known_id
GROUP BY guild_id, log_channel_id
"""

TOLD = "UPDATE servers SET logged_audit_id = :last_id WHERE guild_id = :guild_id"


class AuditFeedStore(Store):
    """Which acts log channels were told about."""

    @reads
    def untold(self, connection: Connection, limit: int) -> tuple[Untold, ...]:
        """What each server's log channel does not know yet, at most `limit` acts a server.

        Acts from before the channel was set are not told.
        """
        return tuple(_each_untold(connection, limit))

    @writes
    def told(self, connection: Connection, guild_id: int, last_id: int) -> None:
        """Remember that a server's log channel knows everything up to this act."""
        connection.execute(TOLD, {"guild_id": guild_id, "last_id": last_id})


def _each_untold(connection: Connection, limit: int) -> Iterator[Untold]:
    for row in connection.execute(UNTOLD).fetchall():
        shown = min(limit, row["count"])
        newest = read_audit(connection, row["guild_id"], None, shown)
        yield Untold(
            guild_id=row["guild_id"],
            channel_id=row["log_channel_id"],
            rows=newest[::-1],
            earlier=row["count"] - shown,
            last_id=row["last_id"],
        )
