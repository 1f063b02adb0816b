"""Reads open holds from the ledger: the amount, its purses and its scopes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.db.connection import Connection
from bot.domain.budget import Draw, Grant, Scope, ScopeKind, draw_order
from bot.domain.money import Micros

# The hold of a prediction.
HOLD_OF = """
SELECT entry_id, prediction_id, guild_id, account_id, amount_micros FROM ledger
WHERE prediction_id = :prediction_id AND kind = 'hold'
"""

# The postings of an entry.
POSTINGS_OF = """
SELECT scope, guild_id, subject_id, day, held_micros, spent_micros FROM postings
WHERE entry_id = :entry_id ORDER BY scope, guild_id, subject_id
"""

# The grants that a hold was drawn from, with the part of each.
DRAWS_OF = """
SELECT grants.grant_id, grants.kind, grants.subject_id, grants.expires_at, postings.held_micros
FROM postings JOIN grants ON grants.grant_id = postings.subject_id
WHERE postings.entry_id = :entry_id AND postings.scope = 'grant'
"""


class LedgerBroken(Exception):
    """The ledger does not hold what it must: a bug or a damaged file, never a member's mistake."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Money set aside for one prediction."""

    entry_id: int
    prediction_id: int
    guild_id: int
    account_id: int
    amount_micros: Micros


@dataclass(frozen=True, slots=True)
class Posting:
    """What one entry changes in one scope, counted on the day of the admission."""

    scope: Scope
    day: date
    held_micros: Micros
    spent_micros: Micros


def share(draws: Iterable[Draw], scope: Scope) -> Micros:
    """The part of a hold's draws that a scope counts.

    Server and bot count everything. What a channel's grant pays counts neither for the channel nor for the member;
    what a member's grant pays does not count for the member.
    """
    match scope.kind:
        case ScopeKind.MEMBER:
            return sum(draw.amount_micros for draw in draws if draw.grant_id is None)
        case ScopeKind.CHANNEL:
            return sum(draw.amount_micros for draw in draws if not draw.from_channel)
        case ScopeKind.GRANT:
            return sum(draw.amount_micros for draw in draws if draw.grant_id == scope.subject_id)
        case ScopeKind.SERVER | ScopeKind.BOT:
            return sum(draw.amount_micros for draw in draws)


def hold_of(connection: Connection, prediction_id: int) -> Hold:
    """The hold of a prediction, ended or not.

    Raises:
        LedgerBroken: it has none.
    """
    row = connection.execute(HOLD_OF, {"prediction_id": prediction_id}).fetchone()
    if row is None:
        raise LedgerBroken(f"prediction {prediction_id} has no hold")
    return Hold(**dict(row))


def postings_of(connection: Connection, entry_id: int) -> tuple[Posting, ...]:
    """What an entry changed, scope by scope."""
    return tuple(
        Posting(
            scope=Scope(ScopeKind(row["scope"]), row["guild_id"], row["subject_id"]),
            day=date.fromisoformat(row["day"]),
            held_micros=row["held_micros"],
            spent_micros=row["spent_micros"],
        )
        for row in connection.execute(POSTINGS_OF, {"entry_id": entry_id})
    )


def draws_of(connection: Connection, hold: Hold) -> tuple[Draw, ...]:
    """The draws of a hold in the order in which they were planned, rebuilt from its postings."""
    purses = [
        Grant(
            grant_id=row["grant_id"],
            kind=ScopeKind(row["kind"]),
            subject_id=row["subject_id"],
            amount_micros=row["held_micros"],
            spent_micros=0,
            held_micros=0,
            expires_at=row["expires_at"],
            reason="",
        )
        for row in connection.execute(DRAWS_OF, {"entry_id": hold.entry_id})
    ]
    in_order = draw_order(purses, at=-1)
    draws = [Draw(purse.grant_id, purse.kind is ScopeKind.CHANNEL, purse.amount_micros) for purse in in_order]
    rest = hold.amount_micros - sum(draw.amount_micros for draw in draws)
    return (*draws, Draw(None, from_channel=False, amount_micros=rest))
