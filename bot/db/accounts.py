"""Account numbers: stand in for Discord ids in the ledger and the audit, so that a member can be erased."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from bot.db.connection import Connection
from bot.db.database import Database, Store
from bot.domain.clock import Instant

KEY_FACT = "account_key"

# The account behind a keyed hash, and the Discord id that it still carries.
FIND = "SELECT account_id, member_id FROM accounts WHERE member_key = :member_key"

# A new account, or one whose id was erased and whose owner is back.
OPEN = """
INSERT INTO accounts (member_id, member_key, created_at) VALUES (:member_id, :member_key, :at)
ON CONFLICT (member_key) DO UPDATE SET member_id = excluded.member_id
RETURNING account_id
"""

# The key of this installation, made once.
KEEP_KEY = "INSERT INTO facts (name, value, set_at) VALUES (:name, :value, :at) ON CONFLICT (name) DO NOTHING"
READ_KEY = "SELECT value FROM facts WHERE name = :name"


@dataclass(frozen=True, slots=True)
class Accounts:
    """Finds and opens accounts by HMAC-SHA256 of the Discord id under this installation's own key.

    The hash outlives the id: whoever has their data deleted and comes back finds the same account, its limits and
    its spending, while the ledger alone names nobody.
    """

    key: bytes = field(repr=False)

    def find(self, connection: Connection, member_id: int) -> int | None:
        """The account of a member, or None if they never had one."""
        row = connection.execute(FIND, {"member_key": self._hash(member_id)}).fetchone()
        return None if row is None else row["account_id"]

    def number(self, connection: Connection, member_id: int, at: Instant) -> int:
        """The account of a member, opened if they are new or had their id erased."""
        member_key = self._hash(member_id)
        row = connection.execute(FIND, {"member_key": member_key}).fetchone()
        if row is not None and row["member_id"] == member_id:
            return row["account_id"]
        opened = connection.execute(OPEN, {"member_id": member_id, "member_key": member_key, "at": at})
        return opened.fetchall()[0]["account_id"]

    def _hash(self, member_id: int) -> str:
        return hmac.new(self.key, str(member_id).encode(), hashlib.sha256).hexdigest()


class MemberStore(Store):
    """A store whose rows belong to members: it is asked by their Discord ids, and keeps account numbers."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        super().__init__(database)
        self._accounts = accounts


def ensure_key(connection: Connection, fresh_key: str, at: Instant) -> str:
    """Return this installation's key, keeping `fresh_key` (hex digits) if it has none yet."""
    connection.execute(KEEP_KEY, {"name": KEY_FACT, "value": fresh_key, "at": at})
    return connection.execute(READ_KEY, {"name": KEY_FACT}).fetchone()["value"]
