"""The machine that pauses: whom it stops, and that the command ends as it would have."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import psutil

from tests.pauses import may_be_paused, run
from tests.wire.fork_server import SERVING


@contextmanager
def waiting(*argv: str) -> Generator[psutil.Process]:
    """A Python process that has begun, and waits."""
    program = [sys.executable, "-c", "import sys; print(); sys.stdin.read()", *argv]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            process.stdout.readline()
            yield psutil.Process(process.pid)
        finally:
            process.kill()


def test_whom_it_pauses() -> None:
    """What runs tests; neither a bot nor what a test has stopped, which would go on at the end of the pause."""
    with waiting() as tests, waiting(SERVING) as bot, waiting() as stopped:
        stopped.send_signal(signal.SIGSTOP)
        while stopped.status() != psutil.STATUS_STOPPED:
            pass

        assert [may_be_paused(each) for each in (tests, bot, stopped)] == [True, False, False]


def test_the_command_ends_as_by_itself() -> None:
    """However often what it started is paused: it goes on, and its exit code is told."""
    counts = [sys.executable, "-c", "import sys; sys.exit(sum(range(3_000_000)) % 7 + 3)"]
    above = [sys.executable, "-c", f"import subprocess, sys; sys.exit(subprocess.call({counts!r}))"]

    assert run(above, 0.02) == sum(range(3_000_000)) % 7 + 3
