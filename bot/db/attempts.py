"""Attempts: each POST that may create a paid task; written before it is sent, closed by its answer."""

from __future__ import annotations

import json
from collections.abc import Collection

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.db.holds import hold_of
from bot.db.ledger import Note, adjust, void
from bot.db.transitions import Change, IllegalMove, move, state_of
from bot.db.turns import serve
from bot.domain.clock import Instant
from bot.domain.jobs import PredictionState
from bot.domain.predictions import FailureReason
from bot.domain.remote_clock import Span

# One POST that is about to leave.
BEGIN = """
INSERT INTO attempts (prediction_id, account_id, boot_id, sent_at, began_after, began_before)
VALUES (:prediction_id, (SELECT account_id FROM predictions WHERE prediction_id = :prediction_id), :boot_id, :at,
        :began_after, :began_before)
RETURNING attempt_id
"""

# What came back, or that nothing did; once for each attempt.
ANSWER = """
UPDATE attempts SET outcome = :outcome, answered_at = :at WHERE attempt_id = :attempt_id AND outcome IS NULL
"""

# An answer that comes after all.
ANSWER_LATE = """
UPDATE attempts SET outcome = 'accepted', answered_at = :at WHERE attempt_id = :attempt_id AND outcome = 'lost'
"""

# What the provider has for one that was given up: it is ours, though nobody waits for it any more.
REMEMBER = "UPDATE predictions SET provider_id = :provider_id WHERE prediction_id = :prediction_id"

PROVIDER_ID = "SELECT provider_id FROM predictions WHERE prediction_id = :prediction_id"

UNANSWERED = """
SELECT attempt_id FROM attempts WHERE prediction_id = :prediction_id AND boot_id = :boot_id AND outcome IS NULL
"""

ATTEMPT = "SELECT prediction_id, outcome FROM attempts WHERE attempt_id = :attempt_id"

# What another run of the program had sent, or was about to send, when it ended.
ENDED_WAITS = """
SELECT job_id, prediction_id FROM predictions
WHERE state = 'failed' AND reason = 'wait_ended' AND submitted_at > :after
  AND NOT EXISTS (SELECT 1 FROM outputs WHERE outputs.prediction_id = predictions.prediction_id)
ORDER BY prediction_id
"""

ORPHANED = """
SELECT attempt_id, sent_at FROM attempts
WHERE outcome IS NULL AND boot_id <> :boot_id ORDER BY sent_at, attempt_id
"""

CLAIMED = "SELECT provider_id FROM predictions WHERE provider_id IN (SELECT value FROM json_each(:provider_ids))"


class JobAttempts(Store):
    """The part of the job store that sends predictions."""

    @writes
    def begin_attempt(
        self, connection: Connection, prediction_id: int, boot_id: str, at: Instant, began: Span | None = None
    ) -> int | None:
        """QUEUED to SUBMITTING, committed before the POST; returns the attempt, or None if cancelled meanwhile.

        `began` is the same instant as `at` by the provider's clock, where that is known.
        """
        if state_of(connection, prediction_id).is_final:
            return None
        move(connection, prediction_id, PredictionState.SUBMITTING, Change(submitted_at=at))
        after, before = (None, None) if began is None else (began.earliest, began.latest)
        values = {"prediction_id": prediction_id, "boot_id": boot_id, "at": at, "began_after": after}
        attempt_id = connection.execute(BEGIN, values | {"began_before": before}).fetchall()[0]["attempt_id"]
        serve(connection, prediction_id)
        return attempt_id

    @writes
    def attempt_accepted(self, connection: Connection, attempt_id: int, provider_id: str, at: Instant) -> None:
        """SUBMITTING to PROCESSING; UNKNOWN as well, where the answer comes after it was taken for lost.

        One that was given up by then keeps its end: its money went back. The prediction is remembered as ours, and the
        server's own account carries what the provider bills.
        """
        if connection.execute(ANSWER_LATE, {"attempt_id": attempt_id, "at": at}).rowcount:
            _accepted_late(connection, _prediction_of(connection, attempt_id), provider_id, at)
            return
        prediction_id = _answer(connection, attempt_id, "accepted", at)
        if prediction_id is not None:
            claim(connection, prediction_id, provider_id, PredictionState.SUBMITTING)

    @writes
    def attempt_returned(self, connection: Connection, attempt_id: int, at: Instant) -> None:
        """SUBMITTING back to QUEUED, its hold kept: nothing was created."""
        _return(connection, attempt_id, at)

    @writes
    def attempt_never_sent(self, connection: Connection, prediction_id: int, boot_id: str, at: Instant) -> None:
        """SUBMITTING back to QUEUED where `begin_attempt` was kept although nobody heard so: no POST left for it."""
        row = connection.execute(UNANSWERED, {"prediction_id": prediction_id, "boot_id": boot_id}).fetchone()
        if row is not None:
            _return(connection, row["attempt_id"], at)

    @writes
    def attempt_refused(self, connection: Connection, attempt_id: int, reason: FailureReason, at: Instant) -> None:
        """SUBMITTING to FAILED, its hold voided: a definite no."""
        prediction_id = _answer(connection, attempt_id, "refused", at)
        if prediction_id is not None:
            sources = {PredictionState.SUBMITTING}
            change = Change(reason=reason, ended_at=at)
            move(connection, prediction_id, PredictionState.FAILED, change, sources=sources)
            void(connection, hold_of(connection, prediction_id), Note(f"refused by the provider: {reason}", at))

    @writes
    def attempt_lost(self, connection: Connection, attempt_id: int, next_look_at: Instant, at: Instant) -> None:
        """SUBMITTING to UNKNOWN, its hold kept; nothing where a webhook said meanwhile which prediction is its."""
        prediction_id = _answer(connection, attempt_id, "lost", at)
        if prediction_id is not None:
            move(connection, prediction_id, PredictionState.UNKNOWN, Change(next_look_at=next_look_at))

    @reads
    def ended_waits(self, connection: Connection, after: Instant) -> tuple[tuple[str, int], ...]:
        """Job and prediction of each picture whose wait a moderator ended, sent after then, that may still come."""
        rows = connection.execute(ENDED_WAITS, {"after": after})
        return tuple((row["job_id"], row["prediction_id"]) for row in rows)

    @reads
    def orphaned_attempts(self, connection: Connection, boot_id: str) -> tuple[tuple[int, Instant], ...]:
        """Attempts (with when they were sent) that another run of the program left unanswered."""
        rows = connection.execute(ORPHANED, {"boot_id": boot_id})
        return tuple((row["attempt_id"], row["sent_at"]) for row in rows)


