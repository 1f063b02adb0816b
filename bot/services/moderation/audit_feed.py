"""Posts new audit entries to a server's log channel."""

from __future__ import annotations

from typing import Protocol

import structlog

from bot.db.audit_feed import AuditFeedStore
from bot.domain.audit import Untold
from bot.domain.clock import MINUTE, Clock, Instant
from bot.services.ports.messages import NotNow, TooLarge, Unreachable

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 5.0
"""Acts that follow one another closely share a message."""

ACTS_IN_A_MESSAGE = 10

_CLOSED_FOR = 10 * MINUTE
_BUSY_FOR = MINUTE


class LogChannel(Protocol):
    """Discord, as far as the log needs it."""

    async def log_audit(self, untold: Untold) -> None:
        """Post audit entries to a log channel; sent again with the same `last_id`, Discord posts it once.

        Raises:
            Unreachable: no access to the channel.
            NotNow: try again.
        """
        ...


class AuditFeed:
    """Follows the audit and tells log channels; a restart goes on where the last one stopped."""

    def __init__(self, store: AuditFeedStore, channel: LogChannel, clock: Clock) -> None:
        self._feed = store
        self._channel = channel
        self._clock = clock
        self._not_before: dict[tuple[int, int], Instant] = {}
        self._closed: set[tuple[int, int]] = set()

    async def run(self) -> None:
        """Tell what there is to tell, every few seconds, until cancelled."""
        while True:
            for untold in await self._feed.untold(ACTS_IN_A_MESSAGE):
                await self._tell(untold)
            await self._clock.sleep(PAUSE_SECONDS)

    async def _tell(self, untold: Untold) -> None:
        place, now = (untold.guild_id, untold.channel_id), self._clock.now()
        if self._not_before.get(place, now) > now:
            return
        try:
            await self._channel.log_audit(untold)
        except Unreachable:
            self._not_before[place] = now + _CLOSED_FOR
            if place not in self._closed:
                self._closed.add(place)
                log.warning("act_log.closed", guild_id=untold.guild_id, channel_id=untold.channel_id)
        except (NotNow, TooLarge):
            self._not_before[place] = now + _BUSY_FOR
        else:
            self._not_before.pop(place, None)
            self._closed.discard(place)
            await self._feed.told(untold.guild_id, untold.last_id)
