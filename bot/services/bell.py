"""A bell that wakes one waiting loop: something changed, look again."""

from __future__ import annotations

import asyncio

from bot.domain.clock import Clock


class Bell:
    """Rung by whoever changes something; several rings before a look are one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the loop that waits, or let its next wait return at once."""
        self._rung.set()

    async def wait(self, seconds: float | None) -> None:
        """Return when the bell is rung or, unless None, when that many seconds have passed."""
        if seconds is None:
            await self._rung.wait()
        else:
            await self.rang_within(seconds)
        self._rung.clear()

    async def rang_within(self, seconds: float) -> bool:
        """Wait as `wait` does, and say whether it was rung; it counts as rung until the next `wait`."""
        if not self._rung.is_set():
            rung = asyncio.ensure_future(self._rung.wait())
            timer = asyncio.ensure_future(self._clock.sleep(seconds))
            try:
                await asyncio.wait((rung, timer), return_when=asyncio.FIRST_COMPLETED)
            finally:
                rung.cancel()
                timer.cancel()
                await asyncio.gather(rung, timer, return_exceptions=True)
        return self._rung.is_set()
