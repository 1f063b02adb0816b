"""Snowflakes: Discord's ids, which carry the instant at which they were made."""

from __future__ import annotations

from bot.domain.clock import Clock, Instant

DISCORD_EPOCH: Instant = 1_420_070_400_000
"""2015-01-01 UTC, from which snowflakes count (Discord's API Reference, "Snowflakes")."""

_SEQUENCE_BITS = 22


class Snowflakes:
    """Makes ids that are unique, grow, and tell the clock's present instant to the millisecond."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def mint(self) -> int:
        """Make the next id; many within one millisecond differ in the lower 22 bits."""
        fresh = (self._clock.now() - DISCORD_EPOCH) << _SEQUENCE_BITS
        self._last = max(fresh, self._last + 1)
        return self._last


def instant_of(snowflake: int) -> Instant:
    """Read the instant at which an id was made."""
    return (snowflake >> _SEQUENCE_BITS) + DISCORD_EPOCH
