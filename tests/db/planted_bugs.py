"""Plants classic mistakes and sees each caught: `python -m tests.db.planted_bugs [--database postgresql] [name ...]`.

Each bug replaces a piece of the program in a process of its own, in which the named tests then have to fail. With
PostgreSQL a server is started, and the mistakes are tried that only it and several processes make possible.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest

from tests.db.planted_in_ledger import LEDGER_BUGS, SQLITE_BUGS
from tests.db.planted_on_postgresql import POSTGRES_BUGS
from tests.db.planting import PLANTED, PlantedBug
from tests.db.server import SERVER, Server
from tests.in_memory import work_in_memory

DATABASES: Mapping[str, Mapping[str, PlantedBug]] = {
    "sqlite": {**LEDGER_BUGS, **SQLITE_BUGS},
    "postgresql": {**LEDGER_BUGS, **POSTGRES_BUGS},
}
LONGEST_TEST = "300"
_NEEDED_BY_ALL = ("PIL.Image", "aiohttp.web", "discord", "psycopg", "pydantic_settings", "structlog")
"""Libraries; our own modules are imported after the planting, or they would keep the pieces that it replaces."""
TOLD = " " * 6 + "- "
"""What begins a line about one test, and no line of a traceback."""


class FailedTests:
    """A pytest plugin that remembers which tests failed, and with which words."""

    def __init__(self) -> None:
        self.failed: dict[str, str] = {}

    def pytest_sessionstart(self) -> None:
        """Spare the search for the smallest counterexample: any one will do."""
        from hypothesis import Phase, settings  # noqa: PLC0415 - pytest wants to load it first

        settings.register_profile("planted", phases=[Phase.generate])
        settings.load_profile("planted")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            words = str(getattr(crash, "message", report.longreprtext)).splitlines()[0]
            self.failed.setdefault(report.nodeid.split("[")[0], words[:160])


def catch(name: str, database: str) -> bool:
    """Plant one bug in this process and run its tests; True if every one of them fails."""
    bug = DATABASES[database][name]
    bug.plant()
    os.environ[PLANTED] = name
    failures = FailedTests()
    quiet = ("-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-n", "0", "-o", f"timeout={LONGEST_TEST}")
    # A connection that a failed test left open is no news.
    quiet += ("-p", "no:unraisableexception")
    pytest.main([*quiet, "--database", database, *bug.caught_by], plugins=[failures])
    for test in bug.caught_by:
        sys.stderr.write(f"{TOLD}{test}: {failures.failed.get(test, 'passed')}\n")
    return set(bug.caught_by) <= failures.failed.keys()


def are_all_caught(names: Sequence[str], database: str) -> bool:
    """Plant each bug in a process of its own."""
    all_caught = True
    for name, is_caught, said in _planted(names, database):
        all_caught &= is_caught
        sys.stdout.write(f"{'caught' if is_caught else 'MISSED'}  {name}: {DATABASES[database][name].sentence}\n")
        sys.stdout.writelines(f"{line}\n" for line in said.splitlines() if line.startswith(TOLD))
        sys.stdout.flush()
    return all_caught


def pass_without(names: Sequence[str], database: str) -> bool:
    """Whether the tests that catch these bugs pass where there is none."""
    tests = sorted({test for name in names for test in DATABASES[database][name].caught_by})
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--database", database, *tests]
    return subprocess.call(command) == 0  # noqa: S603 - our own command line


def _planted(names: Sequence[str], database: str) -> Iterator[tuple[str, bool, str]]:
    """Try each bug in a fork of this process: its name, whether it was caught, and what was said, as they end."""
    for name in _NEEDED_BY_ALL:
        importlib.import_module(name)
    fork = multiprocessing.get_context("fork")
    waiting, running = list(names), dict[int, tuple[str, ForkProcess]]()
    # On PostgreSQL half of the work is the server's.
    at_a_time = (os.cpu_count() or 1) * (2 if database == "postgresql" else 1)
    with TemporaryDirectory() as folder:
        while waiting or running:
            while waiting and len(running) < at_a_time:
                name = waiting.pop(0)
                process = fork.Process(target=_plant, args=(name, database, Path(folder, name)))
                process.start()
                running[process.sentinel] = name, process
            for sentinel in wait(running):
                name, process = running.pop(cast("int", sentinel))
                process.join()
                yield name, process.exitcode == 0, Path(folder, name).read_text()


def _plant(name: str, database: str, told: Path) -> None:
    with told.open("w") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.exit(0 if catch(name, database) else 1)


def main() -> int:
    """Run the command line; 1 if a bug was missed, or a test fails without any."""
    parser = argparse.ArgumentParser(prog="python -m tests.db.planted_bugs", description=__doc__)
    parser.add_argument("--database", choices=tuple(DATABASES), default="sqlite")
    parser.add_argument("--only-bugs", action="store_true", help="leave out the same tests without any bug")
    parser.add_argument("names", nargs="*", metavar="name")
    given = parser.parse_args()
    names = given.names or list(DATABASES[given.database])
    work_in_memory()
    server = Server() if given.database == "postgresql" else None
    if server is not None:
        os.environ[SERVER] = str(server.folder)
    try:
        is_good = given.only_bugs or pass_without(names, given.database)
        return 0 if are_all_caught(names, given.database) and is_good else 1
    finally:
        if server is not None:
            server.remove()


if __name__ == "__main__":
    sys.exit(main())
