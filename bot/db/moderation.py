"""What moderators do to members, servers and money; each change is audited in its own transaction."""

from __future__ import annotations

from collections.abc import Mapping

from bot.db.audit import AuditEntry, read_audit, write_audit
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.holds import hold_of
from bot.db.ledger import Note, refund
from bot.db.reading import read_job
from bot.db.servers import ServerStore
from bot.domain.audit import AuditRow
from bot.domain.clock import Instant
from bot.domain.money import Micros

FREEZE = """
INSERT INTO freezes (guild_id, account_id, reason, frozen_by, frozen_at)
VALUES (:guild_id, :account_id, :reason, :actor_id, :at)
ON CONFLICT (guild_id, account_id) DO NOTHING
"""

UNFREEZE = "DELETE FROM freezes WHERE guild_id = :guild_id AND account_id = :account_id"

PAUSE = """
UPDATE servers SET paused_at = :at, paused_reason = :reason WHERE guild_id = :guild_id AND paused_at IS NULL
"""

RESUME = """
UPDATE servers SET paused_at = NULL, paused_reason = NULL WHERE guild_id = :guild_id AND paused_at IS NOT NULL
"""


# What a refund gave back to grants that had ended.
LAPSED = """
SELECT COALESCE(-SUM(postings.spent_micros), 0)
FROM predictions
JOIN ledger ON ledger.prediction_id = predictions.prediction_id AND ledger.kind = 'refund'
JOIN postings ON postings.entry_id = ledger.entry_id AND postings.scope = 'grant'
JOIN grants ON grants.grant_id = postings.subject_id
WHERE predictions.job_id = :job_id AND ledger.entered_at = :at AND grants.expires_at <= :at
"""


class ModerationStore(ServerStore):
    """What moderators do to members, servers and money; everything is audited in the same transaction."""

    @writes
    def freeze(
        self, connection: Connection, guild_id: int, member_id: int, *, reason: str, by_member_id: int, at: Instant
    ) -> bool:
        """Let a member spend nothing; their running jobs finish. False if they were frozen already."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        account_id = self._accounts.number(connection, member_id, at)
        entry = AuditEntry(guild_id, actor_id, "freeze", "member", account_id, at, reason=reason)
        return _change(connection, FREEZE, {"account_id": account_id, "actor_id": actor_id, "reason": reason}, entry)

    @writes
    def unfreeze(
        self, connection: Connection, guild_id: int, member_id: int, *, by_member_id: int, at: Instant
    ) -> bool:
        """Let a member spend again; False if they were not frozen."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        account_id = self._accounts.number(connection, member_id, at)
        entry = AuditEntry(guild_id, actor_id, "unfreeze", "member", account_id, at)
        return _change(connection, UNFREEZE, {"account_id": account_id}, entry)

    @writes
    def pause(self, connection: Connection, guild_id: int, *, reason: str, by_member_id: int, at: Instant) -> bool:
        """Let nobody in a server spend; False if it was paused already."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        entry = AuditEntry(guild_id, actor_id, "pause", "server", guild_id, at, reason=reason)
        return _change(connection, PAUSE, {"reason": reason}, entry)

    @writes
    def resume(self, connection: Connection, guild_id: int, *, by_member_id: int, at: Instant) -> bool:
        """Let the server spend again; False if it was not paused."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        return _change(connection, RESUME, {}, AuditEntry(guild_id, actor_id, "resume", "server", guild_id, at))

    @writes
    def refund(self, connection: Connection, job_id: str, *, reason: str, by_member_id: int, at: Instant) -> Micros:
        """Give back all that was captured for a job and not refunded yet, in its own periods; returns how much.

        Raises:
            NoSuchJob: there is none.
        """
        job = read_job(connection, job_id)
        actor_id = self._accounts.number(connection, by_member_id, at)
        note = Note(reason, at, actor_id)
        amount = sum(
            refund(connection, hold_of(connection, prediction.prediction_id), note) for prediction in job.predictions
        )
        if amount:
            entry = AuditEntry(
                guild_id=job.guild_id,
                actor_id=actor_id,
                action="refund",
                subject_kind="member",
                subject_id=job.account_id,
                before=str(job.spent_micros),
                after=str(job.spent_micros - amount),
                reason=reason,
                job_id=job_id,
                at=at,
            )
            write_audit(connection, entry)
        return amount

    @reads
    def lapsed(self, connection: Connection, job_id: str, refunded_at: Instant) -> Micros:
        """How much of a refund went back to grants that had ended by then: nobody can spend it any more."""
        return connection.execute(LAPSED, {"job_id": job_id, "at": refunded_at}).fetchone()[0]

    @writes
    def note(self, connection: Connection, job_id: str, action: str, *, by_member_id: int, at: Instant) -> None:
        """Write down what a moderator did about a job, where the act itself is another store's."""
        job = read_job(connection, job_id)
        actor_id = self._accounts.number(connection, by_member_id, at)
        write_audit(connection, AuditEntry(job.guild_id, actor_id, action, "member", job.account_id, at, job_id=job_id))

    @reads
    def audit(
        self, connection: Connection, guild_id: int, *, limit: int, member_id: int | None = None
    ) -> tuple[AuditRow, ...]:
        """The last acts in a server, or those that concern one member, newest first."""
        account_id = None if member_id is None else self._accounts.find(connection, member_id) or 0
        return read_audit(connection, guild_id, account_id, limit)


def _change(connection: Connection, statement: str, values: Mapping[str, object], entry: AuditEntry) -> bool:
    """Run a statement in the server of an act, and write the act down if it changed anything."""
    if connection.execute(statement, {**values, "guild_id": entry.guild_id, "at": entry.at}).rowcount == 0:
        return False
    write_audit(connection, entry)
    return True
