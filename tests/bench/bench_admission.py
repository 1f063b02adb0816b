"""How long an admission takes, beside the bare SQLite floor: `python -m tests.bench.bench_admission`.

The floor is the same rows written by plain sqlite3 on one thread, in one transaction each, with the same durability.
Both are measured in the same run, because disks differ more than programs do; nothing is asserted.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

from bot.domain.budget import LimitKind
from bot.domain.periods import Period
from tests.db.world import World, asker, open_world

JOBS = 400
MEMBERS = 200
COUNTED = """
    SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN
    ('jobs', 'job_references', 'predictions', 'ledger', 'postings', 'admission_limits', 'balances')
"""


async def measure(folder: Path) -> None:
    """Admit jobs one after another, then of two hundred members at once, and print what that took."""
    async with open_world(folder, after_commit=None) as world:
        for kind in (LimitKind.DEFAULT, LimitKind.SERVER, LimitKind.BOT):
            await world.limit(kind, 0, Period.MONTH, 10**12)
        await _in_turn(world, 20)
        alone = await _in_turn(world, JOBS)
        waits = await _at_once(world)
    floor = await asyncio.to_thread(_floor, folder / "easel.db")
    say = sys.stdout.write
    say(f"floor, {JOBS} transactions      p50 {median(floor):6.2f} ms\n")
    say(f"admission, one at a time   p50 {median(alone):6.2f} ms   p99 {_p99(alone):6.2f} ms\n")
    say(f"ratio to the floor         {median(alone) / median(floor):6.2f}\n")
    say(f"{MEMBERS} members at once       p50 {median(waits):6.2f} ms   p99 {_p99(waits):6.2f} ms of waiting\n")


async def _in_turn(world: World, jobs: int) -> list[float]:
    return [await _timed(world, 1_000 + number % MEMBERS) for number in range(jobs)]


async def _at_once(world: World) -> list[float]:
    return list(await asyncio.gather(*(_timed(world, 1_000 + number) for number in range(MEMBERS))))


async def _timed(world: World, member_id: int) -> float:
    order = world.order(requester=asker(member_id))
    began = time.perf_counter()
    await world.stores.jobs.admit(order, world.at)
    return (time.perf_counter() - began) * 1000


def _floor(path: Path) -> list[float]:
    """Write again the rows of the last jobs, a job a transaction, into a copy of the tables without their contents."""
    with closing(sqlite3.connect(path)) as source:
        rows = {
            name: (sql, source.execute(f"SELECT * FROM {name} ORDER BY 1 DESC LIMIT {count}").fetchall())
            for name, sql, count in (
                (
                    name,
                    sql,
                    4 if name == "postings" else 3 if name == "admission_limits" else 16 if name == "balances" else 1,
                )
                for name, sql in source.execute(COUNTED.replace("SELECT name", "SELECT name, sql")).fetchall()
            )
        }
    with closing(sqlite3.connect(path.with_name("floor.db"), isolation_level=None)) as floor:
        floor.execute("PRAGMA journal_mode = WAL")
        floor.execute("PRAGMA synchronous = FULL")
        for name, (_, found) in rows.items():
            columns = ", ".join(f"c{number}" for number in range(len(found[0])))
            floor.execute(f"CREATE TABLE {name} ({columns})")
        return [_write(floor, {name: found for name, (_, found) in rows.items()}) for _ in range(JOBS)]


def _write(floor: sqlite3.Connection, rows: dict[str, list[tuple[object, ...]]]) -> float:
    began = time.perf_counter()
    floor.execute("BEGIN IMMEDIATE")
    for name, found in rows.items():
        for row in found:
            floor.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)
    floor.execute("COMMIT")
    return (time.perf_counter() - began) * 1000


def _p99(milliseconds: list[float]) -> float:
    return quantiles(milliseconds, n=100)[98]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(Path(name)))
