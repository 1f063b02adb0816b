"""Exports and erases what is stored about one person, and erases what is past retention."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from bot.db.accounts import MemberStore
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.shares import take_back_of_jobs
from bot.domain.clock import Instant
from bot.domain.jobs import MessageAt
from bot.domain.predictions import KEPT_BY_PROVIDER
from bot.domain.privacy import Deletion, ErasureAsked

# What is read for a member, table by table. Their Discord id stands on top, so it is not repeated in each row.
EXPORTS = {
    "account": "SELECT account_id, created_at FROM accounts WHERE account_id = :account_id",
    "jobs": """
        SELECT job_id, guild_id, channel_id, command, prompt, sent_prompt, model_id, parameters, price_micros,
               parent_job_id, created_at, closed_at, erased_at,
               'https://discord.com/channels/' || guild_id || '/' || result_channel_id || '/' || result_message_id
                   AS result
        FROM jobs WHERE account_id = :account_id ORDER BY created_at""",
    "references": """
        SELECT job_id, place, role, filename, sha256 FROM job_references JOIN jobs USING (job_id)
        WHERE account_id = :account_id ORDER BY created_at, place""",
    "pictures": """
        SELECT predictions.job_id, predictions.n, predictions.shot, predictions.sent_shot, predictions.state,
               predictions.seed, predictions.reason, predictions.provider_id, outputs.sha256, outputs.flagged
        FROM predictions JOIN jobs USING (job_id) LEFT JOIN outputs USING (prediction_id)
        WHERE jobs.account_id = :account_id ORDER BY jobs.created_at, predictions.n""",
    "tray": "SELECT guild_id, channel_id, place, role, filename, sha256 FROM tray WHERE account_id = :account_id",
    "drafts": "SELECT guild_id, channel_id, command, prompt, created_at FROM drafts WHERE account_id = :account_id",
    "ledger": """
        SELECT kind, guild_id, amount_micros, reason, entered_at FROM ledger
        WHERE account_id = :account_id ORDER BY entry_id""",
    "limits": """
        SELECT guild_id, period, amount_micros, set_at FROM limits
        WHERE kind = 'member' AND subject_id = :account_id""",
    "grants": """
        SELECT guild_id, amount_micros, reason, expires_at, granted_at FROM grants
        WHERE kind = 'member' AND subject_id = :account_id""",
    "freezes": "SELECT guild_id, reason, frozen_at FROM freezes WHERE account_id = :account_id",
    "blocks": "SELECT guild_id, reason, blocked_at FROM blocks WHERE account_id = :account_id",
    "audit": """
        SELECT guild_id, action, job_id, before, after, reason, done_at FROM audit
        WHERE subject_kind = 'member' AND subject_id = :account_id ORDER BY audit_id""",
    "shares": """
        SELECT shares.job_id, shares.guild_id, shares.channel_id, shares.message_id, shares.shared_at, taken_back_at
        FROM shares JOIN jobs USING (job_id)
        WHERE jobs.account_id = :account_id OR shared_by = :account_id ORDER BY share_id""",
    "style_references": """
        SELECT guild_id, name AS style, place, role, filename, sha256
        FROM style_references JOIN styles USING (style_id)
        WHERE account_id = :account_id ORDER BY style_id, place""",
    "reports": "SELECT guild_id, channel_id, message_id, reported_at FROM reports WHERE reporter_id = :account_id",
}

ASK = """
INSERT INTO erasures (account_id, with_messages, asked_at) VALUES (:account_id, :with_messages, :at)
ON CONFLICT (account_id) DO UPDATE SET with_messages =
    CASE WHEN excluded.with_messages = 1 THEN 1 ELSE erasures.with_messages END
