"""Finished jobs as an exhibition, and what was taken down."""

from __future__ import annotations

import json

from bot.db.accounts import Accounts
from bot.db.connection import Connection
from bot.db.database import Database, Store
from bot.db.reading import read_jobs
from bot.domain.clock import Instant
from bot.domain.jobs import Job
from bot.services.ports.creative import GalleryFilter

# A statement for each owner, so that a member's pictures are found without reading all others of the server.
_WITH_PICTURES = """
SELECT job_id FROM jobs
WHERE {owner} AND taken_down_at IS NULL AND closed_at IS NOT NULL
  AND channel_id IN (SELECT value FROM json_each(:channel_ids))
  AND (:model_id IS NULL OR model_id = :model_id)
  AND EXISTS (SELECT 1 FROM predictions JOIN outputs USING (prediction_id)
              WHERE predictions.job_id = jobs.job_id AND predictions.state = 'completed')
ORDER BY created_at DESC, job_id DESC LIMIT :count OFFSET :offset
"""
PICTURES_OF_SERVER = _WITH_PICTURES.format(owner="guild_id = :guild_id")
PICTURES_OF_MEMBER = _WITH_PICTURES.format(owner="guild_id = :guild_id AND account_id = :account_id")

OF_MESSAGE = """
SELECT job_id FROM jobs
WHERE guild_id = :guild_id AND (result_message_id = :message_id OR status_message_id = :message_id)
"""

TAKE_DOWN = """
UPDATE jobs SET taken_down_at = :at, taken_down_by = :account_id WHERE job_id = :job_id AND taken_down_at IS NULL
"""

PUT_BACK = "UPDATE jobs SET taken_down_at = NULL, taken_down_by = NULL WHERE job_id = :job_id"


class SqliteGalleryStore(Store):
    """The gallery store in SQLite."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        super().__init__(database)
        self._accounts = accounts

    async def jobs_with_pictures(self, wanted: GalleryFilter, *, offset: int, limit: int) -> tuple[Job, ...]:
        """See `GalleryStore.jobs_with_pictures`."""
        return await self.database.read(self._with_pictures, wanted, offset, limit)

    async def job_of_message(self, guild_id: int, message_id: int) -> str | None:
        """See `GalleryStore.job_of_message`."""
        return await self.database.read(_of_message, guild_id, message_id)

    async def take_down(self, job_id: str, by_member_id: int, at: Instant) -> bool:
        """See `GalleryStore.take_down`."""
        return await self.database.write(self._take_down, job_id, by_member_id, at)

    def _with_pictures(self, connection: Connection, wanted: GalleryFilter, offset: int, limit: int) -> tuple[Job, ...]:
        account_id = None if wanted.member_id is None else self._accounts.find(connection, wanted.member_id) or 0
        values = {
            "guild_id": wanted.guild_id,
            "channel_ids": json.dumps(sorted(wanted.channel_ids)),
            "account_id": account_id,
            "model_id": wanted.model_id,
            "count": limit,
            "offset": offset,
        }
        pictures = PICTURES_OF_SERVER if account_id is None else PICTURES_OF_MEMBER
        return read_jobs(connection, [row["job_id"] for row in connection.execute(pictures, values)])

    def _take_down(self, connection: Connection, job_id: str, by_member_id: int, at: Instant) -> bool:
        account_id = self._accounts.number(connection, by_member_id, at)
        taken = connection.execute(TAKE_DOWN, {"job_id": job_id, "account_id": account_id, "at": at})
        return taken.rowcount == 1


def _of_message(connection: Connection, guild_id: int, message_id: int) -> str | None:
    row = connection.execute(OF_MESSAGE, {"guild_id": guild_id, "message_id": message_id}).fetchone()
    return None if row is None else row["job_id"]
