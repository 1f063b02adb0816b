"""How long an admission takes, beside the bare SQLite floor: `python -m tests.bench.bench_admission`.

The floor is what no program that keeps these promises can leave out, written by plain sqlite3 on one thread: BEGIN
IMMEDIATE, in each scope one conditional UPDATE of a balance and one INSERT into the ledger, the job, its prediction,
its reference, COMMIT, all as durable as ours. It is measured on our tables with nothing but their keys, and again with
the indexes by which the rest of the program reads them. Floors and admissions take turns, a few at a time, because
disks differ more from minute to minute than programs do; nothing is asserted.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from typing import TypeAlias

from bot.db.sqlite import SqliteDatabase
from bot.domain.budget import LimitKind
from bot.domain.orders import Order
from bot.domain.periods import Period, local_day, period_key, zone_named
from tests.db.world import NOON, DatabaseWorld, open_database_world, requester_of

MEMBERS = 200
TURNS, A_TURN = 30, 20
STORMS = 5
TABLES = ("balances", "postings", "jobs", "predictions", "job_references")
DAY = local_day(NOON, zone_named("UTC"))
MONTH = period_key(Period.MONTH, DAY)
PLENTY = 10**12

OPEN = "INSERT INTO balances VALUES (?, ?, ?, 'month', ?, 0, 0) ON CONFLICT DO NOTHING"
HOLD = """
UPDATE balances SET held_micros = held_micros + ?
WHERE scope = ? AND guild_id = ? AND subject_id = ? AND period = 'month' AND period_key = ?
  AND held_micros + spent_micros + ? <= ?
"""
POST = "INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?, 0)"
JOB = """
INSERT INTO jobs (job_id, interaction_id, guild_id, channel_id, purse_channel_id, account_id, command, prompt,
                  sent_prompt, model_id, parameters, price_micros, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
PREDICTION = "INSERT INTO predictions (job_id, n, state, seed) VALUES (?, 1, 'queued', ?)"
REFERENCE = "INSERT INTO job_references (job_id, place, role, filename, sha256, note) VALUES (?, ?, ?, ?, ?, ?)"

Milliseconds: TypeAlias = float
Place: TypeAlias = tuple[str, int, int, str]


async def measure(folder: Path) -> None:
    """Let floors and admissions take turns, then two hundred members ask at once, and print what that took."""
    async with open_database_world(folder, after_commit=None) as world:
        for kind in (LimitKind.DEFAULT, LimitKind.SERVER, LimitKind.BOT):
            await world.limit(kind, 0, Period.MONTH, PLENTY)
        await _admissions(world, MEMBERS)
        assert isinstance(world.database, SqliteDatabase)
        schema = schema_of(world.database.path)
        with ThreadPoolExecutor(1) as thread:
            run = asyncio.get_running_loop().run_in_executor
            keys = await run(thread, _Floor, folder / "keys.db", schema["table"])
            indexed = await run(thread, _Floor, folder / "indexed.db", schema["table"] + schema["index"])
            floors: dict[str, list[Milliseconds]] = {"with keys only": [], "with indexes": []}
            alone: list[Milliseconds] = []
            for _ in range(TURNS):
                orders = [_order(world, number) for number in range(A_TURN)]
                floors["with keys only"] += await run(thread, keys.write, orders)
                floors["with indexes"] += await run(thread, indexed.write, orders)
                alone += await _admissions(world, A_TURN)
            for floor in (keys, indexed):
                await run(thread, floor.close)
        waits = [wait for _ in range(STORMS) for wait in await _at_once(world)]
    for name, times in floors.items():
        _say(f"floor, {name}", times)
    _say("admission, one at a time", alone)
    for name, times in floors.items():
        sys.stdout.write(f"{'ratio to the floor ' + name:36} {median(alone) / median(times):6.2f}\n")
    _say(f"{MEMBERS} members at once, waiting", waits)


def _order(world: DatabaseWorld, number: int) -> Order:
    return world.order(requester=requester_of(1_000 + number % MEMBERS))


async def _admissions(world: DatabaseWorld, count: int) -> list[Milliseconds]:
    return [await _timed(world, _order(world, number)) for number in range(count)]


async def _at_once(world: DatabaseWorld) -> list[Milliseconds]:
    return list(await asyncio.gather(*(_timed(world, _order(world, number)) for number in range(MEMBERS))))


async def _timed(world: DatabaseWorld, order: Order) -> Milliseconds:
    began = time.perf_counter()
    await world.stores.jobs.admit(order, world.at)
    return (time.perf_counter() - began) * 1000


def schema_of(path: Path) -> dict[str, list[str]]:
    """The statements that make the tables, and those that make their indexes."""
    query = "SELECT tbl_name, sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL"
    with closing(sqlite3.connect(path)) as source:
        return {
            kind: [sql for table, sql in source.execute(query, (kind,)) if table in TABLES]
            for kind in ("table", "index")
        }


class _Floor:
    """A file with copies of our tables, written to by plain statements on one thread."""

    def __init__(self, path: Path, schema: list[str]) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", *schema):
            self._connection.execute(statement)
        for member in range(MEMBERS):
            self._connection.executemany(OPEN, places(1_000 + member))
        self._entries = 0

    def write(self, orders: list[Order]) -> list[Milliseconds]:
        """Write an order a transaction."""
        return [self._timed(self._connection.execute, order) for order in orders]

    def close(self) -> None:
        self._connection.close()

    def _timed(self, execute: Callable[..., object], order: Order) -> Milliseconds:
        self._entries += 1
        began = time.perf_counter()
        write_order(execute, order, self._entries, "BEGIN IMMEDIATE")
        return (time.perf_counter() - began) * 1000


def write_order(execute: Callable[..., object], order: Order, entry_id: int, begin: str) -> None:
    """What an admission cannot leave out, as one transaction of bare statements."""
    asks, price = order.requester, order.price_micros
    execute(begin)
    for *place, _ in places(asks.member_id):
        execute(HOLD, (price, *place, MONTH, price, PLENTY))
        execute(POST, (entry_id, *place, DAY.isoformat(), price))
    job = (order.job_id, order.interaction_id, asks.guild_id, asks.channel_id, asks.purse_channel_id)
    words = (order.command, order.prompt, order.sent_prompt, order.model.id, json.dumps(dict(order.parameters)))
    execute(JOB, (*job, asks.member_id, *words, price, NOON))
    for seed in order.seeds:
        execute(PREDICTION, (order.job_id, seed))
    for one in order.references:
        execute(REFERENCE, (order.job_id, one.place, one.role, one.filename, one.image.sha256, one.note))
    execute("COMMIT")


def places(member_id: int) -> tuple[Place, ...]:
    """Where an order of a member is counted, this month."""
    asks = requester_of(member_id)
    guild_id = asks.guild_id
    return (
        ("member", guild_id, member_id, MONTH),
        ("channel", guild_id, asks.purse_channel_id, MONTH),
        ("server", guild_id, guild_id, MONTH),
        ("bot", 0, 0, MONTH),
    )


def _say(what: str, times: list[Milliseconds]) -> None:
    p99 = quantiles(times, n=100)[98]
    sys.stdout.write(f"{what:36} p50 {median(times):6.2f} ms   p99 {p99:6.2f} ms\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(Path(name)))
