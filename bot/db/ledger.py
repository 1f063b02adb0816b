"""The append-only ledger: each entry with what it means in every scope, and the balances that are its sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.db.connection import Connection
from bot.db.holds import Hold, LedgerBroken, Posting, draws_of, postings_of, share
from bot.db.limits import Bound, columns
from bot.domain.budget import Scope, ScopeKind, split_capture
from bot.domain.clock import Instant
from bot.domain.money import Micros
from bot.domain.periods import Period, period_key

# One entry, under the next number: no two writes run at once, and one that is undone leaves no gap. A second hold of a
# prediction, end of a hold or refund of a hold meets a unique index and changes nothing.
APPEND = """
INSERT INTO ledger
    (entry_id, kind, hold_id, prediction_id, guild_id, account_id, amount_micros, actor_id, reason, entered_at)
VALUES ((SELECT COALESCE(MAX(entry_id), 0) + 1 FROM ledger),
        :kind, :hold_id, :prediction_id, :guild_id, :account_id, :amount, :actor_id, :reason, :at)
ON CONFLICT DO NOTHING
RETURNING entry_id
"""

# What an entry means in one scope, on the day of the admission.
POST = """
INSERT INTO postings (entry_id, scope, guild_id, subject_id, day, held_micros, spent_micros)
VALUES (:entry_id, :scope, :guild_id, :subject_id, :day, :held, :spent)
"""

# Hold an amount in one scope and period if its limit leaves room; no row changes where it does not, or none is there.
RESERVE = """
UPDATE balances SET held_micros = held_micros + :asked
WHERE scope = :scope AND guild_id = :guild_id AND subject_id = :subject_id AND period = :period AND period_key = :key
  AND (:limit IS NULL OR held_micros + spent_micros + :asked <= :limit)
