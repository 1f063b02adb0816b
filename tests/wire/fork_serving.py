"""The fork server's own end: has everything imported, and forks on each line of its input what that asks for."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import traceback
from typing import Any

from bot.services.crash_points import CrashPoint, no_crash
from bot.wiring.discord import COGS
from tests.wire import planted_bugs, worker

_LATE_IMPORTS = ("bot.app", "bot.cli.check", "bot.cli.reconcile", *COGS)


def serve() -> None:
    """Answer questions, one a line, until the client goes."""
    # Once, so that no fork has to.
    for name in _LATE_IMPORTS:
        importlib.import_module(name)
    # What is imported stays: no fork's collector goes through it again, and the pages that hold it stay shared.
    gc.collect()
    gc.freeze()

    # What anything here prints goes to where the client reads it at the end; answers have a pipe of their own.
    answers = os.dup(1)
    os.dup2(2, 1)
    for line in sys.stdin:
        os.write(answers, (json.dumps(_answer(json.loads(line), answers)) + "\n").encode())


def _answer(question: dict[str, Any], answers: int) -> dict[str, Any]:
    """What the client is told; whatever fails here fails for this question alone."""
    try:
        return {"answer": _look(question["look"]) if "look" in question else _fork_one(question, answers)}
    except OSError:
        return {"error": traceback.format_exc()}


def _look(pid: int) -> int | None:
    """How a process ended; None while it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return status if ended else None


def _fork_one(question: dict[str, Any], answers: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.close(answers)  # else a bot that lives on would keep the client waiting for a server that has died
        code = _live(question)
    except BaseException:  # noqa: BLE001 - it is printed, and this process ends here
        traceback.print_exc()
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


if __name__ == "__main__":
    serve()
