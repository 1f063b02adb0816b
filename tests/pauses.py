"""Runs a command on a machine that pauses: processes below it are stopped for a moment, one after the other.

python -m tests.pauses [--seconds 0.1] uv run pytest

A test that takes such a pause for a failure falls now and then on a busy machine, and within a few runs here.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from random import Random

import psutil

from tests.wire.fork_server import SERVING

LONGEST_SECONDS = 0.8
"""No pause is longer: Discord waits three seconds for a first answer, and so do the tests of it."""

_SHORTEST_SECONDS = 0.001  # so that looking for somebody to pause is not all that this does
_BETWEEN_SECONDS = 0.02
_FAMILY_SECONDS = 2.0  # how long those that were found are paused before others are looked for
_PAUSED = ("python", "pytest", "postgres")


def may_be_paused(process: psutil.Process) -> bool:
    """Whether it runs tests or the database; not who was stopped by a test, nor a bot, which tests stop themselves."""
    return (
        process.name().startswith(_PAUSED)
        and process.status() != psutil.STATUS_STOPPED
        and SERVING not in process.cmdline()
    )


def pause(process: psutil.Process, seconds: float) -> None:
    """Stop it for so long."""
    process.suspend()
    try:
        time.sleep(seconds)
    finally:
        process.resume()


def run(command: Sequence[str], mean_seconds: float) -> int:
    """Run the command to its end; returns its exit code."""
    random, pauses = Random(), 0
    with subprocess.Popen(command) as running:  # noqa: S603 - what a developer typed
        above = psutil.Process(running.pid)
        while running.poll() is None:
            family, until = above.children(recursive=True), time.monotonic() + _FAMILY_SECONDS
            while family and time.monotonic() < until and running.poll() is None:
                with suppress(psutil.NoSuchProcess):
                    if may_be_paused(one := random.choice(family)):
                        pause(one, min(LONGEST_SECONDS, random.expovariate(1 / mean_seconds)))
                        pauses += 1
                time.sleep(random.uniform(_SHORTEST_SECONDS, _BETWEEN_SECONDS))
            time.sleep(_SHORTEST_SECONDS)
    print(f"{pauses} pauses", file=sys.stderr)  # noqa: T201 - a tool's last word
    return running.returncode


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0.1, help="the mean of a pause")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    return run(options.command, options.seconds)


if __name__ == "__main__":
    sys.exit(main())
