"""The long checks: kills by the thousand, every crash point, every fault, every planted bug, and a load."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.services.crash_points import CrashPoint
from tests.wire import crashing, fault_matrix, kill_loop, load, trials
from tests.wire.fault_cases import cases
from tests.wire.trials import PLANTED, STORIES_UNBENT

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("KILL_SEED", "0")) or int.from_bytes(os.urandom(3))


KILLS, KILLS_AT_ONCE = 1_000, 4
WHOLE_KILLS, WHOLE_AT_ONCE = 100, 4
"""What may run beside one another is so many tests, so that no process that runs tests is long without work."""

PLACES = (
    ("provider", ("submit", "price")),
    ("provider", ("result", "output", "price at start")),
    ("provider", ("list",)),
    ("provider", ("ticket", "put")),
    ("discord", ("file", "callback", "status edit")),
    ("discord", ("result post", "history search", "status removal", "bot edit")),
    ("discord", ("followup", "removal", "gateway")),
)
POINTS_AT_ONCE = 3


@pytest.mark.parametrize("part", range(KILLS_AT_ONCE))
async def test_a_thousand_kills(part: int, tmp_path: Path) -> None:
    """Killed at a thousand random instants, no job is lost, doubled, mixed up or charged otherwise than billed."""
    report = await kill_loop.run(KILLS // KILLS_AT_ONCE, SEED + part, tmp_path)
    print(report)  # noqa: T201 - the figures, with the seed that replays them

    assert report.problems == [], f"seed {report.seed}"
    assert report.kills == KILLS // KILLS_AT_ONCE
    assert report.total("jobs") > 25
    assert report.total("lost_answers") > 2


@pytest.mark.parametrize("part", range(WHOLE_AT_ONCE))
async def test_a_hundred_kills_of_the_whole_process(part: int, tmp_path: Path) -> None:
    """The same with `python -m bot run` and a fresh interpreter each time."""
    report = await kill_loop.run_whole(WHOLE_KILLS // WHOLE_AT_ONCE, SEED + part, tmp_path)
    print(report)  # noqa: T201 - as above

    assert report.problems == [], f"seed {report.seed}"
    assert report.total("jobs") > 2


@pytest.mark.parametrize("part", range(POINTS_AT_ONCE))
async def test_every_crash_point(part: int, tmp_path: Path) -> None:
    """Dying at each named point, the first and the second time, loses nothing; a point never reached fails."""
    assert await crashing.run(tmp_path, tuple(CrashPoint)[part::POINTS_AT_ONCE]) == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0]}: {', '.join(place[1])}")
async def test_every_fault_everywhere(place: tuple[str, tuple[str, ...]], tmp_path: Path) -> None:
    """Every fault at every call ends in a legal state, in ten minutes of the bot's time, with a word to the member."""
    end, sites = place

    table = await fault_matrix.run(tmp_path, [each for each in cases() if each.end == end and each.site in sites])
    print(table)  # noqa: T201 - the table

    assert table.problems == []


def test_every_place_has_its_turn() -> None:
    """Nowhere that a fault can strike is left out."""
    assert sorted({(each.end, each.site) for each in cases()}) == sorted(
        (end, site) for end, sites in PLACES for site in sites
    )


async def test_every_story() -> None:
    """The real program comes through every story in which something goes wrong."""
    assert await trials.try_all(STORIES_UNBENT) == 0


async def test_planted_bugs() -> None:
    """Each planted bug is caught by a story."""
    assert await trials.try_all(PLANTED) == 0


async def test_load(tmp_path: Path) -> None:
    """A hundred and twenty jobs of thirty members in ten channels are all delivered, once, and soon."""
    figures = await load.measure(tmp_path)
    print(figures)  # noqa: T201 - the figures

    assert (figures.delivered, figures.problems) == (figures.jobs, [])
    assert figures.p95 < 20
    assert figures.rate_limited < figures.jobs
