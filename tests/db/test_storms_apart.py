"""Storms of several processes on one PostgreSQL database: together they admit exactly what fits, as one would."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from bot.db.invariants import violations
from bot.domain.budget import LimitKind
from bot.domain.periods import Period
from tests.db.engines import needs_postgresql
from tests.db.world import CHANNEL, PRICE, open_database_world

PROCESSES, ORDERS = 2, 500
ROOT = Path(__file__).parents[2]


@needs_postgresql()
@pytest.mark.parametrize(("kind", "subject_id"), [(LimitKind.SERVER, 0), (LimitKind.CHANNEL, CHANNEL)])
async def test_processes_together_admit_exactly_what_fits(tmp_path: Path, kind: LimitKind, subject_id: int) -> None:
    """A thousand orders of fifty members from two processes at once, against room for 137."""
    async with open_database_world(tmp_path, after_commit=None) as world:
        await world.limit(kind, subject_id, Period.MONTH, 137 * PRICE + 1)
        processes = [
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.db.storming", str(tmp_path), str(number * ORDERS + 1), str(ORDERS)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
            )
            for number in range(PROCESSES)
        ]
        for process in processes:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        said = await asyncio.gather(*(process.communicate(b"now\n") for process in processes))
        assert [process.returncode for process in processes] == [0] * PROCESSES, "one met more than refusals"
        admitted = [int(out) for out, _ in said]
        held = await world.standing("server")
        found = await world.database.read(violations)

    assert sum(admitted) == 137
    assert held == [("", 137 * PRICE, 0)]
    assert found == ()
    assert min(admitted) > 0, "one process was through before the other began"
