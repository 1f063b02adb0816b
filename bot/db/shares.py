"""Pictures shared to showcases: shared, posted, taken back."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.db.accounts import MemberStore
from bot.db.audit import AuditEntry, write_audit
from bot.db.connection import Connection, Row
from bot.db.database import reads, writes
from bot.domain.clock import Instant
from bot.domain.jobs import MessageAt
from bot.domain.shares import Share

# Only of what can still be seen; the same picture is in a showcase once.
SHARE = """
INSERT INTO shares (job_id, prediction_id, place, guild_id, channel_id, shared_by, shared_at, posting_at)
SELECT job_id, :prediction_id, :place, guild_id, :channel_id, :account_id, :at, :at FROM jobs
WHERE job_id = :job_id AND taken_down_at IS NULL AND erased_at IS NULL
ON CONFLICT DO NOTHING
"""

OPEN_OF_PICTURE = """
SELECT * FROM shares WHERE prediction_id = :prediction_id AND place = :place AND taken_back_at IS NULL
"""

FIND = "SELECT * FROM shares WHERE share_id = :share_id AND guild_id = :guild_id"

UNPOSTED = """
SELECT * FROM shares WHERE message_id IS NULL AND given_up_at IS NULL AND posting_at <= :before
ORDER BY posting_at, share_id
"""

BEGIN_POSTING = "UPDATE shares SET posting_at = :at WHERE share_id = :share_id AND taken_back_at IS NULL"

POSTED = "UPDATE shares SET message_id = :message_id WHERE share_id = :share_id"

GIVE_UP = """
UPDATE shares SET given_up_at = :at, taken_back_at = COALESCE(taken_back_at, :at) WHERE share_id = :share_id
"""

# What of these was posted and is still there to be deleted.
_DELETE = """
INSERT INTO deletions (kind, channel_id, message_id, due_at)
SELECT 'message', channel_id, message_id, :at FROM shares WHERE message_id IS NOT NULL AND {which}
"""
DELETE_LATE = _DELETE.format(which="share_id = :share_id AND taken_back_at IS NOT NULL")
DELETE_ONE = _DELETE.format(which="share_id = :share_id AND taken_back_at IS NULL")
DELETE_OF_JOBS = _DELETE.format(which="taken_back_at IS NULL AND job_id IN (SELECT value FROM json_each(:job_ids))")

TAKE_BACK = "UPDATE shares SET taken_back_at = :at WHERE share_id = :share_id AND taken_back_at IS NULL"

TAKE_BACK_OF_JOBS = """
UPDATE shares SET taken_back_at = :at
WHERE taken_back_at IS NULL AND job_id IN (SELECT value FROM json_each(:job_ids))
"""

REQUESTER = "SELECT account_id FROM jobs WHERE job_id = :job_id"


class ShareStore(MemberStore):
    """Pictures in showcases. What moderators do with pictures of others is on record."""

    @writes
    def share(
        self,
        connection: Connection,
        job_id: str,
        prediction_id: int,
        place: int,
        *,
        channel_id: int,
        by_member_id: int,
        at: Instant,
    ) -> tuple[Share | None, bool]:
        """Share a picture, and say whether it is new there; None where its job was taken down or erased."""
        account_id = self._accounts.number(connection, by_member_id, at)
        values = {
            "job_id": job_id,
            "prediction_id": prediction_id,
            "place": place,
            "channel_id": channel_id,
            "account_id": account_id,
            "at": at,
        }
        is_new = connection.execute(SHARE, values).rowcount == 1
        row = connection.execute(OPEN_OF_PICTURE, values).fetchone()
        if row is None:
            return None, False
        if is_new:
            _record(connection, "share", _share(row), account_id, at)
        return _share(row), is_new

    @reads
    def find(self, connection: Connection, share_id: int, guild_id: int) -> Share | None:
        """Read one of a server's."""
        row = connection.execute(FIND, {"share_id": share_id, "guild_id": guild_id}).fetchone()
        return None if row is None else _share(row)

    @reads
    def unposted(self, connection: Connection, before: Instant) -> tuple[Share, ...]:
        """Those that were last tried before then and of which nobody knows a message, the earliest first."""
        return tuple(_share(row) for row in connection.execute(UNPOSTED, {"before": before}))

    @writes
    def begin_posting(self, connection: Connection, share_id: int, at: Instant) -> bool:
        """Committed before each try to post; False if it was taken back."""
        return connection.execute(BEGIN_POSTING, {"share_id": share_id, "at": at}).rowcount == 1

    @writes
    def posted(self, connection: Connection, share_id: int, message_id: int, at: Instant) -> None:
        """Remember where it is shown; what was taken back meanwhile is to be deleted."""
        connection.execute(POSTED, {"share_id": share_id, "message_id": message_id})
        connection.execute(DELETE_LATE, {"share_id": share_id, "at": at})

    @writes
    def give_up(self, connection: Connection, share_id: int, at: Instant) -> None:
        """It is not posted, or nobody can tell: it is tried no more, and the picture may be shared again."""
        connection.execute(GIVE_UP, {"share_id": share_id, "at": at})

    @writes
    def take_back(self, connection: Connection, share: Share, by_member_id: int, at: Instant) -> bool:
        """Take one back, and have its message deleted; False if it was before."""
        connection.execute(DELETE_ONE, {"share_id": share.share_id, "at": at})
        if connection.execute(TAKE_BACK, {"share_id": share.share_id, "at": at}).rowcount == 0:
            return False
        _record(connection, "unshare", share, self._accounts.number(connection, by_member_id, at), at)
        return True


def take_back_of_jobs(connection: Connection, job_ids: Sequence[str], at: Instant) -> None:
    """Take back all that is shared of these jobs, and have the messages deleted."""
    values = {"job_ids": json.dumps(job_ids), "at": at}
    connection.execute(DELETE_OF_JOBS, values)
    connection.execute(TAKE_BACK_OF_JOBS, values)


def _record(connection: Connection, action: str, share: Share, actor_id: int, at: Instant) -> None:
    """Put on record what somebody does with another's picture."""
    requester_id = connection.execute(REQUESTER, {"job_id": share.job_id}).fetchone()["account_id"]
    if requester_id != actor_id:
        entry = AuditEntry(share.guild_id, actor_id, action, "member", requester_id, at, job_id=share.job_id)
        write_audit(connection, entry)


def _share(row: Row) -> Share:
    message_id: int | None = row["message_id"]
    return Share(
        share_id=row["share_id"],
        job_id=row["job_id"],
        prediction_id=row["prediction_id"],
        place=row["place"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        shared_at=row["shared_at"],
        posting_at=row["posting_at"],
        message=None if message_id is None else MessageAt(row["channel_id"], message_id),
        taken_back_at=row["taken_back_at"],
        given_up_at=row["given_up_at"],
    )
