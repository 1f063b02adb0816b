"""Budget periods: the key of the day, week or month of an instant, and when the next one begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot import texts
from bot.domain.clock import Instant
from bot.domain.errors import BadRequest


class Period(StrEnum):
    """How long a limit lasts, the shortest first; calendar periods, so that people can see where they begin and end."""

    DAY = "day"
    WEEK = "week"  #: from Monday
    MONTH = "month"
    TOTAL = "total"  #: for ever


*_CALENDAR, _LAST = Period
PERIOD_WORDS = f"{', '.join(_CALENDAR)} or {_LAST}"
"""All of them, as they are named to whoever may choose one."""


class UnknownZone(BadRequest):
    """A time zone that does not exist."""


def zone_named(name: str) -> tzinfo:
    """The time zone of that IANA name.

    Raises:
        UnknownZone: there is none.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(texts.settings.UNKNOWN_ZONE, name=name[:40]) from error


def local_day(at: Instant, zone: tzinfo) -> date:
    """The calendar day on which an instant falls in a zone; the one fact that all its period keys follow from."""
    return datetime.fromtimestamp(at / 1000, tz=zone).date()


def period_key(period: Period, day: date) -> str:
    """The key of the period that holds a day: `2026-11-21`, the week's Monday, `2026-11`, or empty for TOTAL."""
    match period:
        case Period.DAY:
            return day.isoformat()
        case Period.WEEK:
            return (day - timedelta(days=day.weekday())).isoformat()
        case Period.MONTH:
            return f"{day.year:04d}-{day.month:02d}"
        case Period.TOTAL:
            return ""


def first_day_of(period: Period, day: date) -> date | None:
    """The first day of the period that holds `day`; None for TOTAL, which began before anything."""
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.TOTAL:
            return None


def first_day_after(period: Period, day: date) -> date | None:
    """The first day of the period after the one that holds `day`; None where there is no next one."""
    match period:
        case Period.DAY:
            return day + timedelta(days=1)
        case Period.WEEK:
            return day + timedelta(days=7 - day.weekday())
        case Period.MONTH:
            return date(day.year + day.month // 12, day.month % 12 + 1, 1)
        case Period.TOTAL:
            return None


def ends_at(period: Period, at: Instant, zone: tzinfo) -> Instant | None:
    """When the period that holds `at` ends and the next begins, or None for TOTAL."""
    following = first_day_after(period, local_day(at, zone))
    if following is None:
        return None
    return round(datetime.combine(following, time(), tzinfo=zone).timestamp() * 1000)
