"""A wake-up for one waiting loop."""

from __future__ import annotations

import asyncio

from bot.domain.clock import Clock


class Wakeup:
    """Notified by whoever changes something; several notifications before a look count as one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._notified = asyncio.Event()

    def notify(self) -> None:
        """Wake the loop that waits, or let its next wait return at once."""
        self._notified.set()

    async def wait(self, seconds: float | None) -> bool:
        """Return when notified or, unless None, when that many seconds have passed; whether it was notified."""
        if seconds is None:
            await self._notified.wait()
        else:
            await self.rang_within(seconds)
        was_notified = self._notified.is_set()
        self._notified.clear()
        return was_notified

    async def rang_within(self, seconds: float) -> bool:
        """Wait as `wait` does, and say whether it was notified; it counts as notified until the next `wait`."""
        if not self._notified.is_set():
            notified = asyncio.ensure_future(self._notified.wait())
            timer = asyncio.ensure_future(self._clock.sleep(seconds))
            try:
                await asyncio.wait((notified, timer), return_when=asyncio.FIRST_COMPLETED)
            finally:
                notified.cancel()
                timer.cancel()
                await asyncio.gather(notified, timer, return_exceptions=True)
        return self._notified.is_set()
