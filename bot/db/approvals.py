"""Requests before the moderators: asked once, decided once, the approval in the transaction that admits its job."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.db.accounts import Accounts, MemberStore
from bot.db.audit import AuditEntry, write_audit
from bot.db.budgets import INSERT_GRANT
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.domain.approvals import (
    APPROVAL_LIFE,
    MOST_OPEN_REQUESTS,
    AlreadyDecided,
    Approval,
    NoSuchApproval,
    TooManyAsked,
    Verdict,
)
from bot.domain.budget import Grant, Scope, ScopeKind
from bot.domain.clock import MINUTE, Instant
from bot.domain.jobs import MessageAt
from bot.domain.money import Micros
from bot.domain.orders import Order, Requester

# One for each refusal under which somebody asks.
ASK = """
INSERT INTO approvals (approval_id, source_id, guild_id, account_id, purse_channel_id, role_ids, images, asked_at)
VALUES (:approval_id, :source_id, :guild_id, :account_id, :purse_channel_id, :role_ids, :images, :at)
ON CONFLICT (source_id) DO NOTHING
"""

# What a member has before the moderators, beside the one that is asked about.
OPEN_OF = """
SELECT COUNT(*) AS count FROM approvals
WHERE account_id = :account_id AND guild_id = :guild_id AND source_id <> :source_id
  AND verdict IS NULL AND message_id IS NOT NULL AND asked_at > :waiting