"""

# Begin to count a scope in a period.
OPEN = """
INSERT INTO balances (scope, guild_id, subject_id, period, period_key, held_micros, spent_micros)
VALUES (:scope, :guild_id, :subject_id, :period, :key, 0, 0)
ON CONFLICT (scope, guild_id, subject_id, period, period_key) DO NOTHING
"""

# Around a reservation: where one limit refuses, no other scope keeps its part of it.
TRY = "SAVEPOINT reservation"
UNDO = "ROLLBACK TO reservation"
KEEP = "RELEASE reservation"

# Move what stands in one scope and period, without asking any limit; the hold has made the row.
SHIFT = """
UPDATE balances SET held_micros = held_micros + :held, spent_micros = spent_micros + :spent
WHERE scope = :scope AND guild_id = :guild_id AND subject_id = :subject_id AND period = :period AND period_key = :key
"""

# The capture of a prediction's hold.
CAPTURE_OF = """
SELECT entry_id, amount_micros FROM ledger WHERE hold_id = :hold_id AND kind = 'capture'
"""

# What the server's own account carries for a prediction.
ADJUSTED = """
SELECT COALESCE(SUM(amount_micros), 0) FROM ledger WHERE prediction_id = :prediction_id AND kind = 'adjust'
"""

Line: TypeAlias = Mapping[str, object]
"""What is asked of one scope in one period, as the statements name it: its columns, key, `asked`, and `limit`."""

_POOLS = frozenset({ScopeKind.SERVER, ScopeKind.BOT})


@dataclass(frozen=True, slots=True)
class Note:
    """Why an entry is made, by whom (an account, or None for the program itself), and when."""

    reason: str
    at: Instant
    actor_id: int | None = None


def periods_of(scope: Scope) -> Sequence[Period]:
    """The periods in which a scope is counted: all of them, so that a limit set later knows what came before it.

    A grant is one amount for ever.
    """
    return (Period.TOTAL,) if scope.kind is ScopeKind.GRANT else tuple(Period)


def lines_of(bound: Bound, asked_micros: Micros) -> list[Line]:
    """What is asked of a scope, in each of its periods."""
    where = columns(bound.scope)
    return [
        {
            **where,
            "period": period.value,
            "key": period_key(period, bound.day),
            "asked": asked_micros,
            "limit": bound.limits.get(period),
        }
        for period in periods_of(bound.scope)
    ]


def reserve(connection: Connection, lines: Sequence[Line]) -> bool:
    """Hold what each line asks, or nothing at all (False) where any of the limits refuses.

    The limit is asked by the very statement that raises the balance, so nothing can come in between.
    """
    connection.execute(TRY)
    fits = _reserve(connection, lines)
    if not fits:
        connection.execute(UNDO)
        # A scope that has no balance yet changes no row either, whatever its limit.
        is_opened = connection.executemany(OPEN, lines).rowcount > 0
        fits = is_opened and _reserve(connection, lines)
        if not fits:
            connection.execute(UNDO)
    connection.execute(KEEP)
    return fits


def _reserve(connection: Connection, lines: Sequence[Line]) -> bool:
    return connection.executemany(RESERVE, lines).rowcount == len(lines)


def enter_hold(
    connection: Connection,
    prediction_id: int,
    member: Scope,
    *,
    amount_micros: Micros,
    postings: Iterable[Posting],
    note: Note,
) -> None:
    """Append the hold of a prediction whose amount the balances have already reserved."""
    values = {
        "kind": "hold",
        "hold_id": None,
        "prediction_id": prediction_id,
        "guild_id": member.guild_id,
        "account_id": member.subject_id,
        "amount": amount_micros,
    }
    entry_id = _append(connection, values, note)
    if entry_id is None:
        raise LedgerBroken(f"prediction {prediction_id} has a hold already")
    _post(connection, entry_id, postings)


def capture(connection: Connection, hold: Hold, captured_micros: Micros, note: Note) -> bool:
    """Spend a hold, or a part of it, giving back the rest; False if it has ended already.

    Raises:
        ValueError: more than was held, or less than nothing.
    """
    return _end(connection, hold, "capture", captured_micros, note)


def void(connection: Connection, hold: Hold, note: Note) -> bool:
    """Give a hold back; False if it has ended already."""
    return _end(connection, hold, "void", 0, note)


def expire(connection: Connection, hold: Hold, note: Note) -> bool:
    """Give a hold back because nobody knows its prediction any more; False if it has ended already."""
    return _end(connection, hold, "expire", 0, note)


def refund(connection: Connection, hold: Hold, note: Note) -> Micros:
    """Give captured money back, in the periods and purses that it was spent from; 0 if there is none to give back."""
    captured = connection.execute(CAPTURE_OF, {"hold_id": hold.entry_id}).fetchone()
    if captured is None or captured["amount_micros"] == 0:
        return 0
    amount: Micros = captured["amount_micros"]
    entry_id = _append(connection, _ending(hold, "refund", amount), note)
    if entry_id is None:
        return 0
    spent = postings_of(connection, captured["entry_id"])
    _settle(connection, entry_id, [Posting(one.scope, one.day, 0, -one.spent_micros) for one in spent])
    return amount


def adjust(connection: Connection, hold: Hold, carried_micros: Micros, note: Note) -> Micros:
    """Let the server's own account carry exactly this much of what the provider billed for a prediction.

    Only the difference to what it carries already is entered and returned (negative: the provider gave some back), so
    a repeated call changes nothing. It counts in the server's and the bot's periods of the admission.

    Raises:
        ValueError: less than nothing.
    """
    if carried_micros < 0:
        message = "a server cannot carry less than nothing"
        raise ValueError(message)
    carried: Micros = connection.execute(ADJUSTED, {"prediction_id": hold.prediction_id}).fetchone()[0]
    change = carried_micros - carried
    if change == 0:
        return 0
    values = {**_ending(hold, "adjust", change), "hold_id": None, "account_id": None}
    entry_id = _append(connection, values, note)
    if entry_id is None:
        raise LedgerBroken(f"prediction {hold.prediction_id} cannot be adjusted")
    pools = [held for held in postings_of(connection, hold.entry_id) if held.scope.kind in _POOLS]
    _settle(connection, entry_id, [Posting(pool.scope, pool.day, 0, change) for pool in pools])
    return change


def _end(connection: Connection, hold: Hold, kind: str, spent_micros: Micros, note: Note) -> bool:
    if spent_micros < 0:
        message = "a capture below nothing"
        raise ValueError(message)
    spent = split_capture(draws_of(connection, hold), spent_micros)
    amount = spent_micros if kind == "capture" else hold.amount_micros
    entry_id = _append(connection, _ending(hold, kind, amount), note)
    if entry_id is None:
        return False
    changes = [
        Posting(held.scope, held.day, -held.held_micros, share(spent, held.scope))
        for held in postings_of(connection, hold.entry_id)
    ]
    _settle(connection, entry_id, changes)
    return True


def _ending(hold: Hold, kind: str, amount_micros: Micros) -> dict[str, object]:
    return {
        "kind": kind,
        "hold_id": hold.entry_id,
        "prediction_id": hold.prediction_id,
        "guild_id": hold.guild_id,
        "account_id": hold.account_id,
        "amount": amount_micros,
    }


def _append(connection: Connection, entry: Mapping[str, object], note: Note) -> int | None:
    values = {**entry, "actor_id": note.actor_id, "reason": note.reason, "at": note.at}
    appended = connection.execute(APPEND, values).fetchall()
    return appended[0]["entry_id"] if appended else None


def _post(connection: Connection, entry_id: int, postings: Iterable[Posting]) -> None:
    rows = [
        {
            **columns(posting.scope),
            "entry_id": entry_id,
            "day": posting.day.isoformat(),
            "held": posting.held_micros,
            "spent": posting.spent_micros,
        }
        for posting in postings
    ]
    connection.executemany(POST, rows)


def _settle(connection: Connection, entry_id: int, postings: Sequence[Posting]) -> None:
    _post(connection, entry_id, postings)
    shifts = [
        {
            **columns(posting.scope),
            "period": period.value,
            "key": period_key(period, posting.day),
            "held": posting.held_micros,
            "spent": posting.spent_micros,
        }
        for posting in postings
        for period in periods_of(posting.scope)
    ]
    if connection.executemany(SHIFT, shifts).rowcount != len(shifts):
        raise LedgerBroken(f"a balance is missing that entry {entry_id} changes")
