"""Dying at a named instant: a trap that ends the program there, and when its next start may come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.demo.provider import Site
from bot.domain.clock import MINUTE, SECOND
from bot.domain.lost_answers import LONGEST_SUBMIT
from bot.services.crash_points import CrashPoint
from bot.services.creative.requests import PictureRequest
from tests.clocks import turns
from tests.services.fake_messenger import NONCE_LIFE
from tests.services.world import ServiceWorld

NEXT_START_SECONDS = (max(NONCE_LIFE, 2 * LONGEST_SUBMIT) + MINUTE) / SECOND


class Crash(BaseException):
    """The process ends here."""


class Trap:
    """Ends the engine at the n-th time that it comes by a point, of those at which it may."""

    def __init__(self, point: CrashPoint, hit: int, *, may: Callable[[], bool] = lambda: True) -> None:
        self._point = point
        self._may = may
        self._left = hit
        self.sprung = asyncio.Event()

    def __call__(self, point: CrashPoint) -> None:
        if self.sprung.is_set():
            raise Crash  # a dead process does nothing more
        if point is self._point and self._may():
            self._left -= 1
            if self._left == 0:
                self.sprung.set()
                raise Crash


async def run_into(world: ServiceWorld, trap: Trap, asked: PictureRequest | None = None) -> None:
    """Give a command, or only take up what is there, and die on the way."""
    async with world.start(trap) as running:
        work = asyncio.create_task(live(world, asked))
        sprung = asyncio.create_task(trap.sprung.wait())
        await asyncio.wait((work, sprung), return_when=asyncio.FIRST_COMPLETED)
        for task in (work, sprung, running.working):
            task.cancel()
        await asyncio.gather(work, sprung, running.working, return_exceptions=True)
    await until_arrived(world)


async def until_arrived(world: ServiceWorld) -> None:
    """Wait until the provider has done with what left before a death.

    It looks at references in a thread before it creates anything. Who leaps on the clock meanwhile has it create
    something when it is certain that nothing can be any more.
    """
    await turns()

    async def is_done() -> bool:
        return all(post.outcome != "open" for post in world.provider.history.at(Site.SUBMIT))

    await world.until(is_done)


async def live(world: ServiceWorld, asked: PictureRequest | None) -> None:
    """What goes on until nothing is open any more."""
    if asked is not None:
        await world.command(asked)
    for job_id in await world.bot.stores.jobs.open_jobs():
        await world.closed(job_id)
