"""Periods: every instant is in one day, week and month, and the next one begins exactly where this one ends."""

from __future__ import annotations

import ast
import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.domain.clock import HOUR, SECOND, Instant
from bot.domain.periods import Period, UnknownZone, ends_at, first_day_after, local_day, period_key, zone_named
from tests.sources import PRODUCT, text_of

ZONES = (
    "UTC",
    "America/New_York",
    "Europe/Paris",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "America/Havana",  # its clocks change at midnight
)
INSTANTS = 10_000


def _edge(day: date, zone: str) -> Instant:
    return round(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp() * SECOND)


def _instants() -> list[tuple[str, Instant]]:
    """Instants within two seconds of where days, weeks and months begin, in leap years too, in all zones."""
    chance = random.Random(1)
    days = [date(2024, 2, 28) + timedelta(days=n) for n in range(4 * 366)]
    telling = [day for day in days if day.day in {1, 2, 28, 29, 30, 31} or day.weekday() in {0, 6}]
    return [
        (zone, _edge(chance.choice(telling), zone) + chance.randrange(-2 * SECOND, 2 * SECOND + 1))
        for zone in (chance.choice(ZONES) for _ in range(INSTANTS))
    ]


def test_ten_thousand_instants_around_edges() -> None:
    """At a period's end, and not a millisecond earlier, its key changes; this instant lies before it."""
    for zone_name, at in _instants():
        zone = zone_named(zone_name)
        for period in (Period.DAY, Period.WEEK, Period.MONTH):
            end = ends_at(period, at, zone)
            assert end is not None
            keys = [period_key(period, local_day(instant, zone)) for instant in (at, end - 1, end)]

            assert at < end
            assert keys[0] == keys[1] < keys[2], (zone_name, at, period)


def test_clock_steps() -> None:
    """A clock that steps by an hour around an edge changes the day only where the edge lies between."""
    for zone_name, at in _instants()[:2000]:
        zone = zone_named(zone_name)
        end = ends_at(Period.DAY, at, zone)
        assert end is not None
        moved = local_day(at + HOUR, zone)

        assert (moved > local_day(at, zone)) == (at + HOUR >= end)


@pytest.mark.parametrize(
    ("period", "key"),
    [(Period.DAY, "2028-02-29"), (Period.WEEK, "2028-02-28"), (Period.MONTH, "2028-02"), (Period.TOTAL, "")],
)
def test_keys_of_a_leap_day(period: Period, key: str) -> None:
    """The leap day is a day like any other, in the week of its Monday and in February."""
    assert period_key(period, date(2028, 2, 29)) == key


def test_keys_hold_together() -> None:
    """Day by day over five years a week has seven days and a month as many as the calendar says."""
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(5 * 365)]
    for earlier, later in pairwise(days):
        assert (period_key(Period.WEEK, earlier) != period_key(Period.WEEK, later)) == (later.weekday() == 0)
        assert (period_key(Period.MONTH, earlier) != period_key(Period.MONTH, later)) == (later.day == 1)


@pytest.mark.parametrize(
    ("period", "following"),
    [
        (Period.DAY, date(2027, 1, 1)),
        (Period.WEEK, date(2027, 1, 4)),
        (Period.MONTH, date(2027, 1, 1)),
        (Period.TOTAL, None),
    ],
)
def test_after_the_last_day_of_a_year(period: Period, following: date | None) -> None:
    """After 31 December, a Thursday, come the first of January and the Monday after."""
    assert first_day_after(period, date(2026, 12, 31)) == following


def test_total_never_ends() -> None:
    """The total has no end."""
    assert ends_at(Period.TOTAL, 0, UTC) is None


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "UTC\0", "x" * 300])
def test_unknown_zone(name: str) -> None:
    """A name that is no time zone is refused in one sentence."""
    with pytest.raises(UnknownZone, match="There is no time zone called"):
        zone_named(name)


def test_what_is_said_by_period_is_said_of_each() -> None:
    """A table keyed by periods has all of them; `tests/texts/test_tables.py` looks after those of the texts."""
    tables = [
        {key.attr for key in node.keys if isinstance(key, ast.Attribute)}
        for path in PRODUCT
        if "Period" in text_of(path)
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.Dict) and len(node.keys) > 1 and all(_is_period(key) for key in node.keys)
    ]

    assert len(tables) >= 1
    assert [table for table in tables if table != set(Period.__members__)] == []


def _is_period(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) and key.value.id == "Period"
