"""Reads whole jobs with one query per table, however many jobs are asked for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from bot.db.accounts import MemberStore
from bot.db.connection import Connection
from bot.db.database import reads
from bot.db.job_rows import job_in, message_at, output_in, prediction_in, reference_in
from bot.db.slots import columns
from bot.domain.errors import NoSuchJob
from bot.domain.jobs import Job, MessageAt, PredictionState
from bot.domain.story import Story

K = TypeVar("K")
V = TypeVar("V")

# A result that everybody who sees its channel can still look at: neither taken down nor of somebody who had their data
# erased, nor sent to its member alone.
_TO_BE_SEEN = """
parent.taken_down_at IS NULL AND parent.result_channel_id = parent.channel_id AND EXISTS (
    SELECT 1 FROM accounts AS maker WHERE maker.account_id = parent.account_id AND maker.member_id IS NOT NULL)
"""

# The jobs themselves, with whom they belong to now, and the result that each was made from.
JOBS = f"""
SELECT jobs.*, accounts.member_id, parent.result_channel_id AS parent_channel_id,
       parent.result_message_id AS parent_message_id,
       (SELECT showcase_channel_id FROM servers WHERE servers.guild_id = jobs.guild_id) AS showcase_channel_id,
       (SELECT name FROM styles WHERE styles.style_id = jobs.style_id) AS style
FROM jobs JOIN accounts USING (account_id)
LEFT JOIN jobs AS parent ON parent.job_id = jobs.parent_job_id AND {_TO_BE_SEEN}
WHERE jobs.job_id IN (SELECT value FROM json_each(:job_ids))
"""

PARENT_MESSAGE = f"""
SELECT result_channel_id, result_message_id FROM jobs AS parent WHERE job_id = :job_id AND {_TO_BE_SEEN}
"""

SHOWCASE = "SELECT showcase_channel_id FROM servers WHERE guild_id = :guild_id"

# The jobs that a job came from, the nearest first; a job is always younger than the one it came from.
CHAIN = """
WITH RECURSIVE chain (job_id, parent_job_id, step) AS (
    SELECT job_id, parent_job_id, 0 FROM jobs WHERE job_id = :job_id
    UNION ALL
    SELECT jobs.job_id, jobs.parent_job_id, chain.step + 1 FROM jobs JOIN chain ON jobs.job_id = chain.parent_job_id
)
SELECT job_id FROM chain WHERE step > 0 ORDER BY step
"""

REFERENCES = f"""
SELECT job_references.job_id, job_references.of_style, {columns("jobs.guild_id")}
FROM job_references JOIN images USING (sha256) JOIN jobs USING (job_id)
WHERE job_references.job_id IN (SELECT value FROM json_each(:job_ids))
ORDER BY job_references.job_id, place
"""

# The predictions with their money: what was held, and what of it was spent and not given back since.
PREDICTIONS = """
SELECT predictions.*, hold.amount_micros AS held_micros,
       capture.amount_micros - COALESCE(refund.amount_micros, 0) AS captured_micros,
       reviews.asked_at AS asked_moderators_at
