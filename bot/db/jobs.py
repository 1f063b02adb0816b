"""The store of jobs: admission, attempts, settling and reading put together, and the messages of a job."""

from __future__ import annotations

import json
from collections.abc import Collection

from bot.db.admission import JobAdmission
from bot.db.attempts import JobAttempts
from bot.db.connection import Connection, Cursor
from bot.db.database import Store, reads, writes
from bot.db.lost_answers import JobLostAnswers
from bot.db.reading import JobReading
from bot.db.settling import JobSettling
from bot.db.transitions import IllegalMove
from bot.db.turns import next_turns
from bot.domain.clock import MINUTE, Instant
from bot.domain.errors import NoSuchJob
from bot.domain.gate import Backlog, Traffic
from bot.domain.jobs import MessageAt
from bot.domain.predictions import Waiting

# Members take turns: everybody's first waiting picture before anybody's second, and among equals whoever was served
# longest ago. Only for words: what is sent next is found by an index (`bot.db.turns`).
WAITING = """
SELECT prediction_id, job_id, predictions.model_id,
       ROW_NUMBER() OVER (PARTITION BY predictions.account_id ORDER BY prediction_id) AS turn
FROM predictions JOIN turns ON turns.account_id = predictions.account_id AND turns.model_id = predictions.model_id
WHERE state = 'queued' AND ended_at IS NULL
ORDER BY turn, served_at, prediction_id
"""

# How many are on their way to the provider, and how many at work there. One that is past its deadline takes no place
# any more: the provider may keep it for days, and answers 429 where it still counts.
BUSY = """
SELECT (SELECT COUNT(*) FROM predictions WHERE state = 'submitting' AND ended_at IS NULL) AS unanswered,
       (SELECT COUNT(*) FROM predictions WHERE state = 'processing' AND ended_at IS NULL)
       - (SELECT COUNT(*) FROM jobs JOIN predictions USING (job_id)
          WHERE late_told_at IS NOT NULL AND closed_at IS NULL AND state = 'processing' AND ended_at IS NULL)
       AS at_work
"""

# How many lost answers of each model are being looked for.
LOST = """
SELECT model_id, COUNT(*) AS lost FROM predictions
WHERE ended_at IS NULL AND state = 'unknown' AND review_at IS NULL GROUP BY model_id
"""

# What is set aside now, over all servers.
HELD = "SELECT COALESCE(SUM(held_micros), 0) AS held FROM balances WHERE scope = 'bot' AND period = 'total'"

# When the last but so many POSTs left. What was sent in the future was sent before the clock was set back; it must not
# close the gate until then.
SENT_BEFORE = """
SELECT sent_at FROM attempts WHERE sent_at > :since AND sent_at <= :at ORDER BY sent_at DESC LIMIT 1 OFFSET :later
"""

BACKLOG = "SELECT COUNT(*) AS waiting FROM predictions WHERE state = 'queued' AND ended_at IS NULL"

# How long the last pictures took, the oldest first; a clock that stepped back counts as no time at all.
DURATIONS = """
SELECT model_id, milliseconds FROM (
    SELECT model_id, CASE WHEN completed_at < submitted_at THEN 0 ELSE completed_at - submitted_at END AS milliseconds,
           completed_at, prediction_id
    FROM predictions
    WHERE completed_at IS NOT NULL AND submitted_at IS NOT NULL
    ORDER BY completed_at DESC, prediction_id DESC LIMIT :limit
) AS newest ORDER BY completed_at, prediction_id
"""

BEGIN_POSTING = "UPDATE jobs SET posting_at = COALESCE(posting_at, :at) WHERE job_id = :job_id"

SET_RESULT = """
UPDATE jobs SET result_channel_id = :channel_id, result_message_id = :message_id WHERE job_id = :job_id
"""

TELL_LATE = "UPDATE jobs SET late_told_at = COALESCE(late_told_at, :at) WHERE job_id = :job_id"

