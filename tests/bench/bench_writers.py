"""Admissions a second on both databases, by 1 and by 8 writers: `python -m tests.bench.bench_writers [--seconds 3]`.

Beside each stands what the same number of processes write of bare statements: what no program that keeps these promises
can leave out (`bench_admission.write_order`), on tables of the same shape without foreign keys, on the same database,
as durable as ours. Of SQLite's file one process is the bot, so that its 8 writers are 8 commands at once; of
PostgreSQL's they are 8 processes, as fronts are, and again 8 commands of one. Bare statements and admissions take
turns; nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, cast

import psycopg

from bot.db.opening import open_database
from bot.db.postgres_rows import Statements, adapt
from bot.db.stores import BotLimit, open_stores
from bot.db.url import sqlite_path
from bot.domain.budget import LimitKind
from bot.domain.periods import Period
from tests.bench.bench_admission import MEMBERS, OPEN, PLENTY, TABLES, places, schema_of, write_order
from tests.db.server import SERVER, Server, address
from tests.db.world import KEY, NO_LIMITS, NOON, DatabaseWorld, requester_of

ROUNDS = 3
ON_DISK = Path("/var/tmp")  # noqa: S108 - only the parent of a folder with a name of its own
ROOT = Path(__file__).parents[2]
BARE, BOT = "bare", "bot"


@dataclass(slots=True)
class WritersLine:
    """One line of the table: so many processes with so many commands at once each, and what they did."""

    name: str
    url: str
    processes: int
    at_once: int
    rates: dict[str, list[float]] = field(default_factory=lambda: {BARE: [], BOT: []})

    def measure(self, kind: str, seconds: float, numbers: count[int]) -> None:
        """Have all write for so long, and note how many they wrote a second."""
        # Bare statements wait for their answers: as many at once are as many processes.
        processes, at_once = (self.processes * self.at_once, 1) if kind == BARE else (self.processes, self.at_once)
        command = [sys.executable, "-m", "tests.bench.bench_writers", "--kind", kind, "--url", self.url]
        command += ["--at-once", str(at_once), "--seconds", str(seconds), "--first"]
        writers = [
            subprocess.Popen(  # noqa: S603 - our own command line
                [*command, str(next(numbers) * 1_000_000)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for _ in range(processes)
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("now\n")
            writer.stdin.flush()
        self.rates[kind].append(sum(int(writer.communicate()[0]) for writer in writers) / seconds)

    def __str__(self) -> str:
        bare, bot = (median(self.rates[kind]) for kind in (BARE, BOT))
        return f"{self.name:42} {bare:10.0f} {bot:16.0f} {bot / bare:8.2f}"


def write_bare(url: str, first: int, seconds: float) -> int:
    """Write bare orders into the floor's tables of a database for so long, one a transaction; how many."""
    path = sqlite_path(url)
    if path is not None:
        with closing(sqlite3.connect(path.with_name("floor.db"), isolation_level=None, timeout=60)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            return _bare_for(seconds, connection.execute, "BEGIN IMMEDIATE", first)
    with psycopg.connect(url, autocommit=True) as raw:
        adapt(raw.adapters)
        raw.execute("SET search_path = floor")
        lock = "BEGIN; SELECT pg_advisory_xact_lock(1)"
        return _bare_for(seconds, Statements(raw).execute, lock, first)


def _bare_for(seconds: float, execute: Callable[..., object], begin: str, first: int) -> int:
    world = DatabaseWorld(cast("Any", None), cast("Any", None), numbers=count(first))
    _wait_for_all()
    ends, done = time.perf_counter() + seconds, 0
    while time.perf_counter() < ends:
        order = world.order(requester=requester_of(1_000 + done % MEMBERS))
        write_order(execute, order, first + done, begin)
        done += 1
    return done


async def write_admissions(url: str, first: int, seconds: float, at_once: int) -> int:
    """Admit orders for so long, so many at once; how many."""
    database = await open_database(url)
    limit = BotLimit(PLENTY, Period.MONTH)
    stores = await open_stores(database, defaults=NO_LIMITS, bot_limit=limit, at=NOON, fresh_key=lambda: KEY)
    world, done = DatabaseWorld(database, stores, numbers=count(first)), count()
    await asyncio.to_thread(_wait_for_all)
    ends = time.perf_counter() + seconds

    async def command() -> None:
        while time.perf_counter() < ends:
            await stores.jobs.admit(world.order(requester=requester_of(1_000 + next(done) % MEMBERS)), NOON)

    await asyncio.gather(*(command() for _ in range(at_once)))
    await database.close()
    return next(done)


def _wait_for_all() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


async def prepare(url: str) -> None:
    """Make the tables, the floor's beside them, and limits beyond what anybody asks here."""
    database = await open_database(url)
    limit = BotLimit(PLENTY, Period.MONTH)
    stores = await open_stores(database, defaults=NO_LIMITS, bot_limit=limit, at=NOON, fresh_key=lambda: KEY)
    world = DatabaseWorld(database, stores)
    for kind in (LimitKind.DEFAULT, LimitKind.SERVER):
        await world.limit(kind, 0, Period.MONTH, PLENTY)
    await database.close()
    rows = [row for member in range(MEMBERS) for row in places(1_000 + member)]
    path = sqlite_path(url)
    if path is not None:
        schema = schema_of(path)
        with closing(sqlite3.connect(path.with_name("floor.db"))) as floor:
            for statement in ("PRAGMA journal_mode = WAL", *schema["table"], *schema["index"]):
                floor.execute(statement)
            floor.executemany(OPEN, rows)
            floor.commit()
        return
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("CREATE SCHEMA floor")
        for table in TABLES:
            raw.execute(f"CREATE TABLE floor.{table} (LIKE public.{table} INCLUDING ALL)".encode())
        raw.execute("SET search_path = floor")
        for row in rows:
            Statements(raw).execute(OPEN, row)


def measure(seconds: float) -> None:
    """Measure all and print the table."""
    server = Server(durable=True, parent=ON_DISK)
    os.environ[SERVER] = str(server.folder)
    try:
        with TemporaryDirectory(prefix="easel-bench-", dir=ON_DISK) as folder:
            sqlite, postgresql = f"sqlite:///{folder}/easel.db", address("bench", server.folder)
            with psycopg.connect(address("postgres"), autocommit=True) as operator:
                operator.execute("CREATE DATABASE bench TEMPLATE template0 ENCODING 'UTF8'")
            for url in (sqlite, postgresql):
                asyncio.run(prepare(url))
            rows = [
                WritersLine("SQLite, 1 writer", sqlite, 1, 1),
                WritersLine("SQLite, 8 at once in the one process", sqlite, 1, 8),
                WritersLine("PostgreSQL, 1 writer", postgresql, 1, 1),
                WritersLine("PostgreSQL, 8 processes", postgresql, 8, 1),
                WritersLine("PostgreSQL, 8 at once in one process", postgresql, 1, 8),
            ]
            numbers = count(1)
            for _ in range(ROUNDS):
                for row in rows:
                    for kind in (BARE, BOT):
                        row.measure(kind, seconds, numbers)
    finally:
        server.remove()
    sys.stdout.write(f"{'':42} {'bare a s':>10} {'admissions a s':>16} {'ratio':>8}\n")
    sys.stdout.writelines(f"{row}\n" for row in rows)


def main() -> None:
    """Run the command line; with a kind, be one of the writers."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench_writers", description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="how long each of three rounds takes for each figure"
    )
    parser.add_argument("--kind", choices=(BARE, BOT), help="be a writer (this and what follows: for its own use)")
    parser.add_argument("--url")
    parser.add_argument("--first", type=int)
    parser.add_argument("--at-once", type=int)
    given = parser.parse_args()
    if given.kind is None:
        measure(given.seconds)
    elif given.kind == BARE:
        sys.stdout.write(f"{write_bare(given.url, given.first, given.seconds)}\n")
    else:
        done = asyncio.run(write_admissions(given.url, given.first, given.seconds, given.at_once))
        sys.stdout.write(f"{done}\n")


if __name__ == "__main__":
    main()
