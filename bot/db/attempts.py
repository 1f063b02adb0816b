"""Attempts: each POST that may create a paid task, committed before it leaves and closed by what came back."""

from __future__ import annotations

import json
from collections.abc import Collection

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.db.holds import hold_of
from bot.db.ledger import Note, void
from bot.db.transitions import Change, IllegalMove, move, state_of
from bot.domain.clock import Instant
from bot.domain.jobs import PredictionState
from bot.domain.predictions import FailureReason, Unknown

# One POST that is about to leave.
BEGIN = """
INSERT INTO attempts (prediction_id, boot_id, sent_at) VALUES (:prediction_id, :boot_id, :at)
RETURNING attempt_id
"""

# What came back, or that nothing did; once for each attempt.
ANSWER = """
UPDATE attempts SET outcome = :outcome, answered_at = :at WHERE attempt_id = :attempt_id AND outcome IS NULL
"""

ATTEMPT = "SELECT prediction_id, outcome FROM attempts WHERE attempt_id = :attempt_id"

# What another run of the program had sent, or was about to send, when it ended.
ORPHANED = """
SELECT attempt_id, sent_at FROM attempts
WHERE outcome IS NULL AND boot_id <> :boot_id ORDER BY sent_at, attempt_id
"""

UNKNOWN = """
SELECT prediction_id, job_id, model_id, submitted_at, looks, next_look_at, review_at,
       (SELECT json_group_array(provider_id) FROM candidates
        WHERE candidates.prediction_id = predictions.prediction_id) AS candidates
FROM predictions JOIN jobs USING (job_id)
WHERE state = 'unknown' AND ended_at IS NULL ORDER BY submitted_at, prediction_id
"""

CLAIMED = "SELECT provider_id FROM predictions WHERE provider_id IN (SELECT value FROM json_each(:provider_ids))"

LOOKED = """
UPDATE predictions SET looks = looks + 1, next_look_at = :next_look_at
WHERE prediction_id = :prediction_id AND state = 'unknown'
"""

LOOK_AT = """
UPDATE predictions SET next_look_at = :next_look_at WHERE prediction_id = :prediction_id AND state = 'unknown'
"""

# One that a moderator may still give to somebody else.
SET_ASIDE = """
SELECT 1 FROM candidates JOIN predictions USING (prediction_id)
WHERE candidates.provider_id = :provider_id AND predictions.state = 'unknown' AND prediction_id <> :prediction_id
  AND NOT EXISTS (SELECT 1 FROM candidates AS own
                  WHERE own.provider_id = :provider_id AND own.prediction_id = :prediction_id)
"""

KEEP_CANDIDATE = """
INSERT INTO candidates (prediction_id, provider_id) VALUES (:prediction_id, :provider_id)
ON CONFLICT (prediction_id, provider_id) DO NOTHING
"""

LEAVE = """
UPDATE predictions SET review_at = COALESCE(review_at, :at), next_look_at = NULL
WHERE prediction_id = :prediction_id AND state = 'unknown'
"""