FROM predictions
JOIN ledger AS hold ON hold.prediction_id = predictions.prediction_id AND hold.kind = 'hold'
LEFT JOIN ledger AS capture ON capture.hold_id = hold.entry_id AND capture.kind = 'capture'
LEFT JOIN ledger AS refund ON refund.hold_id = hold.entry_id AND refund.kind = 'refund'
LEFT JOIN reviews ON reviews.prediction_id = predictions.prediction_id
WHERE predictions.job_id IN (SELECT value FROM json_each(:job_ids))
ORDER BY predictions.job_id, predictions.n
"""

OUTPUTS = """
SELECT outputs.prediction_id, outputs.place, outputs.flagged, reviews.verdict, sha256, content_type, width, height, size
FROM outputs JOIN images USING (sha256) JOIN predictions USING (prediction_id) LEFT JOIN reviews USING (prediction_id)
WHERE predictions.job_id IN (SELECT value FROM json_each(:job_ids))
ORDER BY outputs.prediction_id, outputs.place
"""

OPEN_JOBS = "SELECT job_id FROM jobs WHERE closed_at IS NULL ORDER BY created_at, job_id"

STANDING = """
SELECT job_id, prediction_id, state FROM jobs JOIN predictions USING (job_id)
WHERE closed_at IS NULL ORDER BY created_at, n
"""

OPEN_JOBS_OF = """
SELECT job_id FROM jobs
WHERE closed_at IS NULL AND guild_id = :guild_id AND (:account_id IS NULL OR account_id = :account_id)
ORDER BY created_at DESC, job_id DESC
"""

# The newest jobs in whose id or prompt some words stand. A statement for each owner: SQLite plans before it knows the
# values, so that one for both would go through a whole server for the few jobs of a member.
_NEWEST = r"""
SELECT job_id FROM jobs
WHERE {owner} AND (:pattern = '%' OR LOWER(job_id) LIKE LOWER(:pattern) ESCAPE '\'
       OR LOWER(prompt) LIKE LOWER(:pattern) ESCAPE '\')
ORDER BY created_at DESC, job_id DESC LIMIT :count
"""
NEWEST_OF_SERVER = _NEWEST.format(owner="guild_id = :guild_id")
NEWEST_OF_MEMBER = _NEWEST.format(owner="guild_id = :guild_id AND account_id = :account_id")


class JobReading(MemberStore):
    """The part of the job store that reads jobs and lists of them."""

    @reads
    def job(self, connection: Connection, job_id: str) -> Job:
        """Read a job whole.

        Raises:
            NoSuchJob: there is none.
        """
        return read_job(connection, job_id)

    @reads
    def story(self, connection: Connection, job_id: str, nearest: int) -> Story:
        """A job with the steps that it came from: so many of the nearest, and the first of all.

        Raises:
            NoSuchJob: there is none.
        """
        chain = [row["job_id"] for row in connection.execute(CHAIN, {"job_id": job_id})]
        job, earlier = read_job(connection, job_id), read_jobs(connection, chain[:nearest])
        beyond = chain[nearest:]
        return Story(job, earlier, read_job(connection, beyond[-1]), len(beyond) - 1) if beyond else Story(job, earlier)

    @reads
    def open_jobs(self, connection: Connection) -> tuple[str, ...]:
        """The ids of all jobs that are not closed, oldest first."""
        return tuple(row["job_id"] for row in connection.execute(OPEN_JOBS))

    @reads
    def standing(self, connection: Connection) -> dict[str, tuple[tuple[int, PredictionState], ...]]:
        """How every job stands that is not closed: each of its pictures, in order, and the state of that."""
        found: dict[str, tuple[tuple[int, PredictionState], ...]] = {}
        for row in connection.execute(STANDING):
            state = PredictionState(row["state"])
            found[row["job_id"]] = (*found.get(row["job_id"], ()), (row["prediction_id"], state))
        return found

    @reads
    def jobs_of(
        self, connection: Connection, guild_id: int, member_id: int | None, *, limit: int, matching: str = ""
    ) -> tuple[Job, ...]:
        """The newest jobs of a member, or of a whole server, whose id or prompt contains `matching`."""
        account_id = None if member_id is None else self._accounts.find(connection, member_id)
        if member_id is not None and account_id is None:
            return ()
        values = {
            "guild_id": guild_id,
            "account_id": account_id,
            "pattern": f"%{_literally(matching)}%" if matching else "%",
            "count": limit,
        }
        newest = NEWEST_OF_SERVER if account_id is None else NEWEST_OF_MEMBER
        return read_jobs(connection, [row["job_id"] for row in connection.execute(newest, values)])

    @reads
    def open_jobs_of(self, connection: Connection, guild_id: int, member_id: int | None = None) -> tuple[Job, ...]:
        """All jobs of a server, or of one member in it, that are not closed, newest first."""
        account_id = None if member_id is None else self._accounts.find(connection, member_id) or 0
        rows = connection.execute(OPEN_JOBS_OF, {"guild_id": guild_id, "account_id": account_id})
        return read_jobs(connection, [row["job_id"] for row in rows])


def read_job(connection: Connection, job_id: str) -> Job:
    """Read one job whole.

    Raises:
        NoSuchJob: there is none.
    """
    for job in read_jobs(connection, [job_id]):
        return job
    raise NoSuchJob(job_id)


def parent_message_of(connection: Connection, parent_job_id: str | None) -> MessageAt | None:
    """The result that a job is made from, where it can still be seen in the server."""
    if parent_job_id is None:
        return None
    row = connection.execute(PARENT_MESSAGE, {"job_id": parent_job_id}).fetchone()
    return None if row is None else message_at(row["result_channel_id"], row["result_message_id"])


def has_showcase(connection: Connection, guild_id: int) -> bool:
    """Whether a server has a showcase now."""
    return connection.execute(SHOWCASE, {"guild_id": guild_id}).fetchone()["showcase_channel_id"] is not None


def read_jobs(connection: Connection, job_ids: Sequence[str]) -> tuple[Job, ...]:
    """Read jobs whole, in the order of their ids given; those that do not exist are left out."""
    wanted = {"job_ids": json.dumps(job_ids)}
    references = _grouped((row["job_id"], reference_in(row)) for row in connection.execute(REFERENCES, wanted))
    outputs = _grouped((row["prediction_id"], output_in(row)) for row in connection.execute(OUTPUTS, wanted))
    predictions = _grouped(
        (row["job_id"], prediction_in(row, outputs.get(row["prediction_id"], ())))
        for row in connection.execute(PREDICTIONS, wanted)
    )
    jobs = {
        row["job_id"]: job_in(row, references.get(row["job_id"], ()), predictions[row["job_id"]])
        for row in connection.execute(JOBS, wanted)
    }
    return tuple(jobs[job_id] for job_id in job_ids if job_id in jobs)


def _literally(words: str) -> str:
    r"""Words as a LIKE pattern that means just them: `%`, `_` and `\` are escaped."""
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
