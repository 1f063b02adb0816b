"""Turns the first SIGTERM or SIGINT into a request to stop in order, and lets the second end the process at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import structlog

STOPPING = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger(__name__)


@contextmanager
def stop_on_signals() -> Generator[asyncio.Event]:
    """Within this block, in a running loop, give an event that is set by the first signal.

    From then on the operating system's own handling is back, so that a second signal ends the process even where the
    loop is blocked.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def first(number: signal.Signals) -> None:
        for each in STOPPING:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        log.info("process.stopping", signal=number.name)
        stop.set()

    try:
        for each in STOPPING:
            loop.add_signal_handler(each, first, each)
    except NotImplementedError:
        with _stop_by_plain_handlers(loop, first):
            yield stop
        return
    try:
        yield stop
    finally:
        for each in STOPPING:
            loop.remove_signal_handler(each)


@contextmanager
def _stop_by_plain_handlers(
    loop: asyncio.AbstractEventLoop, first: Callable[[signal.Signals], None]
) -> Generator[None]:
    """Do the same where loops take no handlers, as on Windows, which knows Ctrl+C, Ctrl+Break and little else."""

    def handle(number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(first, signal.Signals(number))

    before = {each: signal.signal(each, handle) for each in _known_to_this_system()}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _known_to_this_system() -> list[signal.Signals]:
    return [*STOPPING, *(each for each in signal.Signals if each.name == "SIGBREAK")]
