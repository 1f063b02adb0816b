"""A process with everything imported that forks bots on demand, so that hundreds can be started and killed in a minute.

There is one for each process that runs tests; it starts with the first fork and ends with its client. One that has died
says so, with what it printed, to whoever still needs it; the next fork has another.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Lock
from typing import Any

ROOT = Path(__file__).parents[2]
_LOOK_SECONDS = 0.005
_CLOSE_SECONDS = 10.0
SERVING, _BOTS = "tests.wire.fork_serving", "tests.wire.fork_bots"


class ForkServerError(Exception):
    """A fork server could not do what it was asked, or has ended; says how, and what it printed."""


class ForkServer:
    """The client's end: one question and its answer at a time."""

    def __init__(self, module: str = _BOTS) -> None:
        """Start a server; `module` says what its forks do, and imports what they need."""
        self._lock = Lock()
        self._printed = TemporaryFile()  # noqa: SIM115 - lives as long as the server
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-u", "-W", "ignore", "-m", SERVING, module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._printed,
            text=True,
            cwd=ROOT,
        )
        atexit.register(self.close)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def lives(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, question: Mapping[str, Any]) -> Any:
        """Ask and wait for the answer: a fork's pid, or how a process ended. Raises ForkServerError."""
        with self._lock:
            line = self._exchange(json.dumps(question) + "\n")
        try:
            answer = json.loads(line)
        except ValueError:
            raise ForkServerError(self._end_after(line)) from None
        if "error" in answer:
            raise ForkServerError(answer["error"])
        return answer["answer"]

    def _exchange(self, line: str) -> str:
        """Send a line and return the next one of the server's, empty if it has ended."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(line)
            stdin.flush()
            return stdout.readline()
        except (OSError, ValueError):  # its end of the pipe has gone, or ours was closed after it
            return ""

    def _end_after(self, line: str) -> str:
        """See that a server which does not answer as agreed is gone, and say all that is known of it."""
        self._process.kill()
        code = self._process.wait()
        self._printed.seek(0)
        printed = self._printed.read().decode(errors="replace")
        return f"The fork server answered {line!r} and ended with {code}; it printed:\n{printed[-6000:]}"

    def close(self) -> None:
        """End the server; what it forked lives on."""
        atexit.unregister(self.close)
        try:
            self._process.communicate(timeout=_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._printed.close()


class ForkServers:
    """Hands out one server at a time to any number of threads, and another one once that has ended."""

    def __init__(self, module: str = _BOTS) -> None:
        self._module = module
        self._starting = Lock()
        self._server: ForkServer | None = None

    def one(self) -> ForkServer:
        """The server to fork from."""
        # Threads that want the first fork at the same moment would start a server each, and ask one for another's bot.
        with self._starting:
            if self._server is None or not self._server.lives:
                self._server = ForkServer(self._module)
            return self._server


SERVERS = ForkServers()
"""Those of this process."""


class Forked:
    """A forked process, with the methods of `asyncio.subprocess.Process` that tests use."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server
        self._looking = Lock()

    def send_signal(self, number: int) -> None:
        """Send it a signal unless it has ended."""
        # Its number is its own until it is looked at for the last time, for which nobody else gets the turn here.
        with self._looking:
            if self._server.lives:
                self._look()
            if self.returncode is None:
                with suppress(ProcessLookupError):
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

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return not self._has_ended()

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
            self._look()
            return self.returncode is not None

    def _look(self) -> None:
        if self.returncode is None:
            status = self._server.ask({"look": self.pid})
            self.returncode = None if status is None else os.waitstatus_to_exitcode(status)


def fork_verb(
    argv: Sequence[str], environment: Mapping[str, str], *, cwd: Path, stdout: Path, stderr: Path | None = None
) -> Forked:
    """Do what `python -m bot VERB …` does, without an interpreter's start; `stderr` is by default where `stdout` is."""
    verb = {"argv": list(argv), "cwd": str(cwd)}
    return _fork(environment, verb | _files(stdout, stderr))


def fork_at_terminal(argv: Sequence[str], environment: Mapping[str, str], *, cwd: Path, terminal: int) -> Forked:
    """Do the same at a terminal of its own, at which Ctrl-C is heard; the fork has it open once this returns."""
    return _fork(environment, {"argv": list(argv), "cwd": str(cwd), "terminal": os.ttyname(terminal)})


def run_verb(
    argv: Sequence[str], environment: Mapping[str, str], *, cwd: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Do a verb to its end, which has to come within so many seconds, with nothing to read and no terminal."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "stdout"), Path(folder, "stderr")
        process = fork_verb(argv, environment, cwd=cwd, stdout=out, stderr=err)
        code = process.wait_blocking(seconds)
        return subprocess.CompletedProcess(argv, code, out.read_text(), err.read_text())


def run_cold(
    argv: Sequence[str], environment: Mapping[str, str], *, cwd: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Do the same as an operator does, by an interpreter of its own, which has to import all that the verb needs.

    Once for each family of verbs: it costs a second of the processor.
    """
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", *argv],
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def _files(stdout: Path, stderr: Path | None = None) -> dict[str, str]:
    return {"stdout": str(stdout), "stderr": str(stderr or stdout)}


def _fork(environment: Mapping[str, str], program: Mapping[str, Any]) -> Forked:
    server = SERVERS.one()
    return Forked(server, server.ask({"environment": dict(environment), **program}))


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
        self.bot = await asyncio.to_thread(_fork, environment, bent | _files(log))

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
