"""Budgets: limits, grants, and the views of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo

from bot import texts
from bot.db.audit import AuditEntry, write_audit
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.limits import Bound, bounds_of, grants_of, line_of, zone_of
from bot.db.servers import ServerStore, is_seen, see_server
from bot.domain.budget import BudgetLine, Grant, LedgerEntry, LimitKind, ScopeKind
from bot.domain.clock import Instant
from bot.domain.errors import BadAmount
from bot.domain.money import Micros
from bot.domain.orders import Requester
from bot.domain.periods import Period

LIMIT = """
SELECT amount_micros FROM limits
WHERE guild_id = :guild_id AND kind = :kind AND subject_id = :subject_id AND period = :period
"""

SET_LIMIT = """
INSERT INTO limits (guild_id, kind, subject_id, period, amount_micros, set_at)
VALUES (:guild_id, :kind, :subject_id, :period, :amount, :at)
ON CONFLICT (guild_id, kind, subject_id, period) DO UPDATE
SET amount_micros = excluded.amount_micros, set_at = excluded.set_at
"""

REMOVE_LIMIT = """
DELETE FROM limits
WHERE guild_id = :guild_id AND kind = :kind AND subject_id = :subject_id AND period = :period
"""

INSERT_GRANT = """
INSERT INTO grants (guild_id, kind, subject_id, amount_micros, reason, expires_at, granted_by, granted_at)
VALUES (:guild_id, :kind, :subject_id, :amount, :reason, :expires_at, :granted_by, :at)
RETURNING grant_id
"""

# What happened to one account's money in a server, and what it was granted, newest first. The amount is what it did to
# what is left.
# A line for each of the newest jobs of which something ended, and one for each refund, correction and grant.
ENTRIES = """
WITH newest AS (
    SELECT job_id FROM jobs WHERE account_id = :account_id AND guild_id = :guild_id
    ORDER BY created_at DESC LIMIT :count
)
SELECT 'job' AS kind, -SUM(CASE ledger.kind WHEN 'capture' THEN ledger.amount_micros ELSE 0 END) AS amount_micros,
       predictions.job_id, NULL AS actor_member_id,
       CASE WHEN MIN(predictions.why) = MAX(predictions.why) THEN MAX(predictions.why) ELSE '' END AS reason,
       MAX(ledger.entered_at) AS entered_at, CAST(NULL AS BIGINT) AS expires_at, MAX(ledger.entry_id) AS place,
       SUM(CASE ledger.kind WHEN 'capture' THEN 1 ELSE 0 END) AS pictures,
       SUM(CASE ledger.kind WHEN 'capture' THEN 0 ELSE ledger.amount_micros END) AS returned_micros
FROM newest
JOIN (
    SELECT prediction_id, job_id,
           CASE state WHEN 'completed' THEN NULL WHEN 'failed' THEN reason ELSE state END AS why
    FROM predictions
) AS predictions ON predictions.job_id = newest.job_id
JOIN ledger AS hold ON hold.prediction_id = predictions.prediction_id AND hold.kind = 'hold'
JOIN ledger ON ledger.hold_id = hold.entry_id AND ledger.kind IN ('capture', 'void', 'expire')
GROUP BY predictions.job_id
UNION ALL
SELECT ledger.kind, ledger.amount_micros, predictions.job_id, actor.member_id, ledger.reason, ledger.entered_at,
       NULL, ledger.entry_id, 0, 0
FROM ledger
LEFT JOIN predictions ON predictions.prediction_id = ledger.prediction_id
LEFT JOIN accounts AS actor ON actor.account_id = ledger.actor_id
WHERE ledger.guild_id = :guild_id AND ledger.account_id = :account_id AND ledger.kind IN ('refund', 'adjust')
UNION ALL
SELECT 'grant', grants.amount_micros, NULL, actor.member_id, grants.reason, grants.granted_at, grants.expires_at, 0,
       0, 0
