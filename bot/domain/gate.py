"""May the next paid request leave? The provider's limits and the one-unanswered-request rule, as a pure decision."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.clock import MINUTE, Instant


@dataclass(frozen=True, slots=True)
class Traffic:
    """How busy we are at the provider.

    `in_flight` counts submitting, unknown and processing predictions, without those past their deadline; `unanswered`
    those submitting or unknown that close the gate (an unknown one left to a moderator does not). `sent_at` are the
    POSTs of the last minute, oldest first. `next_look_at` is when the first unknown one is looked for.
    """

    in_flight: int
    unanswered: int
    sent_at: tuple[Instant, ...]
    next_look_at: Instant | None


@dataclass(frozen=True, slots=True)
class ProviderLimits:
    """What the account's tier allows, and how many unanswered POSTs may be out at once (1 unless told otherwise)."""

    max_concurrent: int
    max_per_minute: int
    submit_parallelism: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The gate is closed: for how long at least (None: until something changes), and why where members should know."""

    seconds: float | None
    because: str | None = None


def look_at_gate(traffic: Traffic, limits: ProviderLimits, now: Instant) -> Closed | None:
    """Return None when the next POST may leave now.

    A request whose answer was lost may have created a paid task that only the provider's list can show. Until that
    is clear a second request could not be told from the first, so none leaves.
    """
    if traffic.unanswered >= limits.submit_parallelism:
        because = (
            None if traffic.next_look_at is None else "An earlier request is being checked with the provider first."
        )
        return Closed(None, because)
    if traffic.in_flight >= limits.max_concurrent:
        return Closed(None)
    if len(traffic.sent_at) >= limits.max_per_minute:
        frees_at = traffic.sent_at[-limits.max_per_minute] + MINUTE
        return Closed(max(0.05, (frees_at - now) / 1000))
    return None
