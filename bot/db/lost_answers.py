"""Reads and writes about predictions with a lost answer: attempts, candidates from the provider's list, looks."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict

from bot.db.attempts import claim, claimed
from bot.db.connection import Connection, Row
from bot.db.database import Store, reads, writes
from bot.db.transitions import IllegalMove
from bot.domain.clock import Instant
from bot.domain.jobs import PredictionState
from bot.domain.lost_answers import WithoutTask
from bot.domain.predictions import Unknown
from bot.domain.remote_clock import Span
from bot.domain.webhooks import SentAttempt, UnansweredAttempt

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

# What can still be said to be the task of an attempt: its answer is missing, or was taken for lost.
UNANSWERED = """
SELECT job_id, model_id FROM attempts JOIN predictions USING (prediction_id)
WHERE attempt_id = :attempt_id AND prediction_id = :prediction_id AND sent_at = :sent_at
  AND (outcome IS NULL OR outcome = 'lost')
"""


class JobLostAnswers(Store):
    """The part of the job store that looks for predictions whose answer is missing."""

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
        return claimed(connection, provider_ids)

    @writes
    def adopt(self, connection: Connection, prediction_id: int, provider_id: str) -> None:
        """UNKNOWN to PROCESSING under an id found in the provider's list, which is nobody else's."""
        values = {"prediction_id": prediction_id, "provider_id": provider_id}
        if connection.execute(SET_ASIDE, values).fetchone():
            raise IllegalMove(
                f"the provider's prediction {provider_id} awaits a moderator's decision for another of ours"
            )
        claim(connection, prediction_id, provider_id, PredictionState.UNKNOWN)

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

    @reads
    def unanswered(self, connection: Connection, attempt: SentAttempt) -> UnansweredAttempt | None:
        """What is known of an attempt whose answer is still missing; None: it has one, or there is no such attempt."""
        row = connection.execute(UNANSWERED, asdict(attempt)).fetchone()
        return None if row is None else UnansweredAttempt(row["job_id"], row["model_id"])


def _began(row: Row) -> Span | None:
    return None if row["began_after"] is None else Span(row["began_after"], row["began_before"])
