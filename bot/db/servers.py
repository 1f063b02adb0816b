"""Creates a server's row when it is first seen, with the operator's defaults."""

from __future__ import annotations

from bot.db.accounts import Accounts, MemberStore
from bot.db.connection import Connection
from bot.db.database import Database
from bot.db.limits import default_limits
from bot.domain.clock import Instant
from bot.domain.orders import Defaults

# A server that is seen for the first time.
SEE = "INSERT INTO servers (guild_id, seen_at) VALUES (:guild_id, :at) ON CONFLICT (guild_id) DO NOTHING"

IS_SEEN = "SELECT 1 FROM servers WHERE guild_id = :guild_id"

# One of the limits that a new server starts with.
COPY_DEFAULT = """
INSERT INTO limits (guild_id, kind, subject_id, period, amount_micros, set_at)
VALUES (:guild_id, :kind, :subject_id, :period, :amount, :at)
"""


class ServerStore(MemberStore):
    """A store that makes a server when it first writes to it."""

    def __init__(self, database: Database, accounts: Accounts, defaults: Defaults) -> None:
        super().__init__(database, accounts)
        self._defaults = defaults

    def _actor(self, connection: Connection, guild_id: int, by_member_id: int, at: Instant) -> int:
        """The account of who does something in a server, both made where they are new."""
        see_server(connection, guild_id, self._defaults, at)
        return self._accounts.number(connection, by_member_id, at)


def see_server(connection: Connection, guild_id: int, defaults: Defaults, at: Instant) -> bool:
    """Make the server with the operator's defaults if it is new; True if it was."""
    if connection.execute(SEE, {"guild_id": guild_id, "at": at}).rowcount == 0:
        return False
    for (kind, subject_id), limits in default_limits(defaults).items():
        for period, amount in limits.items():
            row = {
                "guild_id": guild_id,
                "kind": kind,
                "subject_id": subject_id,
                "period": period,
                "amount": amount,
                "at": at,
            }
            connection.execute(COPY_DEFAULT, row)
    return True


def is_seen(connection: Connection, guild_id: int) -> bool:
    """Whether the server was ever seen."""
    return connection.execute(IS_SEEN, {"guild_id": guild_id}).fetchone() is not None
