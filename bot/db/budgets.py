"""The budget store in SQLite: limits, grants, and the views of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo

from bot.db.accounts import Accounts
from bot.db.audit import Act, write_audit
from bot.db.connection import Connection
from bot.db.database import Database, Store
from bot.db.limits import Bound, bounds_of, grants_of, line_of, zone_of
from bot.db.servers import is_seen, see_server
from bot.domain.budget import BudgetLine, Grant, LimitKind, ScopeKind
from bot.domain.clock import Instant
from bot.domain.errors import BadAmount
from bot.domain.money import Micros
from bot.domain.orders import Defaults, Requester
from bot.domain.periods import Period
from bot.services.ports.budgets import LedgerEntry

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
ENTRIES = """
SELECT ledger.kind,
       CASE ledger.kind WHEN 'hold' THEN -ledger.amount_micros
                        WHEN 'capture' THEN hold.amount_micros - ledger.amount_micros
                        ELSE ledger.amount_micros END AS amount_micros,
       predictions.job_id, actor.member_id AS actor_member_id, ledger.reason, ledger.entered_at,
       NULL AS expires_at, ledger.entry_id AS place
FROM ledger
LEFT JOIN ledger AS hold ON hold.entry_id = ledger.hold_id
LEFT JOIN predictions ON predictions.prediction_id = ledger.prediction_id
LEFT JOIN accounts AS actor ON actor.account_id = ledger.actor_id
WHERE ledger.guild_id = :guild_id AND ledger.account_id = :account_id
UNION ALL
SELECT 'grant', grants.amount_micros, NULL, actor.member_id, grants.reason, grants.granted_at, grants.expires_at, 0
FROM grants LEFT JOIN accounts AS actor ON actor.account_id = grants.granted_by
WHERE grants.guild_id = :guild_id AND grants.kind = 'member' AND grants.subject_id = :account_id
ORDER BY 6 DESC, 8 DESC LIMIT :count
"""

_UNLIMITED_PERIOD = Period.MONTH


class SqliteBudgetStore(Store):
    """The budget store in SQLite."""

    def __init__(self, database: Database, accounts: Accounts, defaults: Defaults) -> None:
        super().__init__(database)
        self._accounts = accounts
        self._defaults = defaults

    async def see_server(self, guild_id: int, at: Instant) -> bool:
        """See `BudgetStore.see_server`."""
        return await self.database.write(see_server, guild_id, self._defaults, at)

    async def zone(self, guild_id: int) -> tzinfo:
        """See `BudgetStore.zone`."""
        return await self.database.read(zone_of, guild_id)

    async def budget(self, requester: Requester, at: Instant) -> tuple[BudgetLine, ...]:
        """See `BudgetStore.budget`; a member whom no limit of their own binds gets one line, for the month."""
        return await self.database.read(_budget, self._accounts, self._defaults, requester, at)

    async def grants(self, guild_id: int, kind: ScopeKind, subject_id: int, at: Instant) -> tuple[Grant, ...]:
        """See `BudgetStore.grants`."""
        return await self.database.read(_grants, self._accounts, guild_id, kind, subject_id, at=at)

    async def entries(self, guild_id: int, member_id: int, limit: int) -> tuple[LedgerEntry, ...]:
        """See `BudgetStore.entries`."""
        return await self.database.read(_entries, self._accounts, guild_id, member_id, limit)

    async def set_limit(
        self,
        guild_id: int,
        kind: LimitKind,
        subject_id: int,
        period: Period,
        amount_micros: Micros | None,
        *,
        by_member_id: int | None,
        at: Instant,
    ) -> Micros | None:
        """See `BudgetStore.set_limit`."""
        limit = _Limit(guild_id, kind, subject_id, period, amount_micros)
        return await self.database.write(_set_limit, self._accounts, self._defaults, limit, by_member_id, at=at)

    async def grant(
        self,
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
        """See `BudgetStore.grant`."""
        grant = Grant(
            grant_id=0,
            kind=kind,
            subject_id=subject_id,
            amount_micros=amount_micros,
            spent_micros=0,
            held_micros=0,
            expires_at=expires_at,
            reason=reason,
        )
        giver = _Giver(guild_id, by_member_id, at)
        return await self.database.write(_grant, self._accounts, self._defaults, grant, giver)


@dataclass(frozen=True, slots=True)
class _Limit:
    guild_id: int
    kind: LimitKind
    subject_id: int
    period: Period
    amount_micros: Micros | None


@dataclass(frozen=True, slots=True)
class _Giver:
    guild_id: int
    member_id: int
    at: Instant


def _budget(
    connection: Connection, accounts: Accounts, defaults: Defaults, requester: Requester, at: Instant
) -> tuple[BudgetLine, ...]:
    unseen = None if is_seen(connection, requester.guild_id) else defaults
    account_id = accounts.find(connection, requester.member_id) or 0
    bounds = bounds_of(connection, requester, account_id, at, unseen)
    return tuple(line_of(connection, bound, period, at) for bound in bounds for period in _shown(bound))


def _shown(bound: Bound) -> Iterator[Period]:
    yield from (period for period in Period if period in bound.limits)
    if bound.scope.kind is ScopeKind.MEMBER and not bound.limits:
        yield _UNLIMITED_PERIOD


def _grants(
    connection: Connection,
    accounts: Accounts,
    guild_id: int,
    kind: ScopeKind,
    subject_id: int,
    *,
    at: Instant,
) -> tuple[Grant, ...]:
    owner = subject_id
    if kind is ScopeKind.MEMBER:
        owner = accounts.find(connection, subject_id) or 0
    grants = grants_of(connection, guild_id, kind, owner, at)
    return tuple(replace(grant, subject_id=subject_id) for grant in grants)


def _entries(
    connection: Connection, accounts: Accounts, guild_id: int, member_id: int, limit: int
) -> tuple[LedgerEntry, ...]:
    values = {"guild_id": guild_id, "account_id": accounts.find(connection, member_id), "count": limit}
    return tuple(
        LedgerEntry(
            kind=row["kind"],
            amount_micros=row["amount_micros"],
            job_id=row["job_id"],
            actor_member_id=row["actor_member_id"],
            reason=row["reason"],
            entered_at=row["entered_at"],
            expires_at=row["expires_at"],
        )
        for row in connection.execute(ENTRIES, values)
    )


def _set_limit(
    connection: Connection,
    accounts: Accounts,
    defaults: Defaults,
    limit: _Limit,
    by_member_id: int | None,
    *,
    at: Instant,
) -> Micros | None:
    if limit.amount_micros is not None and limit.amount_micros < 0:
        raise BadAmount(str(limit.amount_micros), "A limit cannot be negative.")
    if limit.kind is not LimitKind.BOT:
        see_server(connection, limit.guild_id, defaults, at)
    subject_id = limit.subject_id
    if limit.kind is LimitKind.MEMBER:
        subject_id = accounts.number(connection, subject_id, at)
    key = {"guild_id": limit.guild_id, "kind": limit.kind, "subject_id": subject_id, "period": limit.period}
    row = connection.execute(LIMIT, key).fetchone()
    before: Micros | None = None if row is None else row["amount_micros"]
    if limit.amount_micros is None:
        connection.execute(REMOVE_LIMIT, key)
    else:
        connection.execute(SET_LIMIT, {**key, "amount": limit.amount_micros, "at": at})
    act = Act(
        guild_id=limit.guild_id,
        actor_id=None if by_member_id is None else accounts.number(connection, by_member_id, at),
        action=f"limit.{limit.period}",
        subject_kind=limit.kind,
        subject_id=subject_id,
        before=_word(before),
        after=_word(limit.amount_micros),
        at=at,
    )
    write_audit(connection, act)
    return before


def _grant(connection: Connection, accounts: Accounts, defaults: Defaults, grant: Grant, giver: _Giver) -> Grant:
    if grant.amount_micros <= 0:
        raise BadAmount(str(grant.amount_micros), "A grant has to be more than nothing.")
    see_server(connection, giver.guild_id, defaults, giver.at)
    granted_by = accounts.number(connection, giver.member_id, giver.at)
    owner = grant.subject_id
    if grant.kind is ScopeKind.MEMBER:
        owner = accounts.number(connection, owner, giver.at)
    row = {
        "guild_id": giver.guild_id,
        "kind": grant.kind,
        "subject_id": owner,
        "amount": grant.amount_micros,
        "reason": grant.reason,
        "expires_at": grant.expires_at,
        "granted_by": granted_by,
        "at": giver.at,
    }
    grant_id: int = connection.execute(INSERT_GRANT, row).fetchall()[0]["grant_id"]
    act = Act(
        guild_id=giver.guild_id,
        actor_id=granted_by,
        action="grant",
        subject_kind=grant.kind,
        subject_id=owner,
        after=_word(grant.amount_micros),
        reason=grant.reason,
        at=giver.at,
    )
    write_audit(connection, act)
    return replace(grant, grant_id=grant_id)


def _word(amount_micros: Micros | None) -> str:
    return "none" if amount_micros is None else str(amount_micros)
