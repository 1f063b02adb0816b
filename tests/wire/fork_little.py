"""Forks with nothing imported, for the tests of fork servers: they would wait seconds for all of the bot."""

from __future__ import annotations

import signal

from tests.wire.fork_serving import Question

WAIT = "wait"
"""What a fork is told that shall live until a signal ends it."""


def live(question: Question) -> int:
    """Print what it was told, and wait if that says so."""
    print(*question["argv"], flush=True)  # noqa: T201 - to the file of its own
    if WAIT in question["argv"]:
        signal.pause()
    return 0
