"""The audit: who changed what, from what to what, and why; append-only, and never a prompt."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bot.db.connection import Connection
from bot.domain.audit import AuditRow
from bot.domain.clock import Instant

WRITE = """
INSERT INTO audit (guild_id, actor_id, action, subject_kind, subject_id, job_id, before, after, reason, done_at)
VALUES (:guild_id, :actor_id, :action, :subject_kind, :subject_id, :job_id, :before, :after, :reason, :at)
"""

# The last acts in a server, or those whose subject is one account; members by the Discord id they still have.
_READ = """
SELECT actor.member_id AS actor_member_id, audit.action, audit.subject_kind,
       CASE WHEN audit.subject_kind = 'member' THEN subject.member_id ELSE audit.subject_id END AS subject_id,
       audit.job_id, audit.before, audit.after, audit.reason, audit.done_at
FROM audit
LEFT JOIN accounts AS actor ON actor.account_id = audit.actor_id
LEFT JOIN accounts AS subject ON audit.subject_kind = 'member' AND subject.account_id = audit.subject_id
WHERE {about}
ORDER BY audit.audit_id DESC LIMIT :count
"""
ENTRIES_OF_SERVER = _READ.format(about="audit.guild_id = :guild_id")
ENTRIES_ABOUT_MEMBER = _READ.format(
    about="audit.guild_id = :guild_id AND audit.subject_kind = 'member' AND audit.subject_id = :account_id"
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act as it is written down; `actor_id` and a member's `subject_id` are account numbers."""

    guild_id: int
    actor_id: int | None
    action: str
    subject_kind: str
    subject_id: int
    at: Instant
    before: str | None = None
    after: str | None = None
    reason: str | None = None
    job_id: str | None = None


def write_audit(connection: Connection, entry: AuditEntry) -> None:
    """Write one act down, in the transaction that does it."""
    connection.execute(WRITE, asdict(entry))


def read_audit(connection: Connection, guild_id: int, account_id: int | None, limit: int) -> tuple[AuditRow, ...]:
    """The last acts in a server, or those that concern one account, newest first."""
    acts = ENTRIES_OF_SERVER if account_id is None else ENTRIES_ABOUT_MEMBER
    rows = connection.execute(acts, {"guild_id": guild_id, "account_id": account_id, "count": limit})
    return tuple(AuditRow(**dict(row)) for row in rows)
