"""Finds the limits that apply to an order, and what is spent and held against each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from bot.db.connection import Connection
from bot.domain.budget import BudgetLine, Grant, LimitKind, Scope, ScopeKind, member_limits
from bot.domain.clock import Instant
from bot.domain.money import Micros
from bot.domain.orders import Defaults, Requester
from bot.domain.periods import Period, ends_at, local_day, period_key, zone_named

# Every limit that could bind one member in one channel; the bot's own stands under server 0.
LIMITS_OF = """
SELECT kind, subject_id, period, amount_micros FROM limits
WHERE (guild_id = :guild_id AND kind = 'default')
   OR (guild_id = :guild_id AND kind = 'server')
   OR (guild_id = :guild_id AND kind = 'channel' AND subject_id = :channel_id)
   OR (guild_id = :guild_id AND kind = 'member' AND subject_id = :account_id)
   OR (guild_id = :guild_id AND kind = 'role'
       AND subject_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:role_ids)))
   OR (guild_id = 0 AND kind = 'bot')
"""

# What stands in one scope and period.
STANDING = """
SELECT held_micros, spent_micros FROM balances
WHERE scope = :scope AND guild_id = :guild_id AND subject_id = :subject_id AND period = :period AND period_key = :key
"""

# The grants of a member's account or of a channel that have not expired, with what was drawn from them.
GRANTS_OF = """
SELECT grants.grant_id, grants.kind, grants.subject_id, grants.amount_micros, grants.expires_at, grants.reason,
       COALESCE(balances.held_micros, 0) AS held_micros, COALESCE(balances.spent_micros, 0) AS spent_micros
FROM grants
LEFT JOIN balances ON balances.scope = 'grant' AND balances.guild_id = grants.guild_id
    AND balances.subject_id = grants.grant_id AND balances.period = 'total' AND balances.period_key = ''
WHERE grants.guild_id = :guild_id AND grants.kind = :kind AND grants.subject_id = :subject_id
  AND (grants.expires_at IS NULL OR grants.expires_at > :at)
"""

# The time zone that a server counts its days in.
ZONE_OF = "SELECT zone FROM servers WHERE guild_id = :guild_id"


_LENGTHS = tuple(Period)


@dataclass(frozen=True, slots=True)
class Bound:
    """One scope that counts an order, on the day that its zone shows, with the limits that are set on it."""

    scope: Scope
    zone: tzinfo
    day: date
    limits: Mapping[Period, Micros]


def zone_of(connection: Connection, guild_id: int) -> tzinfo:
    """The zone of a server; UTC before it is first seen."""
    row = connection.execute(ZONE_OF, {"guild_id": guild_id}).fetchone()
    return UTC if row is None else zone_named(row["zone"])


def bounds_of(
    connection: Connection,
    requester: Requester,
    account_id: int,
    at: Instant,
    unseen: Defaults | None = None,
) -> tuple[Bound, ...]:
    """The member's, channel's, server's and bot's scopes for an order made now, in this order.

    `unseen` are the defaults that a server which was never seen will get.
    """
    guild_id = requester.guild_id
    limits = _limits_of(connection, requester, account_id)
    if unseen is not None:
        limits |= default_limits(unseen)
    zone = zone_of(connection, guild_id)
    day = local_day(at, zone)
    roles = [limits.get((LimitKind.ROLE, role_id), {}) for role_id in requester.role_ids]
    own = limits.get((LimitKind.MEMBER, account_id), {})
    of_member = member_limits(own, roles, limits.get((LimitKind.DEFAULT, 0), {}))
    of_channel = limits.get((LimitKind.CHANNEL, requester.purse_channel_id), {})
    of_server = limits.get((LimitKind.SERVER, 0), {})
    of_bot = limits.get((LimitKind.BOT, 0), {})
    return (
        Bound(Scope.member(guild_id, account_id), zone, day, of_member),
        Bound(Scope.channel(guild_id, requester.purse_channel_id), zone, day, of_channel),
        Bound(Scope.server(guild_id), zone, day, of_server),
        Bound(Scope.bot(), UTC, local_day(at, UTC), of_bot),
    )


def default_limits(defaults: Defaults) -> dict[tuple[LimitKind, int], dict[Period, Micros]]:
    """The limits that a new server starts with."""
    period = Period(defaults.period)
    amounts = {LimitKind.DEFAULT: defaults.member_limit_micros, LimitKind.SERVER: defaults.server_limit_micros}
    return {(kind, 0): {period: amount} for kind, amount in amounts.items() if amount is not None}


def line_of(connection: Connection, bound: Bound, period: Period, at: Instant) -> BudgetLine:
    """The three numbers of one scope in the period that holds `at`."""
    held, spent = standing(connection, bound.scope, period, bound.day)
    return BudgetLine(
        kind=bound.scope.kind,
        period=period,
        limit_micros=bound.limits.get(period),
        spent_micros=spent,
        held_micros=held,
        ends_at=ends_at(period, at, bound.zone),
    )


def standing(connection: Connection, scope: Scope, period: Period, day: date) -> tuple[Micros, Micros]:
    """What is held and what is spent in one scope, in the period that holds a day."""
    key = {**columns(scope), "period": period.value, "key": period_key(period, day)}
    row = connection.execute(STANDING, key).fetchone()
    return (0, 0) if row is None else (row["held_micros"], row["spent_micros"])


def grants_of(
    connection: Connection, guild_id: int, kind: ScopeKind, subject_id: int, at: Instant
) -> tuple[Grant, ...]:
    """The grants of an account (MEMBER) or channel that have something left and have not expired."""
    values = {"guild_id": guild_id, "kind": kind.value, "subject_id": subject_id, "at": at}
    grants = (
        Grant(
            grant_id=row["grant_id"],
            kind=ScopeKind(row["kind"]),
            subject_id=row["subject_id"],
            amount_micros=row["amount_micros"],
            spent_micros=row["spent_micros"],
            held_micros=row["held_micros"],
            expires_at=row["expires_at"],
            reason=row["reason"],
        )
        for row in connection.execute(GRANTS_OF, values)
    )
    return tuple(grant for grant in grants if grant.left_micros)


def broadest(refused: Sequence[BudgetLine]) -> BudgetLine:
    """Of several lines of one scope, the one that ends last: the total never does, and a Sunday ends its week too."""
    return max(refused, key=lambda line: (line.ends_at is None, line.ends_at or 0, _LENGTHS.index(line.period)))


def columns(scope: Scope) -> dict[str, str | int]:
    """A scope as the values of its three columns: plain strings, for which sqlite3 looks for no adapter."""
    return {"scope": scope.kind.value, "guild_id": scope.guild_id, "subject_id": scope.subject_id}


def _limits_of(
    connection: Connection, requester: Requester, account_id: int
) -> dict[tuple[LimitKind, int], dict[Period, Micros]]:
    values = {
        "guild_id": requester.guild_id,
        "channel_id": requester.purse_channel_id,
        "account_id": account_id,
        "role_ids": json.dumps(requester.role_ids),
    }
    limits: dict[tuple[LimitKind, int], dict[Period, Micros]] = {}
    for row in connection.execute(LIMITS_OF, values):
        by_period = limits.setdefault((LimitKind(row["kind"]), row["subject_id"]), {})
        by_period[Period(row["period"])] = row["amount_micros"]
    return limits