FROM grants LEFT JOIN accounts AS actor ON actor.account_id = grants.granted_by
WHERE grants.guild_id = :guild_id AND grants.kind = 'member' AND grants.subject_id = :account_id
ORDER BY 6 DESC, 8 DESC LIMIT :count
"""

_UNLIMITED_PERIOD = Period.MONTH


class BudgetStore(ServerStore):
    """Limits, grants, freezes, and the views of the ledger."""

    @writes
    def see_server(self, connection: Connection, guild_id: int, at: Instant) -> bool:
        """Make the server with the operator's defaults if it is new; True if it was."""
        return see_server(connection, guild_id, self._defaults, at)

    @reads
    def zone(self, connection: Connection, guild_id: int) -> tzinfo:
        """The zone in which the server counts its days; UTC before it is first seen."""
        return zone_of(connection, guild_id)

    @reads
    def budget(self, connection: Connection, requester: Requester, at: Instant) -> tuple[BudgetLine, ...]:
        """What binds this member here and now: their own lines, the channel's, the server's and the bot's.

        A member whom no limit of their own binds gets one line, for the month.
        """
        unseen = None if is_seen(connection, requester.guild_id) else self._defaults
        account_id = self._accounts.find(connection, requester.member_id) or 0
        bounds = bounds_of(connection, requester, account_id, at, unseen)
        return tuple(line_of(connection, bound, period, at) for bound in bounds for period in _shown(bound))

    @reads
    def grants(
        self, connection: Connection, guild_id: int, kind: ScopeKind, subject_id: int, at: Instant
    ) -> tuple[Grant, ...]:
        """The grants of a member (by Discord id) or channel that have something left and have not expired."""
        owner = subject_id
        if kind is ScopeKind.MEMBER:
            owner = self._accounts.find(connection, subject_id) or 0
        grants = grants_of(connection, guild_id, kind, owner, at)
        return tuple(replace(grant, subject_id=subject_id) for grant in grants)

    @reads
    def entries(self, connection: Connection, guild_id: int, member_id: int, limit: int) -> tuple[LedgerEntry, ...]:
        """What the member's last jobs cost and brought back, refunds, corrections and grants, newest first."""
        values = {"guild_id": guild_id, "account_id": self._accounts.find(connection, member_id), "count": limit}
        return tuple(
            LedgerEntry(
                kind=row["kind"],
                amount_micros=row["amount_micros"],
                job_id=row["job_id"],
                actor_member_id=row["actor_member_id"],
                reason=row["reason"],
                entered_at=row["entered_at"],
                expires_at=row["expires_at"],
                pictures=row["pictures"],
                returned_micros=row["returned_micros"],
            )
            for row in connection.execute(ENTRIES, values)
        )

    @writes
    def set_limit(
        self,
        connection: Connection,
        guild_id: int,
        kind: LimitKind,
        subject_id: int,
        period: Period,
        amount_micros: Micros | None,
        *,
        by_member_id: int | None,
        at: Instant,
    ) -> Micros | None:
        """Set or remove (None) a limit and audit it; returns what it was. Never touches running jobs.

        `subject_id` is a Discord id (member, role, channel) or 0.

        Raises:
            BadAmount: it is negative.
        """
        if amount_micros is not None and amount_micros < 0:
            raise BadAmount(texts.money.NEGATIVE_LIMIT, typed=str(amount_micros))
        if kind is not LimitKind.BOT:
            see_server(connection, guild_id, self._defaults, at)
        if kind is LimitKind.MEMBER:
            subject_id = self._accounts.number(connection, subject_id, at)
        key = {"guild_id": guild_id, "kind": kind, "subject_id": subject_id, "period": period}
        row = connection.execute(LIMIT, key).fetchone()
        before: Micros | None = None if row is None else row["amount_micros"]
        if amount_micros is None:
            connection.execute(REMOVE_LIMIT, key)
        else:
            connection.execute(SET_LIMIT, {**key, "amount": amount_micros, "at": at})
        entry = AuditEntry(
            guild_id=guild_id,
            actor_id=None if by_member_id is None else self._accounts.number(connection, by_member_id, at),
            action=f"limit.{period}",
            subject_kind=kind,
            subject_id=subject_id,
            before=_word(before),
            after=_word(amount_micros),
            at=at,
        )
        write_audit(connection, entry)
        return before

    @writes
    def grant(
        self,
        connection: Connection,
        guild_id: int,
        kind: ScopeKind,
        subject_id: int,
        amount_micros: Micros,
        *,
        reason: str,
        expires_at: Instant | None,
        by_member_id: int,
        at: Instant,
    ) -> Grant:
        """Give credit to a member (by Discord id) or a channel, and audit it.

        Raises:
            BadAmount: it is not more than nothing.
        """
        if amount_micros <= 0:
            raise BadAmount(texts.money.NO_GRANT, typed=str(amount_micros))
        granted_by = self._actor(connection, guild_id, by_member_id, at)
        owner = self._accounts.number(connection, subject_id, at) if kind is ScopeKind.MEMBER else subject_id
        row = {
            "guild_id": guild_id,
            "kind": kind,
            "subject_id": owner,
            "amount": amount_micros,
            "reason": reason,
            "expires_at": expires_at,
            "granted_by": granted_by,
            "at": at,
        }
        grant_id: int = connection.execute(INSERT_GRANT, row).fetchall()[0]["grant_id"]
        entry = AuditEntry(
            guild_id=guild_id,
            actor_id=granted_by,
            action="grant",
            subject_kind=kind,
            subject_id=owner,
            after=_word(amount_micros),
            reason=reason,
            at=at,
        )
        write_audit(connection, entry)
        return Grant(grant_id, kind, subject_id, amount_micros, 0, 0, expires_at, reason)


def _shown(bound: Bound) -> Iterator[Period]:
    yield from (period for period in Period if period in bound.limits)
    if bound.scope.kind is ScopeKind.MEMBER and not bound.limits:
        yield _UNLIMITED_PERIOD


def _word(amount_micros: Micros | None) -> str:
    return "none" if amount_micros is None else str(amount_micros)
