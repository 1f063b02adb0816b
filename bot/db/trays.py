"""The trays of references that members collect, one a member and channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bot.db.accounts import Accounts
from bot.db.connection import Connection
from bot.db.database import Database, Store
from bot.db.slots import COLUMNS, read_slots, write_slots
from bot.domain.clock import Instant
from bot.domain.drafts import Slots
from bot.services.ports.creative import TrayOwner

_MINE = "guild_id = :guild_id AND channel_id = :channel_id AND account_id = :account_id"

LYING = f"SELECT {COLUMNS} FROM tray JOIN images USING (sha256) WHERE {_MINE} ORDER BY place"

EMPTY = f"DELETE FROM tray WHERE {_MINE}"

LAY = """
INSERT INTO tray (guild_id, channel_id, account_id, place, role, filename, sha256, note)
VALUES (:guild_id, :channel_id, :account_id, :place, :role, :filename, :sha256, :note)
"""


class SqliteTrayStore(Store):
    """The tray store in SQLite."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        super().__init__(database)
        self._accounts = accounts

    async def slots(self, owner: TrayOwner) -> Slots:
        """See `TrayStore.slots`."""
        return await self.database.read(self._slots, owner)

    async def change(self, owner: TrayOwner, change: Callable[[Slots], Slots], at: Instant) -> Slots:
        """See `TrayStore.change`."""
        return await self.database.write(self._change, owner, change, at)

    def _slots(self, connection: Connection, owner: TrayOwner) -> Slots:
        account_id = self._accounts.find(connection, owner.member_id)
        return () if account_id is None else _lying(connection, _key(owner, account_id))

    def _change(self, connection: Connection, owner: TrayOwner, change: Callable[[Slots], Slots], at: Instant) -> Slots:
        key = _key(owner, self._accounts.number(connection, owner.member_id, at))
        slots = change(_lying(connection, key))
        connection.execute(EMPTY, key)
        write_slots(connection, LAY, key, slots)
        return slots


def _key(owner: TrayOwner, account_id: int) -> dict[str, Any]:
    return {**asdict(owner), "account_id": account_id}


def _lying(connection: Connection, key: dict[str, Any]) -> Slots:
    return read_slots(connection.execute(LYING, key))
