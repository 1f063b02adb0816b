"""A process with everything imported that forks bots on demand, so that hundreds of them can be killed in a minute."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.services.crash_points import CrashPoint, pass_by
from bot.wiring.services import COGS
from tests.wire import planted_bugs, worker

_ANSWER_SECONDS = 60.0


@dataclass(slots=True)
class Zygote:
    """The driver's end: forks one bot at a time and buries it."""

    process: asyncio.subprocess.Process
    pid: int = 0

    async def fork(
        self,
        environment: Mapping[str, str],
        log: Path,
        *,
        bug: str = "",
        crash: tuple[str, int] | None = None,
        factor: float = 1.0,
    ) -> int:
        """Start a bot and return its pid.

        `bug` names one of `tests.wire.planted_bugs`; `crash` is the point, and at which coming by it dies there.
        With a `factor` its clock runs so much faster than the machine's, and its network patience is a second.
        """
        answer = await self._ask(
            {"environment": dict(environment), "log": str(log), "bug": bug, "crash": crash, "factor": factor}
        )
        self.pid = answer["pid"]
        return self.pid

    async def kill(self, number: int = signal.SIGKILL) -> int:
        """Send the bot a signal and return its exit status, as `os.waitpid` gives it."""
        os.kill(self.pid, number)
        return await self.bury()

    async def bury(self) -> int:
        """Wait for the bot's end."""
        answer = await self._ask({"bury": self.pid})
        self.pid = 0
        return answer["status"]

    async def end(self) -> None:
        """See that no bot is left."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            await self.bury()

    async def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        await self.process.stdin.drain()
        async with asyncio.timeout(_ANSWER_SECONDS):
            return json.loads(await self.process.stdout.readline())


@asynccontextmanager
async def zygote() -> AsyncGenerator[Zygote]:
    """Run a zygote until the block ends; its last bot dies with it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "ignore", "-m", "tests.wire.zygote"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    forks = Zygote(process)
    try:
        yield forks
    finally:
        with contextlib.suppress(ProcessLookupError):
            if forks.pid:
                os.kill(forks.pid, signal.SIGKILL)
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


def serve() -> None:
    """Answer questions, one a line, until the driver goes."""
    # Once, so that no fork has to.
    for cog in COGS:
        importlib.import_module(cog)

    for line in sys.stdin:
        question = json.loads(line)
        if "bury" in question:
            _say({"status": os.waitpid(question["bury"], 0)[1]})
            continue
        pid = os.fork()
        if pid:
            _say({"pid": pid})
            continue
        code = 1
        try:
            log = os.open(question["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            for stream in (0, 1, 2):
                os.dup2(log, stream)
            code = _live(question)
        finally:
            os._exit(code)


def _live(question: dict[str, Any]) -> int:
    reach = worker.die_at(CrashPoint(question["crash"][0]), question["crash"][1]) if question["crash"] else pass_by
    bend = planted_bugs.bend_of(question["bug"])
    return worker.live(question["environment"], reach, bend, factor=question["factor"])


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