class JobAttempts(Store):
    """The part of the job store that sends predictions and looks for those whose answer was lost."""

    @writes
    def begin_attempt(self, connection: Connection, prediction_id: int, boot_id: str, at: Instant) -> int | None:
        """QUEUED to SUBMITTING, committed before the POST; returns the attempt, or None if cancelled meanwhile."""
        if state_of(connection, prediction_id).is_final:
            return None
        move(connection, prediction_id, PredictionState.SUBMITTING, Change(submitted_at=at))
        values = {"prediction_id": prediction_id, "boot_id": boot_id, "at": at}
        return connection.execute(BEGIN, values).fetchall()[0]["attempt_id"]

    @writes
    def attempt_accepted(self, connection: Connection, attempt_id: int, provider_id: str, at: Instant) -> None:
        """SUBMITTING to PROCESSING."""
        prediction_id = _answer(connection, attempt_id, "accepted", at)
        if prediction_id is not None:
            _claim(connection, prediction_id, provider_id, PredictionState.SUBMITTING)

    @writes
    def attempt_returned(self, connection: Connection, attempt_id: int, at: Instant) -> None:
        """SUBMITTING back to QUEUED, its hold kept: nothing was created."""
        prediction_id = _answer(connection, attempt_id, "returned", at)
        if prediction_id is not None:
            move(connection, prediction_id, PredictionState.QUEUED, Change())

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
        """SUBMITTING to UNKNOWN, its hold kept."""
        prediction_id = _answer(connection, attempt_id, "lost", at)
        if prediction_id is not None:
            move(connection, prediction_id, PredictionState.UNKNOWN, Change(next_look_at=next_look_at))

    @reads
    def orphaned_attempts(self, connection: Connection, boot_id: str) -> tuple[tuple[int, Instant], ...]:
        """Attempts (with when they were sent) that another run of the program left unanswered."""
        rows = connection.execute(ORPHANED, {"boot_id": boot_id})
        return tuple((row["attempt_id"], row["sent_at"]) for row in rows)

    @reads
    def unknowns(self, connection: Connection) -> tuple[Unknown, ...]:
        """All predictions in UNKNOWN, oldest first."""
        return tuple(
            Unknown(
                prediction_id=row["prediction_id"],
                job_id=row["job_id"],
                model_id=row["model_id"],
                sent_at=row["submitted_at"],
                looks=row["looks"],
                next_look_at=row["next_look_at"],
                review_at=row["review_at"],
                candidates=frozenset(json.loads(row["candidates"])),
            )
            for row in connection.execute(UNKNOWN)
        )

    @reads
    def claimed(self, connection: Connection, provider_ids: Collection[str]) -> frozenset[str]:
        """Which of these predictions of the provider belong to one of ours."""
        return _claimed(connection, provider_ids)

    @writes
    def adopt(self, connection: Connection, prediction_id: int, provider_id: str) -> None:
        """UNKNOWN to PROCESSING under an id found in the provider's list, which is nobody else's."""
        values = {"prediction_id": prediction_id, "provider_id": provider_id}
        if connection.execute(SET_ASIDE, values).fetchone():
            raise IllegalMove(
                f"the provider's prediction {provider_id} awaits a moderator's decision for another of ours"
            )
        _claim(connection, prediction_id, provider_id, PredictionState.UNKNOWN)

    @writes
    def looked(self, connection: Connection, prediction_id: int, next_look_at: Instant) -> None:
        """Count a look that found no candidate, and say when the next one is."""
        connection.execute(LOOKED, {"prediction_id": prediction_id, "next_look_at": next_look_at})

    @writes
    def look_at(self, connection: Connection, prediction_id: int, next_look_at: Instant) -> None:
        """Put the next look off, or bring it forward, without counting one."""
        connection.execute(LOOK_AT, {"prediction_id": prediction_id, "next_look_at": next_look_at})

    @writes
    def leave_to_moderator(
        self, connection: Connection, prediction_id: int, candidates: Collection[str], at: Instant
    ) -> None:
        """Reopen the gate and leave an UNKNOWN prediction, with its hold, to a moderator.

        Until it is decided, no `candidates` can be adopted by another that does not have them as well.
        """
        if connection.execute(LEAVE, {"prediction_id": prediction_id, "at": at}).rowcount:
            for provider_id in candidates:
                connection.execute(KEEP_CANDIDATE, {"prediction_id": prediction_id, "provider_id": provider_id})


def _answer(connection: Connection, attempt_id: int, outcome: str, at: Instant) -> int | None:
    """Close an attempt and return its prediction; None if it was closed in the same way before."""
    row = connection.execute(ATTEMPT, {"attempt_id": attempt_id}).fetchone()
    if row is None:
        raise IllegalMove(f"there is no attempt {attempt_id}")
    if connection.execute(ANSWER, {"attempt_id": attempt_id, "outcome": outcome, "at": at}).rowcount:
        return row["prediction_id"]
    if row["outcome"] != outcome:
        raise IllegalMove(f"attempt {attempt_id} was {row['outcome']} and cannot be {outcome}")
    return None


def _claimed(connection: Connection, provider_ids: Collection[str]) -> frozenset[str]:
    rows = connection.execute(CLAIMED, {"provider_ids": json.dumps(list(provider_ids))})
    return frozenset(row["provider_id"] for row in rows)


def _claim(connection: Connection, prediction_id: int, provider_id: str, source: PredictionState) -> None:
    if _claimed(connection, [provider_id]):
        raise IllegalMove(f"the provider's prediction {provider_id} belongs to another one of ours")
    change = Change(provider_id=provider_id)
    move(connection, prediction_id, PredictionState.PROCESSING, change, sources={source})
