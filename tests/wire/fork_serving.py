"""A fork server's own end: forks on each line of its input what that asks for; a module that it is given does it."""

from __future__ import annotations

import fcntl
import gc
import importlib
import json
import os
import signal
import sys
import termios
import traceback
from collections.abc import Callable
from typing import Any, TypeAlias

Question: TypeAlias = dict[str, Any]
Live: TypeAlias = Callable[[Question], int]
"""What a fork does, on the streams and in the folder that it was asked for; its exit code."""


def serve(module: str) -> None:
    """Import the module, and answer questions, one a line, until the client goes; its `live` is what a fork does."""
    # What is imported stays: the collector rests meanwhile, no fork's goes through it again, and the pages that hold it
    # stay shared.
    gc.disable()
    live: Live = importlib.import_module(module).live
    gc.collect()
    gc.freeze()
    gc.enable()

    # What anything here prints goes to where the client reads it at the end; answers have a pipe of their own.
    answers = os.dup(1)
    os.dup2(2, 1)
    for line in sys.stdin:
        os.write(answers, (json.dumps(_answer(json.loads(line), answers, live)) + "\n").encode())


def _answer(question: Question, answers: int, live: Live) -> dict[str, Any]:
    """What the client is told; whatever fails here fails for this question alone."""
    try:
        return {"answer": _look(question["look"]) if "look" in question else _fork_one(question, answers, live)}
    except OSError:
        return {"error": traceback.format_exc()}


def _look(pid: int) -> int | None:
    """How a process ended; None while it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return status if ended else None


def _fork_one(question: Question, answers: int, live: Live) -> int:
    # Before the fork: a terminal that its client closes meanwhile would be gone.
    terminal = os.open(question["terminal"], os.O_RDWR | os.O_NOCTTY) if "terminal" in question else None
    pid = os.fork()
    if pid:
        if terminal is not None:
            os.close(terminal)
        return pid
    code = 1
    try:
        os.close(answers)  # else a bot that lives on would keep the client waiting for a server that has died
        if terminal is None:
            _print_to(question["stdout"], question["stderr"])
        else:
            _sit_down_at(terminal)
        if "cwd" in question:
            os.chdir(question["cwd"])
        code = live(question)
    except BaseException:  # noqa: BLE001 - it is printed, and this process ends here
        traceback.print_exc()
    finally:
        os._exit(code)


def _print_to(stdout: str, stderr: str) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream, path in ((1, stdout), (2, stderr)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), stream)


def _sit_down_at(terminal: int) -> None:
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for stream in (0, 1, 2):
        os.dup2(terminal, stream)
    os.close(terminal)
    # As in tests.terminals: a server that a shell started in the background ignores Ctrl-C, and its forks after it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    serve(sys.argv[1])
