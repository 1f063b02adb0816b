"""How long a report over 100,000 ledger rows takes against the bare sum: `python -m tests.bench.bench_report`."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from bot.db.migrate import migrate
from bot.db.spending import spending
from bot.domain.spending import By

ROWS, MEMBERS, CHANNELS, DAYS = 100_000, 2_000, 50, 30
GUILD, PRICE, RUNS = 7_000, 80_000, 5
FIRST = date(2027, 1, 1)

# The sum that any report over these days has to make at least.
BARE = """
SELECT SUM(spent_micros) FROM postings
WHERE scope = 'server' AND guild_id = 7000 AND subject_id = 7000 AND day BETWEEN '2027-01-01' AND '2027-12-31'
"""


def fill(connection: sqlite3.Connection) -> None:
    """A hold and a capture for each of 50,000 pictures, as the books would have them."""
    connection.execute("INSERT INTO servers (guild_id, seen_at) VALUES (?, 0)", (GUILD,))
    people = ((n, n, f"k{n}") for n in range(1, MEMBERS + 1))
    connection.executemany("INSERT INTO accounts VALUES (?, ?, ?, 0)", people)
    for n in range(1, ROWS // 2 + 1):
        member, channel = n % MEMBERS + 1, n % CHANNELS + 1
        day = (FIRST + timedelta(days=n % DAYS)).isoformat()
        connection.execute(
            "INSERT INTO jobs (job_id, interaction_id, guild_id, channel_id, purse_channel_id, account_id, role_id, "
            "command, prompt, sent_prompt, model_id, parameters, price_micros, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 'edit', '', '', ?, '{}', ?, 0)",
            (f"J{n}", n, GUILD, channel, channel, member, member % 7, f"model-{n % 4}", PRICE),
        )
        connection.execute(
            "INSERT INTO predictions (prediction_id, job_id, n, state) VALUES (?, ?, 1, 'completed')", (n, f"J{n}")
        )
        hold, capture = 2 * n - 1, 2 * n
        entry = "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, NULL, '', 0)"
        connection.execute(entry, (hold, "hold", None, n, GUILD, member, PRICE))
        connection.execute(entry, (capture, "capture", hold, n, GUILD, member, PRICE))
        posting = "INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?, ?)"
        for scope, subject in (("server", GUILD), ("member", member), ("channel", channel)):
            connection.execute(posting, (hold, scope, GUILD, subject, day, PRICE, 0))
            connection.execute(posting, (capture, scope, GUILD, subject, day, -PRICE, PRICE))


def seconds(work: Callable[[], object]) -> float:
    """The median of several runs."""
    times: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Fill a database and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        connection = sqlite3.connect(path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        migrate(connection, path)
        connection.execute("BEGIN")
        fill(connection)
        connection.execute("COMMIT")
        bare = seconds(lambda: connection.execute(BARE).fetchone())
        print(f"{ROWS:,} ledger rows; bare sum {bare * 1000:.0f} ms")  # noqa: T201 - a bench is for the terminal
        last = FIRST + timedelta(days=DAYS)
        for by in By:
            took = seconds(lambda by=by: spending(connection, GUILD, by, FIRST, last))
            total = sum(row.spent_micros for row in spending(connection, GUILD, by, FIRST, last))
            assert total == ROWS // 2 * PRICE
            print(f"by {by.value:8}{took * 1000:6.0f} ms  {took / bare:5.1f} x the bare sum")  # noqa: T201
        connection.close()


if __name__ == "__main__":
    main()