# A job is closed once, and only when all of its predictions have ended.
CLOSE = """
UPDATE jobs SET closed_at = COALESCE(closed_at, :at)
WHERE job_id = :job_id
  AND NOT EXISTS (SELECT 1 FROM predictions WHERE predictions.job_id = jobs.job_id AND ended_at IS NULL)
"""


class JobQueue(Store):
    """The part of the job store that says whose turn it is and how busy the provider is."""

    @reads
    def waiting(self, connection: Connection) -> tuple[Waiting, ...]:
        """All queued predictions in turn order: members take turns, each member's own in the order of asking."""
        rows = connection.execute(WAITING)
        return tuple(Waiting(row["prediction_id"], row["job_id"], row["model_id"]) for row in rows)

    @reads
    def next_turns(self, connection: Connection, count: int, held: Collection[str] = ()) -> tuple[Waiting, ...]:
        """The first so many in that order, or a few more, without those of `held` models."""
        return next_turns(connection, count, json.dumps(list(held)))

    @reads
    def traffic(self, connection: Connection, at: Instant, per_minute: int) -> Traffic:
        """How busy we are at the provider, where it takes so many POSTs a minute."""
        busy = connection.execute(BUSY).fetchone()
        values = {"since": at - MINUTE, "at": at, "later": per_minute - 1}
        sent = connection.execute(SENT_BEFORE, values).fetchone()
        return Traffic(
            in_flight=busy["unanswered"] + busy["at_work"],
            unanswered=busy["unanswered"],
            minute_full_until=None if sent is None else sent["sent_at"] + MINUTE,
            lost={row["model_id"]: row["lost"] for row in connection.execute(LOST)},
        )

    @reads
    def backlog(self, connection: Connection) -> Backlog:
        """How many predictions wait, and what is set aside now, over all servers."""
        waiting = connection.execute(BACKLOG).fetchone()["waiting"]
        return Backlog(waiting, connection.execute(HELD).fetchone()["held"])

    @reads
    def durations(self, connection: Connection, limit: int) -> tuple[tuple[str, int], ...]:
        """Model, and milliseconds from submit to completion, of the last `limit` pictures, the oldest first."""
        rows = connection.execute(DURATIONS, {"limit": limit})
        return tuple((row["model_id"], row["milliseconds"]) for row in rows)


class JobMessages(Store):
    """The part of the job store that remembers what was said about a job, and that it is done."""

    @writes
    def begin_posting(self, connection: Connection, job_id: str, at: Instant) -> None:
        """Committed before the result message is sent; keeps the first instant if repeated."""
        _mark(connection, BEGIN_POSTING, job_id, at)

    @writes
    def set_result_message(self, connection: Connection, job_id: str, message: MessageAt) -> None:
        """Remember where the result message is."""
        values = {"job_id": job_id, "channel_id": message.channel_id, "message_id": message.message_id}
        _one_job(connection.execute(SET_RESULT, values), job_id)

    @writes
    def tell_late(self, connection: Connection, job_id: str, at: Instant) -> None:
        """Remember that the member was told that it takes longer than the deadline."""
        _mark(connection, TELL_LATE, job_id, at)

    @writes
    def close(self, connection: Connection, job_id: str, at: Instant) -> None:
        """Nothing more happens to this job.

        Raises:
            IllegalMove: there is no such job, or one of its predictions has not ended.
        """
        if connection.execute(CLOSE, {"job_id": job_id, "at": at}).rowcount != 1:
            raise IllegalMove(f"job {job_id} cannot be closed: it has a prediction that has not ended")


class JobStore(JobAdmission, JobReading, JobQueue, JobAttempts, JobLostAnswers, JobSettling, JobMessages):
    """Jobs, their predictions and attempts. Moves that `TRANSITIONS` does not know are refused."""


def _mark(connection: Connection, statement: str, job_id: str, at: Instant) -> None:
    _one_job(connection.execute(statement, {"job_id": job_id, "at": at}), job_id)


def _one_job(cursor: Cursor, job_id: str) -> None:
    if cursor.rowcount != 1:
        raise NoSuchJob(job_id)
