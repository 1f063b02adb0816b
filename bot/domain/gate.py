"""Whether the next paid request may be sent: the provider's limits, and requests with lost answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot import texts
from bot.domain.clock import SECOND, Instant
from bot.domain.money import Micros

MOST_LOST = 3
"""So many answers of one model lost at once are no accident: what they were is found out before more is risked."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """How busy we are at the provider.

    `in_flight` counts predictions on their way there and at work there, without those past their deadline; `unanswered`
    those on their way. `minute_full_until` is when as many POSTs as a minute takes are a minute old; None: fewer left
    within the last one. `lost` counts by model those whose answer was lost and that are being looked for; one left to a
    moderator is not. None of these takes a place: whether
    it was ever begun is not known, and where it was, the provider lets what is too much wait.
    """

    in_flight: int
    unanswered: int
    minute_full_until: Instant | None
    lost: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many predictions wait, and what is set aside for all that is open."""

    waiting: int
    held_micros: Micros


@dataclass(frozen=True, slots=True)
class ProviderLimits:
    """What the account's tier allows, and how many unanswered POSTs may be out at once."""

    max_concurrent: int
    max_per_minute: int
    submit_parallelism: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The gate is closed: for how long at least (None: until something changes), and why where members should know."""

    seconds: float | None
    because: str | None = None


def look_at_gate(traffic: Traffic, limits: ProviderLimits, now: Instant) -> Closed | None:
    """Return None when the next POST may leave now, as far as the provider's limits go."""
    if traffic.unanswered >= limits.submit_parallelism or traffic.in_flight >= limits.max_concurrent:
        return Closed(None)
    if traffic.minute_full_until is not None:
        return Closed(max(0.05, (traffic.minute_full_until - now) / SECOND))
    return None


def look_at_model(traffic: Traffic, model_id: str) -> Closed | None:
    """Return None when POSTs of that model may leave.

    A lost answer may stand for a paid task, so each is looked for; others go on meanwhile, of this model as well. Only
    several at once tell that something is wrong with it.
    """
    return Closed(None, texts.status.CHECKED_FIRST) if traffic.lost.get(model_id, 0) >= MOST_LOST else None
