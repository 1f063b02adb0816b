"""Reads finished jobs for the gallery, and marks jobs whose pictures were deleted."""

from __future__ import annotations

import json

from bot.db.accounts import MemberStore
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.reading import read_jobs
from bot.db.shares import take_back_of_jobs
from bot.domain.clock import Instant
from bot.domain.gallery import GalleryFilter
from bot.domain.jobs import Job

# A statement for each owner, so that a member's pictures are found without reading all others of the server.
_WITH_PICTURES = """
SELECT job_id FROM jobs
WHERE {owner} AND taken_down_at IS NULL AND closed_at IS NOT NULL
  AND channel_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:channel_ids))
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


class GalleryStore(MemberStore):
    """Finished jobs as an exhibition, and what was taken down."""

    @reads
    def jobs_with_pictures(
        self, connection: Connection, wanted: GalleryFilter, *, offset: int, limit: int
    ) -> tuple[Job, ...]:
        """Jobs with at least one picture that was not taken down, newest first."""
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

    @reads
    def job_of_message(self, connection: Connection, guild_id: int, message_id: int) -> str | None:
        """The job whose result or status message this is."""
        row = connection.execute(OF_MESSAGE, {"guild_id": guild_id, "message_id": message_id}).fetchone()
        return None if row is None else row["job_id"]

    @writes
    def take_down(self, connection: Connection, job_id: str, by_member_id: int, at: Instant) -> bool:
        """Remember that a job's pictures were deleted; False if they were before."""
        account_id = self._accounts.number(connection, by_member_id, at)
        taken = connection.execute(TAKE_DOWN, {"job_id": job_id, "account_id": account_id, "at": at})
        take_back_of_jobs(connection, [job_id], at)
        return taken.rowcount == 1
