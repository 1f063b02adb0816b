"""The real bot, composed as `run` composes it, with what a test may bend: crash points, planted bugs, and two waits."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import SystemRandom

import aiohttp

from bot import app, front
from bot.__main__ import main as easel
from bot.db import postgres_lead, postgres_shards
from bot.domain.clock import SECOND, Instant, SystemClock
from bot.gateway import GatewayPace
from bot.instance import only_bot
from bot.log import configure_logging
from bot.media.fetch import CdnAttachmentReader, OutputDownloader
from bot.provider.transport import Timeouts
from bot.services.crash_points import CrashHook, CrashPoint, no_crash
from bot.settings import Settings, setting_names
from bot.shutdown import stop_on_signals
from bot.standby import run_in_turn
from bot.ui.discord import calls as discord_calls
from bot.wiring import discord as wiring
from bot.wiring import resources
from bot.wiring.discord import bot_of
from bot.wiring.resources import Environment
from tests.clocks import HurriedClock

CLOCK_AHEAD = "TEST_CLOCK_AHEAD_SECONDS"
"""A variable that only this worker reads: how many seconds the bot's wall clock is ahead of everybody else's."""

CRASHED = 97
"""The exit code of a death at a crash point."""

_READY_SECONDS = 0.02
_LOOK_SECONDS = 0.05
_PATIENCE = aiohttp.ClientTimeout(total=3.0, sock_connect=1.0, sock_read=1.0)


class Unpaced(GatewayPace):
    """Starts sessions as often as a test kills the bot; the real budget lets it wait minutes after the fifth."""

    async def before_identify(self) -> None:
        """Wait for nothing."""

    async def before_session(self) -> None:
        """Wait for nothing."""

    async def may_start_session(self) -> None:
        """Say yes."""


def ready_at_once() -> None:
    """Take away a wait of a start: discord.py calls a bot ready when no server has come for 2 s."""

    def hasty_bot_of(*given: object) -> object:
        bot = bot_of(*given)  # pyright: ignore[reportArgumentType] - handed through
        bot._connection.guild_ready_timeout = _READY_SECONDS  # pyright: ignore[reportPrivateUsage] - no public way
        return bot

    wiring.bot_of = hasty_bot_of  # pyright: ignore[reportAttributeAccessIssue] - as above


def die_at(point: CrashPoint, hit: int) -> CrashHook:
    """End the process, without a word to anybody, at the n-th time that it comes by a point."""
    left = [hit]

    def crash_hook(reached: CrashPoint) -> None:
        if reached is not point:
            return
        left[0] -= 1
        if left[0] == 0:
            os._exit(CRASHED)

    return crash_hook


class SkewedClock(SystemClock):
    """The machine's clock, but for a wall clock that is wrong."""

    def __init__(self, ahead_seconds: float) -> None:
        self._ahead = round(ahead_seconds * SECOND)

    def now(self) -> Instant:
        """See `Clock.now`."""
        return super().now() + self._ahead


def shared_clock(factor: float) -> HurriedClock:
    """A clock `factor` times as fast as the machine's, that shows the same hour in every process of it."""
    return HurriedClock(factor, round(time.time() * SECOND - time.perf_counter() * SECOND), began=0.0)


def lose_patience() -> None:
    """Have every download and every call to Discord give up after a second or so of real time."""
    resources.OutputDownloader = partial(OutputDownloader, timeout=_PATIENCE)  # pyright: ignore[reportAttributeAccessIssue] - a factory in a class's place
    resources.CdnAttachmentReader = partial(CdnAttachmentReader, timeout=_PATIENCE)  # pyright: ignore[reportAttributeAccessIssue] - as above
    discord_calls.ANSWER_SECONDS = 1.5


def live(
    environment: Mapping[str, str],
    crash_hook: CrashHook = no_crash,
    bend: Callable[[], None] = lambda: None,
    *,
    factor: float = 1.0,
) -> int:
    """Run the bot in this process with these settings until it is asked to stop.

    With a `factor` its clock runs that much faster than the machine's, and network calls are given up soon.
    """
    _take_on(environment)
    ready_at_once()
    wiring.GatewayPace = wiring.ShardPace = Unpaced
    if not environment["DATABASE_URL"].startswith("sqlite"):
        postgres_lead.LOOK_SECONDS = postgres_shards.LOOK_SECONDS = _LOOK_SECONDS
    if factor != 1.0:
        lose_patience()
    bend()
    settings = Settings.given(**{name.lower(): environment[name] for name in setting_names() if name in environment})
    configure_logging(settings.log_level, settings.log_format, secrets=settings.secrets())

    async def until_stopped() -> None:
        with stop_on_signals() as stop:
            ahead = float(environment.get(CLOCK_AHEAD, "0"))
            clock = SkewedClock(ahead) if factor == 1.0 else shared_clock(factor)
            timeouts = Timeouts() if factor == 1.0 else Timeouts(1.0, 1.0, 1.0, 1.0)
            handed_in = Environment(clock, SystemRandom(), crash_hook, timeouts=timeouts)
            lead, be_front = (partial(each.run, settings, stop, handed_in) for each in (app, front))
            await run_in_turn(settings, stop, lead, be_front)

    with only_bot(settings.database_path):
        asyncio.run(until_stopped())
    return 0


def do(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    """Do a verb of the command line in this process with this environment, and return its exit code."""
    _take_on(environment)
    ready_at_once()
    try:
        return easel(argv)
    except SystemExit as usage:
        return usage.code if isinstance(usage.code, int) else 1


def _take_on(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)


def main() -> int:
    """`python -m tests.wire.worker [POINT HIT]`: run, and die there."""
    crash_hook = no_crash if len(sys.argv) == 1 else die_at(CrashPoint(sys.argv[1]), int(sys.argv[2]))
    return live(dict(os.environ), crash_hook)


if __name__ == "__main__":
    sys.exit(main())