"""

OPEN_JOBS = "SELECT COUNT(*) FROM jobs WHERE account_id = :account_id AND closed_at IS NULL"

# Everybody who asked and has nothing running any more.
DUE = """
SELECT account_id, with_messages FROM erasures
WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.account_id = erasures.account_id AND closed_at IS NULL)
"""

JOBS_OF = "SELECT job_id FROM jobs WHERE account_id = :account_id"

OLD = """
SELECT job_id FROM jobs WHERE closed_at IS NOT NULL AND erased_at IS NULL AND created_at < :before
ORDER BY created_at LIMIT :count
"""

# What the provider still has of these jobs.
AT_PROVIDER = """
INSERT INTO deletions (kind, provider_id, due_at)
SELECT 'prediction', provider_id, :at FROM predictions
WHERE job_id IN (SELECT value FROM json_each(:job_ids)) AND provider_id IS NOT NULL AND submitted_at > :since
"""

# What was posted for these jobs.
POSTED = """
INSERT INTO deletions (kind, channel_id, message_id, due_at)
SELECT 'message', result_channel_id, result_message_id, :at FROM jobs
WHERE job_id IN (SELECT value FROM json_each(:job_ids)) AND result_message_id IS NOT NULL
UNION
SELECT 'message', status_channel_id, status_message_id, :at FROM jobs
WHERE job_id IN (SELECT value FROM json_each(:job_ids)) AND status_message_id IS NOT NULL
"""

# The words and images of these jobs; what they cost and how they ended stays.
ERASE_JOBS = (
    """
    DELETE FROM outputs WHERE prediction_id IN
        (SELECT prediction_id FROM predictions WHERE job_id IN (SELECT value FROM json_each(:job_ids)))""",
    "DELETE FROM job_references WHERE job_id IN (SELECT value FROM json_each(:job_ids))",
    """
    UPDATE predictions SET shot = '', sent_shot = ''
    WHERE job_id IN (SELECT value FROM json_each(:job_ids)) AND shot IS NOT NULL""",
    """
    UPDATE jobs SET prompt = '', sent_prompt = '', parameters = '{}', erased_at = :at
    WHERE job_id IN (SELECT value FROM json_each(:job_ids))""",
)

# What somebody collected, began or was told outside of jobs, and the link between account and Discord.
ERASE_PERSON = (
    """
    INSERT INTO deletions (kind, channel_id, message_id, due_at)
    SELECT 'message', channel_id, message_id, 0 FROM approvals
    WHERE account_id = :account_id AND message_id IS NOT NULL""",
    "DELETE FROM approvals WHERE account_id = :account_id",
    "DELETE FROM tray WHERE account_id = :account_id",
    "DELETE FROM draft_references WHERE draft_id IN (SELECT draft_id FROM drafts WHERE account_id = :account_id)",
    "DELETE FROM drafts WHERE account_id = :account_id",
    "DELETE FROM style_references WHERE account_id = :account_id",
    "DELETE FROM picks WHERE account_id = :account_id",
    """
    DELETE FROM interactions
    WHERE member_id = (SELECT member_id FROM accounts WHERE account_id = :account_id)""",
    "DELETE FROM erasures WHERE account_id = :account_id",
    "UPDATE accounts SET member_id = NULL WHERE account_id = :account_id",
)

# Images that nothing shows or uses any more, and where the provider has them.
FORGET_IMAGES = """
DELETE FROM images
WHERE NOT EXISTS (SELECT 1 FROM job_references WHERE job_references.sha256 = images.sha256)
  AND NOT EXISTS (SELECT 1 FROM outputs WHERE outputs.sha256 = images.sha256)
  AND NOT EXISTS (SELECT 1 FROM tray WHERE tray.sha256 = images.sha256)
  AND NOT EXISTS (SELECT 1 FROM draft_references WHERE draft_references.sha256 = images.sha256)
  AND NOT EXISTS (SELECT 1 FROM style_references WHERE style_references.sha256 = images.sha256)
  AND stored_at < :before
