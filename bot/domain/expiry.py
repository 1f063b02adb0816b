"""Reading when a grant ends, as a moderator types it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from bot import texts
from bot.domain.clock import DAY, HOUR, Instant
from bot.domain.errors import BadRequest

_SPAN = re.compile(r"(\d{1,4})\s*(h|d|w|hours?|days?|weeks?)", re.IGNORECASE)
_SPANS = {"h": HOUR, "d": DAY, "w": 7 * DAY}


class BadExpiry(BadRequest):
    """An expiry that cannot be read."""

    def __init__(self, typed: str) -> None:
        super().__init__(texts.limits.UNREADABLE_TIME, typed=typed[:40])


def parse_expiry(typed: str, now: Instant, zone: tzinfo) -> Instant:
    """Read `12h`, `7d`, `2w`, or a date, which means the end of that day in the server's zone.

    Raises:
        BadExpiry: it is none of them.
    """
    words = typed.strip()
    span = _SPAN.fullmatch(words)
    if span is not None:
        return now + int(span[1]) * _SPANS[span[2][0].lower()]
    try:
        following = date.fromisoformat(words) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise BadExpiry(typed) from error
    return round(datetime.combine(following, time(), tzinfo=zone).timestamp() * 1000)
