"""Fills the books with jobs that have long ended, so that a bench can tell whether these slow anything down."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.clock import DAY, SECOND, Instant
from bot.domain.models import MAX
from tests.services.world import GUILD

MEMBERS, CHANNELS, DAYS = 2_000, 50, 30
FIRST_MEMBER = 1_000_000

JOB = """
INSERT INTO jobs (job_id, interaction_id, guild_id, channel_id, purse_channel_id, account_id, command, prompt,
                  sent_prompt, model_id, parameters, price_micros, created_at, closed_at)
VALUES (?, ?, ?, ?, ?, ?, 'edit', 'a hat', 'a hat', ?, '{}', ?, ?, ?)
"""
PREDICTION = """
INSERT INTO predictions (prediction_id, job_id, n, state, provider_id, submitted_at, completed_at, ended_at)
VALUES (?, ?, 1, 'completed', ?, ?, ?, ?)
"""
ATTEMPT = (
    "INSERT INTO attempts (prediction_id, boot_id, sent_at, answered_at, outcome) VALUES (?, '', ?, ?, 'accepted')"
)
ENTRY = "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, NULL, '', ?)"
POSTING = "INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?, ?)"
# Without them the bot would find that its books do not add up, and take no job.
BALANCES = """
INSERT INTO balances
SELECT scope, guild_id, subject_id, period,
       CASE period WHEN 'day' THEN day WHEN 'week' THEN date(day, 'weekday 0', '-6 days')
                   WHEN 'month' THEN substr(day, 1, 7) ELSE '' END AS period_key,
       SUM(held_micros), SUM(spent_micros)
FROM postings JOIN (SELECT 'day' AS period UNION ALL SELECT 'week' UNION ALL SELECT 'month' UNION ALL SELECT 'total')
GROUP BY scope, guild_id, subject_id, period, period_key
"""


def add_finished(path: Path, count: int, now: Instant) -> None:
    """Enter so many jobs of one picture each, over the last thirty days and of two thousand members."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("INSERT OR IGNORE INTO servers (guild_id, seen_at) VALUES (?, ?)", (GUILD, now))
        people = ((FIRST_MEMBER + n, FIRST_MEMBER + n, f"k{n}", now) for n in range(MEMBERS if count else 0))
        connection.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?)", people)
        for n in range(1, count + 1):
            _add(connection, n, now - (count - n) * DAYS * DAY // count)
        connection.execute(BALANCES)
        connection.execute("COMMIT")


def _add(connection: sqlite3.Connection, n: int, at: Instant) -> None:
    """One job that was asked for, sent and finished then."""
    member, channel, price = FIRST_MEMBER + n % MEMBERS, n % CHANNELS, MAX.price_micros
    ended_at = at + 9 * SECOND
    connection.execute(JOB, (f"F{n}", -n, GUILD, channel, channel, member, MAX.id, price, at, ended_at))
    connection.execute(PREDICTION, (n, f"F{n}", f"{n:032x}", at, ended_at, ended_at))
    connection.execute(ATTEMPT, (n, at, at + SECOND))
    hold, capture = 2 * n - 1, 2 * n
    day = datetime.fromtimestamp(at / SECOND, UTC).date().isoformat()
    connection.execute(ENTRY, (hold, "hold", None, n, GUILD, member, price, at))
    connection.execute(ENTRY, (capture, "capture", hold, n, GUILD, member, price, ended_at))
    for scope, subject in (("member", member), ("channel", channel), ("server", GUILD), ("bot", 0)):
        guild = 0 if scope == "bot" else GUILD
        connection.execute(POSTING, (hold, scope, guild, subject, day, price, 0))
        connection.execute(POSTING, (capture, scope, guild, subject, day, -price, price))
