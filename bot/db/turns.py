"""Whose turn it is: members are served in the order in which each was served last, found by an index at any length."""

from __future__ import annotations

from bot.db.connection import Connection, Row
from bot.domain.clock import HOUR
from bot.domain.predictions import Waiting

# Whose a prediction is, and of which model.
OWNER = "SELECT account_id, model_id FROM predictions WHERE prediction_id = :prediction_id"

# When a member was last served: not by a POST that came back unaccepted, and an hour without one is as good as never.
SERVED = f"""
SELECT COALESCE(MAX(sent_at), 0) AS served_at FROM attempts
WHERE account_id = :account_id AND (outcome IS NULL OR outcome <> 'returned')
  AND sent_at > (SELECT MAX(sent_at) FROM attempts) - {HOUR}
"""

# What of a member's own goes first.
FIRST = """
SELECT MIN(prediction_id) AS first_id FROM predictions
WHERE account_id = :account_id AND model_id = :model_id AND state = 'queued' AND ended_at IS NULL
"""

LINE_UP = """
INSERT INTO turns (account_id, model_id, served_at, first_id)
VALUES (:account_id, :model_id, :served_at, :first_id)
ON CONFLICT (account_id, model_id) DO UPDATE SET first_id = excluded.first_id
"""

LEAVE = "DELETE FROM turns WHERE account_id = :account_id AND model_id = :model_id"

SERVE = "UPDATE turns SET served_at = :served_at WHERE account_id = :account_id AND served_at <> :served_at"

# Those who were served more than an hour before whoever was served last come in the order of asking again.
FORGET = f"""
UPDATE turns SET served_at = 0
WHERE served_at > 0 AND served_at <= (SELECT MAX(sent_at) FROM attempts) - {HOUR}
"""

# Those whose turn comes next; what is held back for its model's sake is passed over.
NEXT = """
SELECT turns.account_id, turns.model_id, served_at, first_id, job_id
FROM turns JOIN predictions ON prediction_id = first_id
WHERE turns.model_id NOT IN (SELECT value FROM json_each(:held))
ORDER BY served_at, first_id LIMIT :count
"""

# What of a member's own comes after the first of it.
OWN = """
SELECT prediction_id, job_id FROM predictions
WHERE account_id = :account_id AND model_id = :model_id AND state = 'queued' AND ended_at IS NULL
ORDER BY prediction_id LIMIT :count
"""


def line_up(connection: Connection, prediction_id: int) -> None:
    """Have the turns say what is true after this prediction began to wait, or waits no more."""
    owner = dict(connection.execute(OWNER, {"prediction_id": prediction_id}).fetchone())
    first_id = connection.execute(FIRST, owner).fetchone()["first_id"]
    if first_id is None:
        connection.execute(LEAVE, owner)
        return
    served_at = connection.execute(SERVED, {"account_id": owner["account_id"]}).fetchone()["served_at"]
    connection.execute(LINE_UP, owner | {"served_at": served_at, "first_id": first_id})


def serve(connection: Connection, prediction_id: int) -> None:
    """Have its member's turn come after those of all others; or as before, where its POST came back unaccepted."""
    account_id = connection.execute(OWNER, {"prediction_id": prediction_id}).fetchone()["account_id"]
    served_at = connection.execute(SERVED, {"account_id": account_id}).fetchone()["served_at"]
    connection.execute(SERVE, {"account_id": account_id, "served_at": served_at})
    connection.execute(FORGET, {})


def next_turns(connection: Connection, count: int, held: str = "[]") -> tuple[Waiting, ...]:
    """The first `count` in turn order, or a few more; all where there are fewer.

    Everybody's first comes before anybody's second. `held` is a JSON list of models of which nothing is wanted. As many
    rows are read as are asked for, however many wait.
    """
    firsts = connection.execute(NEXT, {"held": held, "count": count}).fetchall()
    if len(firsts) == count or not firsts:
        return tuple(Waiting(row["first_id"], row["job_id"], row["model_id"]) for row in firsts)
    each = -(-count // len(firsts))
    while True:
        own = [(row, _own(connection, row, each)) for row in firsts]
        is_all = all(len(turns) < each for _, turns in own)
        # Beyond so many of each member's, something of another may be missing that comes before.
        found = _in_turn(own, None if is_all else each)
        if is_all or len(found) >= count:
            return found
        each *= 2


def _own(connection: Connection, first: Row, count: int) -> list[Waiting]:
    """What a member has of one model, in the order of asking."""
    values = {"account_id": first["account_id"], "model_id": first["model_id"], "count": count}
    rows = connection.execute(OWN, values)
    return [Waiting(row["prediction_id"], row["job_id"], first["model_id"]) for row in rows]


def _in_turn(own: list[tuple[Row, list[Waiting]]], each: int | None) -> tuple[Waiting, ...]:
    """Everybody's first before anybody's second, and so on up to the `each`th of all that a member has."""
    served = {first["account_id"]: first["served_at"] for first, _ in own}
    members: dict[int, list[Waiting]] = {}
    for first, turns in own:
        members.setdefault(first["account_id"], []).extend(turns)
    in_turn = [
        (number, served[account_id], turn.prediction_id, turn)
        for account_id, turns in members.items()
        for number, turn in enumerate(sorted(turns, key=lambda turn: turn.prediction_id)[:each])
    ]
    return tuple(turn for *_, turn in sorted(in_turn, key=lambda each: each[:3]))
