"""The trays of references that members collect, one a member and channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bot.db.accounts import MemberStore
from bot.db.collected import bounded
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.slots import columns, read_slots, write_slots
from bot.domain.clock import Instant
from bot.domain.drafts import Slots, TrayOwner

_MINE = "guild_id = :guild_id AND channel_id = :channel_id AND account_id = :account_id"

LYING = f"SELECT {columns('tray.guild_id')} FROM tray JOIN images USING (sha256) WHERE {_MINE} ORDER BY place"

EMPTY = f"DELETE FROM tray WHERE {_MINE}"

LAY = """
INSERT INTO tray (guild_id, channel_id, account_id, place, role, filename, sha256, note, spoiler)
VALUES (:guild_id, :channel_id, :account_id, :place, :role, :filename, :sha256, :note, :spoiler)
"""


class TrayStore(MemberStore):
    """The references that members collect."""

    @reads
    def slots(self, connection: Connection, owner: TrayOwner) -> Slots:
        """What lies in a tray, in order; images that are no longer kept have left it."""
        account_id = self._accounts.find(connection, owner.member_id)
        return () if account_id is None else _lying(connection, _key(owner, account_id))

    @writes
    def change(self, connection: Connection, owner: TrayOwner, change: Callable[[Slots], Slots], at: Instant) -> Slots:
        """Replace what lies in a tray by what `change` makes of it, in one transaction; returns that.

        Raises:
            TooManyCollected: the member has more images waiting than one may have; nothing changed.
            EaselError: what `change` raised; nothing changed.
        """
        account_id = self._accounts.number(connection, owner.member_id, at)
        key = _key(owner, account_id)
        slots = change(_lying(connection, key))
        with bounded(connection, account_id, at):
            connection.execute(EMPTY, key)
            write_slots(connection, LAY, key, slots)
        return _lying(connection, key)


def _key(owner: TrayOwner, account_id: int) -> dict[str, Any]:
    return {**asdict(owner), "account_id": account_id}


def _lying(connection: Connection, key: dict[str, Any]) -> Slots:
    return read_slots(connection.execute(LYING, key))