"""

FORGET_UPLOADS = "DELETE FROM uploads WHERE NOT EXISTS (SELECT 1 FROM images WHERE images.sha256 = uploads.sha256)"

DELETIONS = """
SELECT deletion_id, tries, provider_id, channel_id, message_id FROM deletions
WHERE due_at <= :at ORDER BY due_at, deletion_id LIMIT :count
"""

DELETED = "DELETE FROM deletions WHERE deletion_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))"

TRY_LATER = """
UPDATE deletions SET tries = tries + 1, due_at = :at
WHERE deletion_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))
"""

IS_KEPT = "SELECT 1 FROM images WHERE sha256 = :sha256"


class PrivacyStore(MemberStore):
    """Everything about one person, across servers."""

    @reads
    def export(self, connection: Connection, member_id: int) -> dict[str, Any]:
        """All that is kept about a member, as plain data."""
        where = {"account_id": self._accounts.find(connection, member_id) or 0}
        tables = {
            name: [dict(row) for row in connection.execute(statement, where)] for name, statement in EXPORTS.items()
        }
        return {"member_id": member_id, **tables}

    @writes
    def ask_erasure(self, connection: Connection, member_id: int, *, with_messages: bool, at: Instant) -> ErasureAsked:
        """Remember that a member wants their data gone as soon as their jobs have ended."""
        account_id = self._accounts.number(connection, member_id, at)
        connection.execute(ASK, {"account_id": account_id, "with_messages": int(with_messages), "at": at})
        return ErasureAsked(connection.execute(OPEN_JOBS, {"account_id": account_id}).fetchone()[0])

    @reads
    def is_erasure_due(self, connection: Connection) -> bool:
        """Whether `erase_due` would find anybody; a look that keeps no writer waiting."""
        return connection.execute(DUE).fetchone() is not None

    @writes
    def erase_due(self, connection: Connection, at: Instant) -> int:
        """Erase, for everybody who asked and has no open job: prompts, references, names, outputs, the Discord id.

        What has to be deleted elsewhere is noted in the same transaction. Returns how many people were erased.
        """
        due = connection.execute(DUE).fetchall()
        for row in due:
            where = {"account_id": row["account_id"]}
            job_ids = [job["job_id"] for job in connection.execute(JOBS_OF, where)]
            if row["with_messages"]:
                connection.execute(POSTED, {"job_ids": json.dumps(job_ids), "at": at})
            # Nobody is exhibited by name who is not known here any more, whether or not the results stay.
            take_back_of_jobs(connection, job_ids, at)
            _erase_jobs(connection, job_ids, at)
            for statement in ERASE_PERSON:
                connection.execute(statement, where)
        return len(due)

    @writes
    def erase_older(self, connection: Connection, before: Instant, limit: int, at: Instant) -> int:
        """Erase prompts, references, names and outputs of closed jobs from before then; returns of how many."""
        job_ids = [row["job_id"] for row in connection.execute(OLD, {"before": before, "count": limit})]
        if job_ids:
            _erase_jobs(connection, job_ids, at)
        return len(job_ids)

    @writes
    def forget_images(self, connection: Connection, before: Instant) -> None:
        """Forget every image that nothing refers to and that was last kept before then."""
        connection.execute(FORGET_IMAGES, {"before": before})
        connection.execute(FORGET_UPLOADS)

    @reads
    def deletions(self, connection: Connection, at: Instant, limit: int) -> tuple[Deletion, ...]:
        """What is due to be deleted elsewhere."""
        return tuple(
            Deletion(
                row["deletion_id"],
                row["tries"],
                row["provider_id"],
                None if row["message_id"] is None else MessageAt(row["channel_id"], row["message_id"]),
            )
            for row in connection.execute(DELETIONS, {"at": at, "count": limit})
        )

    @writes
    def deleted(self, connection: Connection, deletion_ids: Sequence[int]) -> None:
        """These are done, or not worth another try."""
        connection.execute(DELETED, {"ids": json.dumps(deletion_ids)})

    @writes
    def try_later(self, connection: Connection, deletion_ids: Sequence[int], at: Instant) -> None:
        """These failed; try again then."""
        connection.execute(TRY_LATER, {"ids": json.dumps(deletion_ids), "at": at})

    @reads
    def unwanted(self, connection: Connection, hashes: Collection[str]) -> frozenset[str]:
        """Those of these images' hashes that nothing refers to."""
        return frozenset(each for each in hashes if connection.execute(IS_KEPT, {"sha256": each}).fetchone() is None)

    async def settle_disk(self) -> None:
        """Have nothing that was erased left in the database's files."""
        await self.database.checkpoint()


def _erase_jobs(connection: Connection, job_ids: Sequence[str], at: Instant) -> None:
    values = {"job_ids": json.dumps(job_ids), "at": at, "since": at - KEPT_BY_PROVIDER}
    connection.execute(AT_PROVIDER, values)
    for statement in ERASE_JOBS:
        connection.execute(statement, values)