"""

READ = """
SELECT approvals.*, requester.member_id, drafts.channel_id AS asked_in, moderator.member_id AS decided_by_member_id
FROM approvals JOIN drafts ON drafts.draft_id = approvals.approval_id
JOIN accounts AS requester ON requester.account_id = approvals.account_id
LEFT JOIN accounts AS moderator ON moderator.account_id = approvals.decided_by
WHERE (approval_id = :id OR source_id = :id) AND requester.member_id IS NOT NULL
"""

POSTED = "UPDATE approvals SET channel_id = :channel_id, message_id = :message_id WHERE approval_id = :approval_id"

DECIDE = """
UPDATE approvals SET verdict = :verdict, decided_by = :by, decided_at = :at, job_id = :job_id, reason = :reason
WHERE approval_id = :approval_id AND verdict IS NULL
"""

TOLD = "UPDATE approvals SET told_at = :at WHERE approval_id = :approval_id"

UNTOLD = """
SELECT approval_id FROM approvals WHERE verdict IS NOT NULL AND told_at IS NULL AND decided_at <= :before
ORDER BY decided_at, approval_id
"""

# The line with which an approved job begins is removed later, unless the admission of that job keeps it.
BEGUN = """
INSERT INTO deletions (kind, channel_id, message_id, due_at) VALUES ('message', :channel_id, :message_id, :due_at)
"""

KEEP_LINE = "DELETE FROM deletions WHERE kind = 'message' AND message_id = :message_id"

_LINE_LIFE = 5 * MINUTE


class ApprovalStore(MemberStore):
    """Requests before the moderators; an approval itself is written by the admission of its job."""

    @writes
    def ask(self, connection: Connection, approval: Approval, source_id: str) -> Approval:
        """Keep a request, once for each draft under whose refusal it was asked; returns the one that is kept.

        Raises:
            TooManyAsked: as many of this member's are before the moderators as may be.
        """
        requester = approval.requester
        values = {
            "approval_id": approval.approval_id,
            "source_id": source_id,
            "guild_id": requester.guild_id,
            "account_id": self._accounts.number(connection, requester.member_id, approval.asked_at),
            "purse_channel_id": requester.purse_channel_id,
            "role_ids": json.dumps(requester.role_ids),
            "images": approval.images,
            "at": approval.asked_at,
        }
        values["waiting"] = approval.asked_at - APPROVAL_LIFE
        if connection.execute(OPEN_OF, values).fetchone()["count"] >= MOST_OPEN_REQUESTS:
            raise TooManyAsked
        connection.execute(ASK, values)
        return read_approval(connection, source_id)

    @reads
    def approval(self, connection: Connection, approval_id: str) -> Approval:
        """Read one.

        Raises:
            NoSuchApproval: it is not kept.
        """
        return read_approval(connection, approval_id)

    @writes
    def posted(self, connection: Connection, approval_id: str, message: MessageAt) -> None:
        """Remember where moderators see it."""
        values = {"approval_id": approval_id, "channel_id": message.channel_id, "message_id": message.message_id}
        connection.execute(POSTED, values)

    @writes
    def begun(self, connection: Connection, message: MessageAt, at: Instant) -> None:
        """Have a message with which an approved job is to begin deleted soon, unless that job is admitted with it."""
        values = {"channel_id": message.channel_id, "message_id": message.message_id, "due_at": at + _LINE_LIFE}
        connection.execute(BEGUN, values)

    @writes
    def told(self, connection: Connection, approval_id: str, at: Instant) -> None:
        """Remember that Discord shows what was decided."""
        connection.execute(TOLD, {"approval_id": approval_id, "at": at})

    @reads
    def untold(self, connection: Connection, before: Instant) -> tuple[str, ...]:
        """Requests decided before then that Discord may still show as open, the earliest decision first."""
        return tuple(row["approval_id"] for row in connection.execute(UNTOLD, {"before": before}))

    @writes
    def decline(
        self, connection: Connection, approval_id: str, *, reason: str, by_member_id: int, at: Instant
    ) -> Approval:
        """Decline it, audited in the same transaction.

        Raises:
            AlreadyDecided: somebody was faster.
            NoSuchApproval: it is not kept.
        """
        approval = read_approval(connection, approval_id)
        actor_id = self._accounts.number(connection, by_member_id, at)
        decide(connection, approval_id, Verdict.DECLINED, actor_id, at, reason=reason)
        requester_id = self._accounts.number(connection, approval.requester.member_id, at)
        guild_id = approval.requester.guild_id
        write_audit(connection, AuditEntry(guild_id, actor_id, "decline", "member", requester_id, at, reason=reason))
        return read_approval(connection, approval_id)


def read_approval(connection: Connection, approval_id: str) -> Approval:
    """One request, by its own id or by that of the draft under whose refusal it was asked.

    Raises:
        NoSuchApproval: it is not kept.
    """
    row = connection.execute(READ, {"id": approval_id}).fetchone()
    if row is None:
        raise NoSuchApproval
    roles = tuple(json.loads(row["role_ids"]))
    return Approval(
        approval_id=row["approval_id"],
        requester=Requester(row["member_id"], row["guild_id"], row["asked_in"], row["purse_channel_id"], roles),
        images=row["images"],
        asked_at=row["asked_at"],
        message=None if row["message_id"] is None else MessageAt(row["channel_id"], row["message_id"]),
        verdict=None if row["verdict"] is None else Verdict(row["verdict"]),
        decided_by_member_id=row["decided_by_member_id"],
        decided_at=row["decided_at"],
        job_id=row["job_id"],
        reason=row["reason"],
    )


def decide(
    connection: Connection,
    approval_id: str,
    verdict: Verdict,
    actor_id: int,
    at: Instant,
    *,
    job_id: str | None = None,
    reason: str | None = None,
) -> None:
    """Give a request its one outcome.

    Raises:
        AlreadyDecided: it has one.
    """
    values = {
        "approval_id": approval_id,
        "verdict": verdict.value,
        "by": actor_id,
        "at": at,
        "job_id": job_id,
        "reason": reason,
    }
    if connection.execute(DECIDE, values).rowcount == 0:
        raise AlreadyDecided(approval_id)


def grant_for(connection: Connection, accounts: Accounts, order: Order, member: Scope, at: Instant) -> Grant:
    """Give what an approved order costs. The grant expires as it is given: no other order can draw from it."""
    giver = order.requester.member_id if order.approving is None else order.approving.by_member_id
    grant = Grant(0, ScopeKind.MEMBER, member.subject_id, order.total_micros, 0, 0, at, f"approved job {order.job_id}")
    values = {
        "guild_id": member.guild_id,
        "kind": grant.kind.value,
        "subject_id": grant.subject_id,
        "amount": grant.amount_micros,
        "reason": grant.reason,
        "expires_at": at,
        "granted_by": accounts.number(connection, giver, at),
        "at": at,
    }
    return replace(grant, grant_id=connection.execute(INSERT_GRANT, values).fetchall()[0]["grant_id"])


def approve(connection: Connection, accounts: Accounts, order: Order, *, granted_micros: Micros, at: Instant) -> None:
    """Write down that this job is what a moderator approved; `granted_micros` was given beyond the member's limit.

    Raises:
        AlreadyDecided: somebody was faster, and nothing of this job may stay.
    """
    if order.approving is None:
        return
    actor_id = accounts.number(connection, order.approving.by_member_id, at)
    decide(connection, order.approving.approval_id, Verdict.APPROVED, actor_id, at, job_id=order.job_id)
    if order.status_message is not None:
        connection.execute(KEEP_LINE, {"message_id": order.status_message.message_id})
    entry = AuditEntry(
        guild_id=order.requester.guild_id,
        actor_id=actor_id,
        action="approve",
        subject_kind="member",
        subject_id=accounts.number(connection, order.requester.member_id, at),
        at=at,
        after=str(granted_micros) if granted_micros else None,
        job_id=order.job_id,
    )
    write_audit(connection, entry)