def _return(connection: Connection, attempt_id: int, at: Instant) -> None:
    prediction_id = _answer(connection, attempt_id, "returned", at)
    if prediction_id is not None:
        move(connection, prediction_id, PredictionState.QUEUED, Change())
        serve(connection, prediction_id)


def _answer(connection: Connection, attempt_id: int, outcome: str, at: Instant) -> int | None:
    """Close an attempt and return its prediction; None if it was closed in the same way before."""
    prediction_id = _prediction_of(connection, attempt_id)
    if connection.execute(ANSWER, {"attempt_id": attempt_id, "outcome": outcome, "at": at}).rowcount:
        return prediction_id
    before = connection.execute(ATTEMPT, {"attempt_id": attempt_id}).fetchone()["outcome"]
    if before != outcome and (before, outcome) != ("accepted", "lost"):
        raise IllegalMove(f"attempt {attempt_id} was {before} and cannot be {outcome}")
    return None


def _prediction_of(connection: Connection, attempt_id: int) -> int:
    row = connection.execute(ATTEMPT, {"attempt_id": attempt_id}).fetchone()
    if row is None:
        raise IllegalMove(f"there is no attempt {attempt_id}")
    return row["prediction_id"]


def _accepted_late(connection: Connection, prediction_id: int, provider_id: str, at: Instant) -> None:
    """Take an answer that came after it was taken for lost: it says for certain whose the prediction is."""
    state = state_of(connection, prediction_id)
    if state is PredictionState.UNKNOWN:
        claim(connection, prediction_id, provider_id, PredictionState.UNKNOWN)
    elif claimed(connection, [provider_id]):
        own = connection.execute(PROVIDER_ID, {"prediction_id": prediction_id}).fetchone()["provider_id"]
        if own != provider_id:
            raise IllegalMove(f"the provider's prediction {provider_id} belongs to another one of ours")
    elif state is PredictionState.FAILED:
        connection.execute(REMEMBER, {"prediction_id": prediction_id, "provider_id": provider_id})
        hold = hold_of(connection, prediction_id)
        adjust(connection, hold, hold.amount_micros, Note("begun after all, when it had been given up", at))
    else:
        raise IllegalMove(f"prediction {prediction_id} is {state} as another than {provider_id}")


def claimed(connection: Connection, provider_ids: Collection[str]) -> frozenset[str]:
    """Which of these tasks of the provider belong to one of our predictions."""
    rows = connection.execute(CLAIMED, {"provider_ids": json.dumps(list(provider_ids))})
    return frozenset(row["provider_id"] for row in rows)


def claim(connection: Connection, prediction_id: int, provider_id: str, source: PredictionState) -> None:
    """Give a prediction the provider's task, which is nobody else's, and have it processed.

    Raises:
        IllegalMove: the task belongs to another prediction, or this one is not in `source`.
    """
    if claimed(connection, [provider_id]):
        raise IllegalMove(f"the provider's prediction {provider_id} belongs to another one of ours")
    change = Change(provider_id=provider_id)
    move(connection, prediction_id, PredictionState.PROCESSING, change, sources={source})
