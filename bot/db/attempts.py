"""Attempts: each POST that may create a paid task, committed before it leaves and closed by what came back."""

from __future__ import annotations

import json
from collections.abc import Collection

from bot.db.connection import Connection, Row
from bot.db.database import Store, reads, writes
from bot.db.holds import hold_of
from bot.db.ledger import Note, adjust, void
from bot.db.transitions import Change, IllegalMove, move, state_of
from bot.db.turns import serve
from bot.domain.clock import Instant
from bot.domain.jobs import PredictionState
from bot.domain.lost_answers import WithoutTask
from bot.domain.predictions import FailureReason, Unknown
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

UNKNOWN = """
SELECT predictions.prediction_id, job_id, model_id, sent_at, began_after, began_before, answered_at AS lost_at, looks,
       next_look_at, review_at,
       (SELECT json_group_array(provider_id) FROM candidates
        WHERE candidates.prediction_id = predictions.prediction_id) AS candidates
FROM predictions JOIN attempts USING (prediction_id)
WHERE state = 'unknown' AND ended_at IS NULL AND outcome = 'lost' ORDER BY sent_at, predictions.prediction_id
"""

WITHOUT_TASK = """
SELECT attempts.prediction_id, state, sent_at, began_after, began_before, review_at,
       CASE outcome WHEN 'lost' THEN answered_at END AS lost_at,
       (SELECT json_group_array(provider_id) FROM candidates
        WHERE candidates.prediction_id = attempts.prediction_id) AS candidates
FROM attempts JOIN predictions USING (prediction_id)
WHERE (outcome IS NULL OR outcome = 'lost') AND sent_at >= :since AND provider_id IS NULL AND model_id = :model_id
ORDER BY sent_at, attempt_id
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
            _claim(connection, prediction_id, provider_id, PredictionState.SUBMITTING)

    @writes
    def attempt_returned(self, connection: Connection, attempt_id: int, at: Instant) -> None:
        """SUBMITTING back to QUEUED, its hold kept: nothing was created."""
        prediction_id = _answer(connection, attempt_id, "returned", at)
        if prediction_id is not None:
            move(connection, prediction_id, PredictionState.QUEUED, Change())
            serve(connection, prediction_id)

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

    @reads
    def unknowns(self, connection: Connection) -> tuple[Unknown, ...]:
        """All predictions in UNKNOWN, oldest first."""
        return tuple(
            Unknown(
                prediction_id=row["prediction_id"],
                job_id=row["job_id"],
                model_id=row["model_id"],
                sent_at=row["sent_at"],
                began=_began(row),
                lost_at=row["lost_at"],
                looks=row["looks"],
                next_look_at=row["next_look_at"],
                review_at=row["review_at"],
                candidates=frozenset(json.loads(row["candidates"])),
            )
            for row in connection.execute(UNKNOWN)
        )

    @reads
    def without_task(self, connection: Connection, model_id: str, since: Instant) -> tuple[WithoutTask, ...]:
        """The attempts of a model, sent since then, that may own what the provider lists and nobody has."""
        return tuple(
            WithoutTask(
                prediction_id=row["prediction_id"],
                state=PredictionState(row["state"]),
                sent_at=row["sent_at"],
                began=_began(row),
                lost_at=row["lost_at"],
                review_at=row["review_at"],
                candidates=frozenset(json.loads(row["candidates"])),
            )
            for row in connection.execute(WITHOUT_TASK, {"model_id": model_id, "since": since})
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
        """Leave an UNKNOWN prediction, with its hold, to a moderator: it is not looked for any more.

        Until it is decided, no `candidates` can be adopted by another that does not have them as well.
        """
        if connection.execute(LEAVE, {"prediction_id": prediction_id, "at": at}).rowcount:
            for provider_id in candidates:
                connection.execute(KEEP_CANDIDATE, {"prediction_id": prediction_id, "provider_id": provider_id})


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
        _claim(connection, prediction_id, provider_id, PredictionState.UNKNOWN)
    elif _claimed(connection, [provider_id]):
        own = connection.execute(PROVIDER_ID, {"prediction_id": prediction_id}).fetchone()["provider_id"]
        if own != provider_id:
            raise IllegalMove(f"the provider's prediction {provider_id} belongs to another one of ours")
    elif state is PredictionState.FAILED:
        connection.execute(REMEMBER, {"prediction_id": prediction_id, "provider_id": provider_id})
        hold = hold_of(connection, prediction_id)
        adjust(connection, hold, hold.amount_micros, Note("begun after all, when it had been given up", at))
    else:
        raise IllegalMove(f"prediction {prediction_id} is {state} as another than {provider_id}")


def _began(row: Row) -> Span | None:
    return None if row["began_after"] is None else Span(row["began_after"], row["began_before"])


def _claimed(connection: Connection, provider_ids: Collection[str]) -> frozenset[str]:
    rows = connection.execute(CLAIMED, {"provider_ids": json.dumps(list(provider_ids))})
    return frozenset(row["provider_id"] for row in rows)


def _claim(connection: Connection, prediction_id: int, provider_id: str, source: PredictionState) -> None:
    if _claimed(connection, [provider_id]):
        raise IllegalMove(f"the provider's prediction {provider_id} belongs to another one of ours")
    change = Change(provider_id=provider_id)
    move(connection, prediction_id, PredictionState.PROCESSING, change, sources={source})
