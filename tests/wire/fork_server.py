"""A process with everything imported that forks bots on demand, so that hundreds can be started and killed in a minute.

There is one for each process that runs tests; it starts with the first fork and ends with its client.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from bot.services.crash_points import CrashPoint, no_crash
from bot.wiring.services import COGS
from tests.wire import planted_bugs, worker

ROOT = Path(__file__).parents[2]
_LOOK_SECONDS = 0.005
_LATE_IMPORTS = ("bot.app", "bot.cli.check", "bot.cli.reconcile", *COGS)


class ForkServer:
    """The client's end: one question and its answer at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-W", "ignore", "-m", "tests.wire.fork_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        atexit.register(self.close)

    def ask(self, question: Mapping[str, Any]) -> Any:
        """Ask and wait for the answer: a fork's pid, or how a process ended."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._lock:
            stdin.write(json.dumps(question) + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

    def close(self) -> None:
        """End the server; what it forked lives on."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@cache
def fork_server() -> ForkServer:
    """The one fork server of this process."""
    return ForkServer()


class Forked:
    """A forked process, with the methods of `asyncio.subprocess.Process` that tests use."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._looking = Lock()

    def send_signal(self, number: int) -> None:
        """Send it a signal unless it has ended."""
        if not self._has_ended():
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Wait for its end and return its exit code, negative for a signal."""
        while not await asyncio.to_thread(self._has_ended):  # noqa: ASYNC110 - it ends in another process
            await asyncio.sleep(_LOOK_SECONDS)
        assert self.returncode is not None
        return self.returncode

    def wait_blocking(self, seconds: float) -> int:
        """Wait for its end without an event loop."""
        give_up = time.perf_counter() + seconds
        while not self._has_ended():
            assert time.perf_counter() < give_up, "it does not end"
            time.sleep(_LOOK_SECONDS)
        assert self.returncode is not None
        return self.returncode

    def _has_ended(self) -> bool:
        # A wait that was given up may still be looking in its thread, and only one look is told the end.
        with self._looking:
            if self.returncode is None:
                status = fork_server().ask({"look": self.pid})
                self.returncode = None if status is None else os.waitstatus_to_exitcode(status)
            return self.returncode is not None


def fork_verb(
    argv: Sequence[str], environment: Mapping[str, str], *, cwd: Path, stdout: Path, stderr: Path | None = None
) -> Forked:
    """Do what `python -m bot VERB …` does, without an interpreter's start; `stderr` is by default where `stdout` is."""
    verb = {"argv": list(argv), "cwd": str(cwd)}
    return _fork(environment, stdout, stderr, verb)


def _fork(environment: Mapping[str, str], stdout: Path, stderr: Path | None, program: Mapping[str, Any]) -> Forked:
    streams = {"stdout": str(stdout), "stderr": str(stderr or stdout)}
    return Forked(fork_server().ask({"environment": dict(environment), **streams, **program}))


@dataclass(slots=True)
class Forks:
    """One bot at a time, started and killed again and again."""

    bot: Forked | None = None

    @property
    def pid(self) -> int:
        """The process id of the bot that runs."""
        assert self.bot is not None, "no bot runs"
        return self.bot.pid

    async def fork(
        self,
        environment: Mapping[str, str],
        log: Path,
        *,
        bug: str = "",
        crash: tuple[str, int] | None = None,
        factor: float = 1.0,
    ) -> None:
        """Start a bot.

        `bug` names one of `tests.wire.planted_bugs`; `crash` is the point, and at which coming by it dies there.
        With a `factor` its clock runs so much faster than the machine's, and its network patience is a second.
        """
        bent = {"bug": bug, "crash": crash, "factor": factor}
        self.bot = await asyncio.to_thread(_fork, environment, log, None, bent)

    async def kill(self, number: int = signal.SIGKILL) -> int:
        """Send the bot a signal, wait for its end and return its exit code."""
        assert self.bot is not None, "no bot runs"
        self.bot.send_signal(number)
        return await self.wait()

    async def wait(self) -> int:
        """Wait for the bot's end and return its exit code."""
        assert self.bot is not None, "no bot runs"
        code = await self.bot.wait()
        self.bot = None
        return code

    async def end(self) -> None:
        """See that no bot is left."""
        if self.bot is not None:
            await self.kill()


@asynccontextmanager
async def forks() -> AsyncGenerator[Forks]:
    """Start bots within the block; the last one dies with it."""
    started = Forks()
    try:
        yield started
    finally:
        await started.end()


def serve() -> None:
    """Answer questions, one a line, until the client goes."""
    # Once, so that no fork has to.
    for name in _LATE_IMPORTS:
        importlib.import_module(name)

    for line in sys.stdin:
        question = json.loads(line)
        if "look" in question:
            pid, status = os.waitpid(question["look"], os.WNOHANG)
            _say(status if pid else None)
            continue
        pid = os.fork()
        if pid:
            _say(pid)
            continue
        code = 1
        try:
            code = _live(question)
        finally:
            os._exit(code)


def _live(question: dict[str, Any]) -> int:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(question[name], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), stream)
    if "argv" in question:
        os.chdir(question["cwd"])
        return worker.do(question["argv"], question["environment"])
    crash_hook = (
        worker.die_at(CrashPoint(question["crash"][0]), question["crash"][1]) if question["crash"] else no_crash
    )
    bend = planted_bugs.bend_of(question["bug"])
    return worker.live(question["environment"], crash_hook, bend, factor=question["factor"])


def _say(answer: int | None) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
