"""The visual language in one place: accent colours, headings, small print, bars, timestamps and durations."""

from __future__ import annotations

from enum import IntEnum
from math import ceil

from bot import texts
from bot.domain.clock import MINUTE, SECOND, Instant

DOT = " \u00b7 "
"""What stands between the facts of one line."""

_BAR_CELLS = 10
_FULL, _EMPTY = "\u25b0", "\u25b1"
_SWEEP_CELLS = 3
_FINE_UNTIL = MINUTE
_COARSE_UNTIL = 10 * MINUTE
_COARSE_SECONDS = 15


class Accent(IntEnum):
    """The colour of a message's edge: its state at a glance, never the only sign of it."""

    WORKING = 0x5865F2  #: working or asking
    DONE = 0x57A773
    WAITING = 0xF0A742  #: for a decision, or at a limit
    FAILED = 0xD9534F
    CALM = 0x6D6F78  #: overviews, and what is over


def heading(text: str) -> str:
    """A message's first line."""
    return f"### {text}"


def facts(*parts: str) -> str:
    """Facts on one line; empty ones are left out."""
    return DOT.join(part for part in parts if part)


def small(*parts: str) -> str:
    """The small print: facts on one quiet line; empty ones are left out."""
    return f"-# {facts(*parts)}"


def bar(fraction: float, *, is_over: bool = False) -> str:
    """Ten characters, filled by `fraction` (0 to 1).

    Anything above nothing shows at least one filled cell, and only `is_over` fills the last one.
    """
    most = _BAR_CELLS if is_over else _BAR_CELLS - 1
    filled = max(0, min(most, ceil(fraction * _BAR_CELLS)))
    return _FULL * filled + _EMPTY * (_BAR_CELLS - filled)


def sweep(step: int) -> str:
    """Ten characters with a few filled ones that move on at each step: at work, for nobody knows how long."""
    lit = {(step + offset) % _BAR_CELLS for offset in range(_SWEEP_CELLS)}
    return "".join(_FULL if cell in lit else _EMPTY for cell in range(_BAR_CELLS))


def relative(at: Instant) -> str:
    """Discord's timestamp that counts by itself: `in 2 minutes`, `5 seconds ago`, in each reader's language."""
    return f"<t:{at // SECOND}:R>"


def moment(at: Instant) -> str:
    """Discord's timestamp with weekday, date and time, in each reader's zone and language."""
    return f"<t:{at // SECOND}:F>"


def day(at: Instant) -> str:
    """Discord's timestamp with the date alone."""
    return f"<t:{at // SECOND}:D>"


def duration(milliseconds: int) -> str:
    """How long something took: `7.4 s`, `2 min 5 s`."""
    tenths = max(0, milliseconds) // 100
    if milliseconds < MINUTE:
        return texts.status.SECONDS.format(seconds=f"{tenths // 10}.{tenths % 10}")
    return _minutes(milliseconds // SECOND)


def so_far(milliseconds: int) -> str:
    """How long something has been going on, the coarser the longer it lasts.

    Whole seconds in the first minute, so that every edit then says something new; quarters of a minute until ten
    minutes, then minutes.
    """
    elapsed = max(0, milliseconds)
    if elapsed < _FINE_UNTIL:
        coarse = texts.status.SECONDS.format(seconds=elapsed // SECOND)
    elif elapsed < _COARSE_UNTIL:
        seconds = elapsed // SECOND
        coarse = _minutes(seconds - seconds % _COARSE_SECONDS)
    else:
        coarse = texts.status.MINUTES.format(minutes=elapsed // MINUTE)
    return texts.status.SO_FAR.format(duration=coarse)


def _minutes(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    template = texts.status.MINUTES_AND_SECONDS if rest else texts.status.MINUTES
    return template.format(minutes=minutes, seconds=rest)
