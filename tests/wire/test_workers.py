"""Two workers on one PostgreSQL database: one leads, and what it leaves behind goes on with the other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.db.engines import needs_postgresql
from tests.wire import takeovers

pytestmark = needs_postgresql()

SEED = int(os.environ.get("KILL_SEED", "0")) or int.from_bytes(os.urandom(3))


async def test_takeovers(tmp_path: Path) -> None:
    """Killed or stopped at random instants, a leader is followed within 10 s or 30 s, and every job ends, paid once."""
    report, killed, stopped = await takeovers.run(8, 1, SEED, tmp_path / "stage")

    assert report.problems == [], f"seed {SEED}"
    assert max(killed) < 10
    assert max(stopped) < 30


@pytest.mark.slow
async def test_hundreds_of_takeovers(tmp_path: Path) -> None:
    """The same three hundred times, and ten times with a leader that is stopped and woken too late."""
    report, killed, stopped = await takeovers.run(300, 10, SEED, tmp_path / "stage")
    print(report, takeovers.told("kill -9", killed), takeovers.told("SIGSTOP", stopped), sep="\n")  # noqa: T201 - figures

    assert report.problems == [], f"seed {SEED}"
    assert report.total("jobs") > 100
