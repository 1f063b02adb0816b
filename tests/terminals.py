"""A terminal of its own for a verb, and a person's side of it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.wire.fork_server import Forked, fork_at_terminal

PATIENCE_SECONDS = 30.0
PRESSES, BETWEEN_PRESSES_SECONDS = 10, 3.0
# What a shell starts in the background ignores Ctrl-C, and so would all that it starts; at a terminal it is heard.
# What is tried again is tried at once: nobody there would learn anything from waiting.
AT_TERMINAL = """
import fcntl, signal, stamina, sys, termios
stamina.set_testing(True, attempts=4, cap=True)
signal.signal(signal.SIGINT, signal.default_int_handler)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from bot.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


class Terminal:
    """A person's side of a terminal on which the verb runs."""

    def __init__(self, wait: Callable[[float], int], descriptor: int) -> None:
        """Sit down at it; `wait` waits so many seconds for the verb's end and gives its exit code."""
        self.shown = ""
        self._wait = wait
        self._descriptor = descriptor
        self._read = 0

    def answer(self, question: str, typed: str) -> None:
        """Wait for the question, which ends with a colon or a bracket and a space, and type a line."""
        self._until(lambda new: question in new and new.endswith((": ", "] ")))
        os.write(self._descriptor, f"{typed}\n".encode())

    def end(self) -> int:
        """Read all that follows, and give the exit code."""
        while self._more():
            pass
        return self._wait(PATIENCE_SECONDS)

    def interrupt(self, question: str) -> None:
        """Press Ctrl-C at a question, and again as a person does where nothing happens.

        Pressed between the question and the read behind it, a signal only sets a mark that Python looks at after the
        read: the program stops with the next one.
        """
        self._until(lambda new: question in new and new.endswith((": ", "] ")))
        for _ in range(PRESSES):
            os.write(self._descriptor, b"\x03")
            while self._is_heard(BETWEEN_PRESSES_SECONDS):
                # Its echo, ^C, may come in two halves.
                if not self._more() or self.shown[self._read :].strip("^C \n"):
                    return
        raise AssertionError(self.shown)

    def _is_heard(self, seconds: float) -> bool:
        return bool(select.select([self._descriptor], [], [], seconds)[0])

    def _until(self, seen: Callable[[str], bool]) -> None:
        while not seen(self.shown[self._read :]):
            assert self._more(), self.shown
        self._read = len(self.shown)

    def _more(self) -> bool:
        readable, _, _ = select.select([self._descriptor], [], [], PATIENCE_SECONDS)
        assert readable, self.shown
        try:
            new = os.read(self._descriptor, 4096)
        except OSError:  # Linux' way to say that the other side is gone
            return False
        self.shown += new.decode().replace("\r\n", "\n")
        return bool(new)


@contextmanager
def terminal(
    folder: Path, environment: Mapping[str, str], verb: str, *options: str, cold: bool = False
) -> Generator[Terminal]:
    """Run a verb at a terminal for the block; it is killed if it has not ended by then.

    `cold`: in an interpreter of its own, instead of forked from one that has everything imported.
    """
    ours, theirs = pty.openpty()
    try:
        process = (_start if cold else _fork)(theirs, folder, environment, (verb, *options))
    finally:
        os.close(theirs)
    wait = process.wait_blocking if isinstance(process, Forked) else process.wait
    try:
        yield Terminal(wait, ours)
    finally:
        process.kill()
        wait(PATIENCE_SECONDS)
        os.close(ours)


def _start(theirs: int, folder: Path, environment: Mapping[str, str], argv: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", AT_TERMINAL, *argv],
        cwd=folder,
        env=dict(environment),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )


def _fork(theirs: int, folder: Path, environment: Mapping[str, str], argv: Sequence[str]) -> Forked:
    return fork_at_terminal(argv, environment, cwd=folder, terminal=theirs)
