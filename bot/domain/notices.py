"""What is told once when most or all of a limit is spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.domain.budget import ScopeKind
from bot.domain.clock import Instant
from bot.domain.money import Micros
from bot.domain.periods import Period

PERCENTS = (80, 100)
"""How much of a limit has to be spent for a notice, in rising order."""


def reached(spent_micros: Micros, limit_micros: Micros) -> tuple[int, ...]:
    """Which of `PERCENTS` are spent of a limit above 0."""
    return tuple(percent for percent in PERCENTS if spent_micros * 100 >= limit_micros * percent)


@dataclass(frozen=True, slots=True)
class Notice:
    """That so many percent of a limit are spent in the period that holds `day`.

    `day` is the one that the admission at `at` was counted on, also where its server counts in another zone by now.
    `subject_id` is a Discord id (member, channel, server), or 0 for the bot; `ends_at` is None for the total.
    """

    guild_id: int
    kind: ScopeKind
    subject_id: int
    period: Period
    percent: int
    limit_micros: Micros
    spent_micros: Micros
    ends_at: Instant | None
    at: Instant
    day: date
