"""The long checks: kills by the thousand, every crash point, every fault, every planted bug, and a load."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.wire import crashing, fault_matrix, kill_loop, load, trials

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("KILL_SEED", "0")) or int.from_bytes(os.urandom(3))


async def test_a_thousand_kills(tmp_path: Path) -> None:
    """Killed at a thousand random instants, no job is lost, doubled, mixed up or charged otherwise than billed."""
    report = await kill_loop.run(1_000, SEED, tmp_path)
    print(report)  # noqa: T201 - the figures, with the seed that replays them

    assert report.problems == [], f"seed {SEED}"
    assert report.kills == 1_000
    assert report.total("jobs") > 100
    assert report.total("lost_answers") > 10


async def test_a_hundred_kills_of_the_whole_process(tmp_path: Path) -> None:
    """The same with `python -m bot run` and a fresh interpreter each time."""
    report = await kill_loop.run_whole(100, SEED, tmp_path)
    print(report)  # noqa: T201 - as above

    assert report.problems == [], f"seed {SEED}"
    assert report.total("jobs") > 10


async def test_every_crash_point(tmp_path: Path) -> None:
    """Dying at each named point, the first and the second time, loses nothing; a point never reached fails."""
    assert await crashing.run(tmp_path) == []


async def test_every_fault_everywhere(tmp_path: Path) -> None:
    """Every fault at every call ends in a legal state, in ten minutes of the bot's time, with a word to the member."""
    table = await fault_matrix.run(tmp_path)
    print(table)  # noqa: T201 - the table

    assert table.problems == []


async def test_planted_bugs() -> None:
    """The real program comes through every story, and each planted bug is caught by one."""
    assert await trials.try_all() == 0


async def test_load(tmp_path: Path) -> None:
    """A hundred and twenty jobs of thirty members in ten channels are all delivered, once, and soon."""
    figures = await load.measure(tmp_path)
    print(figures)  # noqa: T201 - the figures

    assert (figures.delivered, figures.problems) == (figures.jobs, [])
    assert figures.p95 < 20
    assert figures.rate_limited < figures.jobs
