"""Wakes a poller before its time when a webhook announces an end."""

from __future__ import annotations

from bot.domain.clock import Clock
from bot.services.wakeup import Wakeup


class EarlyLooks:
    """Wakes whoever follows a prediction when the provider announces its end.

    Announcements are relied on from the first that came until an end is found that none announced.
    """

    def __init__(self, clock: Clock, *, are_possible: bool) -> None:
        self._clock = clock
        self._wakeups: dict[int, Wakeup] = {}
        self._are_possible = are_possible
        self.are_coming = False

    def follow(self, prediction_id: int) -> None:
        """Somebody follows this prediction from now on; an announcement that came before is kept for the first wait."""
        if self._are_possible:
            self._wakeups.setdefault(prediction_id, Wakeup(self._clock))

    def forget(self, prediction_id: int) -> None:
        """Nobody follows it any more."""
        self._wakeups.pop(prediction_id, None)

    def announced(self, prediction_id: int) -> bool:
        """Wake who follows it; False if nobody does."""
        wakeup = self._wakeups.get(prediction_id)
        if wakeup is None:
            return False
        self.are_coming = True
        wakeup.notify()
        return True

    def announced_before(self, prediction_id: int) -> None:
        """Have whoever will follow it look at once."""
        self.follow(prediction_id)
        self.announced(prediction_id)

    def missed(self) -> None:
        """An end was found that nobody announced."""
        self.are_coming = False

    async def wait(self, prediction_id: int, seconds: float) -> bool:
        """Wait so long, or until it is announced; whether it was."""
        wakeup = self._wakeups.get(prediction_id)
        if wakeup is None:
            await self._clock.sleep(seconds)
            return False
        was_rung = await wakeup.rang_within(seconds)
        if was_rung:
            await wakeup.wait(None)
        return was_rung
