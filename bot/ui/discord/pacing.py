"""Turns to edit messages in a channel: few at once, final edits first, no queue of stale ones."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from bot.domain.clock import Clock

EDITS_PER_WINDOW = 4
WINDOW_SECONDS = 5.0
"""Discord publishes no figure for edits in a channel; 5 in 5 seconds is what bots observe. One is left free, because
discord.py answers the call that takes the last one only when the window has passed."""


@dataclass(eq=False, slots=True)
class _Ticket:
    """One edit that waits; it says itself, whenever it is asked, whether it is urgent."""

    number: int
    is_urgent: Callable[[], bool]
    granted: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False, slots=True)
class _Counter:
    """One channel's line."""

    tickets: list[_Ticket] = field(default_factory=list[_Ticket])
    started: deque[float] = field(default_factory=deque[float])
    server: asyncio.Task[None] | None = None


class ChannelTurns:
    """Hands out turns to edit in a channel with the bot's own token: one in flight, four started in 5 seconds.

    What is written is chosen when the turn comes, not when it is asked for, so that nothing stale is ever sent.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count()
        self._counters: dict[int, _Counter] = {}

    @asynccontextmanager
    async def turn(self, channel_id: int, is_urgent: Callable[[], bool]) -> AsyncGenerator[None]:
        """Wait for a turn and hold it; among those who wait the urgent go first, then those who came first."""
        counter = self._counter(channel_id)
        ticket = _Ticket(next(self._numbers), is_urgent)
        counter.tickets.append(ticket)
        if counter.server is None:
            counter.server = asyncio.create_task(self._serve(counter))
        try:
            await ticket.granted.wait()
            yield
        finally:
            ticket.done.set()
            if ticket in counter.tickets:
                counter.tickets.remove(ticket)

    def _counter(self, channel_id: int) -> _Counter:
        if channel_id not in self._counters:
            self._counters = {key: each for key, each in self._counters.items() if each.server or self._recent(each)}
            self._counters[channel_id] = _Counter()
        return self._counters[channel_id]

    async def _serve(self, counter: _Counter) -> None:
        while counter.tickets:
            recent = self._recent(counter)
            if len(recent) >= EDITS_PER_WINDOW:
                await self._clock.sleep(recent[0] + WINDOW_SECONDS - self._clock.monotonic())
                continue
            ticket = min(counter.tickets, key=lambda each: (not each.is_urgent(), each.number))
            counter.tickets.remove(ticket)
            recent.append(self._clock.monotonic())
            ticket.granted.set()
            await ticket.done.wait()
        counter.server = None

    def _recent(self, counter: _Counter) -> deque[float]:
        """When the edits of the last window were started."""
        now = self._clock.monotonic()
        while counter.started and counter.started[0] + WINDOW_SECONDS <= now:
            counter.started.popleft()
        return counter.started
