"""How SQLite runs the queries that grow with the ledger: each by an index, none by reading a table from end to end."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from bot.db import (
    accounts,
    admission,
    attempts,
    audit,
    audit_feed,
    budgets,
    collected,
    freezes,
    gallery,
    holds,
    interactions,
    jobs,
    ledger,
    limits,
    lost_answers,
    overview,
    privacy,
    reading,
    rules,
    spending,
    turns,
)
from bot.db.connection import Connection
from bot.domain.spending import By
from tests.db.engines import sqlite_by_nature
from tests.db.world import DatabaseWorld

# What reads a table from end to end, or builds an index of it for this one time.
MEANT = (
    "json_each",  # ids that are handed in
    r"newest|collected|\(subquery",  # the few rows that an inner query chose
    "CONSTANT ROW",
    "jobs USING INDEX jobs_open",  # holds nothing but open jobs
    "turns USING COVERING INDEX turns_in_order",  # no more of it than is asked for: `test_turns.py` counts the steps
)
WHOLE = re.compile(f"SCAN (?!{'|'.join(MEANT)})|AUTOMATIC")
DAYS = re.compile(r"INDEX postings_of_servers \(guild_id=\? AND day>")
pytestmark = sqlite_by_nature("how SQLite plans a query")

QUERIES = {
    "the job of a command": admission.JOB_OF_INTERACTION,
    "an account": accounts.FIND,
    "what stands still": freezes.REASONS,
    "whether a member is frozen": freezes.REASON_OF_MEMBER,
    "what a member has collected": collected.COLLECTED,
    "a member's jobs at once": rules.CROWDING,
    "the limits that bind an order": limits.LIMITS_OF,
    "the grants of a member or channel": limits.GRANTS_OF,
    "a balance": limits.STANDING,
    "a reservation": ledger.RESERVE,
    "what a limit was": admission.INSERT_PROOF,
    "a balance's change": ledger.SHIFT,
    "the hold of a prediction": holds.HOLD_OF,
    "the postings of an entry": holds.POSTINGS_OF,
    "the purses of a hold": holds.DRAWS_OF,
    "a capture": ledger.CAPTURE_OF,
    "what a server carries": ledger.ADJUSTED,
    "a member's entries": budgets.ENTRIES,
    "the open jobs": reading.OPEN_JOBS,
    "how the open jobs stand": reading.STANDING,
    "a job's predictions": reading.PREDICTIONS,
    "what is open in a server": reading.OPEN_JOBS_OF,
    "a server's newest jobs": reading.NEWEST_OF_SERVER,
    "a member's newest jobs": reading.NEWEST_OF_MEMBER,
    "a server's pictures": gallery.PICTURES_OF_SERVER,
    "a member's pictures": gallery.PICTURES_OF_MEMBER,
    "a server's acts": audit.ENTRIES_OF_SERVER,
    "acts about a member": audit.ENTRIES_ABOUT_MEMBER,
    "what is busy": jobs.BUSY,
    "what was sent lately": jobs.SENT_BEFORE,
    "how much waits": jobs.BACKLOG,
    "whose turn is next": turns.NEXT,
    "what a member has waiting": turns.OWN,
    "what of a member's own goes first": turns.FIRST,
    "when a member was served": turns.SERVED,
    "a member's turn after being served": turns.SERVE,
    "turns of an hour ago": turns.FORGET,
    "how long a model takes": jobs.DURATIONS,
    "lost answers": jobs.LOST,
    "unanswered submits": lost_answers.UNKNOWN,
    "attempts without a task": lost_answers.WITHOUT_TASK,
    "what belongs to us": attempts.CLAIMED,
    "the token of a job": interactions.OF_JOB,
    "what is to be deleted elsewhere": privacy.DELETIONS,
    "all jobs of a person": privacy.JOBS_OF,
    "what is too old to keep": privacy.OLD,
    "a person's jobs": privacy.EXPORTS["jobs"],
    "a person's ledger": privacy.EXPORTS["ledger"],
    "a server's money": overview.MONEY,
    "how many pictures a server made": overview.PICTURES,
    **{f"what a server spent by {by}": query for by, query in spending.BY.items()},
}


def _plan(connection: Connection, query: str) -> list[str]:
    nothing: defaultdict[str, None] = defaultdict(lambda: None)
    return [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", nothing)]


@pytest.mark.parametrize("name", QUERIES)
async def test_queries_use_indexes(world: DatabaseWorld, name: str) -> None:
    """Each of them goes by a key or an index."""
    steps = await world.database.read(_plan, QUERIES[name])

    assert steps
    assert [step for step in steps if WHOLE.search(step)] == []


async def test_days_of_a_server_are_indexed(world: DatabaseWorld) -> None:
    """A report reads the days that it is about, not all that the server ever spent."""
    for query in (overview.MONEY, overview.PICTURES, *(spending.BY[by] for by in By)):
        steps = await world.database.read(_plan, query)

        assert any(DAYS.search(step) for step in steps), steps


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (reading.NEWEST_OF_MEMBER, "jobs_by_member"),
        (gallery.PICTURES_OF_MEMBER, "jobs_by_member"),
        (budgets.ENTRIES, "ledger_by_account"),
        (budgets.ENTRIES, "jobs_by_member"),
        (audit.ENTRIES_ABOUT_MEMBER, "audit_by_subject"),
        (audit_feed.UNTOLD, "audit_of_log_channels"),
    ],
)
async def test_one_among_many(world: DatabaseWorld, query: str, index: str) -> None:
    """What concerns one member, or one kind of act, is found without reading all that their server has."""
    steps = await world.database.read(_plan, query)

    assert any(index in step for step in steps), steps
