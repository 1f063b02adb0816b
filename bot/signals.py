"""Turns the first SIGTERM or SIGINT into a request to stop in order, and lets the second end the process at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Generator
from contextlib import contextmanager

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
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        log.info("process.stopping", signal=number.name)
        stop.set()

    for each in STOPPING:
        loop.add_signal_handler(each, first, each)
    try:
        yield stop
    finally:
        for each in STOPPING:
            loop.remove_signal_handler(each)
