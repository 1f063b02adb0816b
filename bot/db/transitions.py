"""Moves a prediction between states, along the allowed transitions only."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from bot.db.connection import Connection
from bot.db.turns import line_up
from bot.domain.clock import Instant
from bot.domain.jobs import TRANSITIONS, PredictionState

# A prediction to its next state, if it is in one from which that is reached. What belongs to being looked for goes
# with the state; everything else stays as it is unless it is given.
MOVE = """
UPDATE predictions SET
    state = :state,
    provider_id = COALESCE(:provider_id, provider_id),
    reason = COALESCE(:reason, reason),
    submitted_at = COALESCE(:submitted_at, submitted_at),
    completed_at = COALESCE(:completed_at, completed_at),
    ended_at = COALESCE(:ended_at, ended_at),
    next_look_at = :next_look_at,
    review_at = NULL
WHERE prediction_id = :prediction_id AND state IN (SELECT value FROM json_each(:sources))
"""

STATE = "SELECT state FROM predictions WHERE prediction_id = :prediction_id"


class IllegalMove(Exception):
    """A move that no prediction makes: a bug in whoever asked for it, never a member's mistake."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is written along with a move; None leaves a column as it is."""

    provider_id: str | None = None
    reason: str | None = None
    submitted_at: Instant | None = None
    completed_at: Instant | None = None
    ended_at: Instant | None = None
    next_look_at: Instant | None = None


def move(
    connection: Connection,
    prediction_id: int,
    state: PredictionState,
    change: Change,
    *,
    sources: Collection[PredictionState] | None = None,
) -> bool:
    """Move a prediction; False if it is there already, finally, so that a repeated call does nothing.

    `sources` narrows the states from which `TRANSITIONS` allows the move.

    Raises:
        IllegalMove: it is in a state from which this one is not reached, or does not exist.
    """
    allowed = [source for source, following in TRANSITIONS.items() if state in following]
    possible = [source for source in allowed if sources is None or source in sources]
    values = {
        "prediction_id": prediction_id,
        "state": state,
        "sources": json.dumps(possible),
        "provider_id": change.provider_id,
        "reason": change.reason,
        "submitted_at": change.submitted_at,
        "completed_at": change.completed_at,
        "ended_at": change.ended_at,
        "next_look_at": change.next_look_at,
    }
    if connection.execute(MOVE, values).rowcount == 1:
        if PredictionState.QUEUED in {state, *possible}:
            line_up(connection, prediction_id)
        return True
    now_in = state_of(connection, prediction_id)
    if now_in is state and state.is_final:
        return False
    raise IllegalMove(f"prediction {prediction_id} cannot go from {now_in} to {state}")


def state_of(connection: Connection, prediction_id: int) -> PredictionState:
    """The state of a prediction.

    Raises:
        IllegalMove: there is no such prediction.
    """
    row = connection.execute(STATE, {"prediction_id": prediction_id}).fetchone()
    if row is None:
        raise IllegalMove(f"there is no prediction {prediction_id}")
    return PredictionState(row["state"])
