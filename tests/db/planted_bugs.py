"""Plants classic mistakes and sees each caught: `python -m tests.db.planted_bugs [--database postgresql] [name ...]`.

Each bug replaces a piece of the program in a process of its own, in which the named tests then have to fail. With
PostgreSQL a server is started, and the mistakes are tried that only it and several processes make possible.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

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
TOLD = " " * 8


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


def see_all_caught(names: Sequence[str], database: str) -> bool:
    """Run each bug in a process of its own, and the tests without any; whether all is as it should be."""
    bugs = DATABASES[database]
    every_test = sorted({test for name in names for test in bugs[name].caught_by})
    # On PostgreSQL they mostly wait for its disk.
    at_a_time = (os.cpu_count() or 1) * (2 if database == "postgresql" else 1)
    with ThreadPoolExecutor(at_a_time) as at_once:
        clean = at_once.submit(_run, "-m", "pytest", "-q", "-n", "0", "--database", database, *every_test)
        planting = ("-m", "tests.db.planted_bugs", "--database", database, "--plant")
        planted = {name: at_once.submit(_run, *planting, name) for name in names}
        is_good = True
        for name, process in planted.items():
            is_caught = process.result().returncode == 0
            is_good &= is_caught
            sys.stdout.write(f"{'caught' if is_caught else 'MISSED'}  {name}: {bugs[name].sentence}\n")
            told = (line for line in process.result().stderr.splitlines() if line.startswith(TOLD))
            sys.stdout.writelines(f"{line}\n" for line in told)
            sys.stdout.flush()
    is_clean = clean.result().returncode == 0
    sys.stdout.write(f"{'pass' if is_clean else 'FAIL'}    {len(every_test)} tests without any bug, on {database}\n")
    if not is_clean:
        sys.stdout.write(clean.result().stdout)
    return is_good and is_clean


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own command line


def main() -> int:
    """Run the command line; 1 if a bug was missed, or a test fails without any."""
    parser = argparse.ArgumentParser(prog="python -m tests.db.planted_bugs", description=__doc__)
    parser.add_argument("--database", choices=tuple(DATABASES), default="sqlite")
    parser.add_argument("--plant", action="store_true", help="plant the one bug here (for this program's own use)")
    parser.add_argument("names", nargs="*", metavar="name")
    given = parser.parse_args()
    if given.plant:
        return 0 if catch(given.names[0], given.database) else 1
    work_in_memory()
    names = given.names or list(DATABASES[given.database])
    if given.database == "sqlite":
        return 0 if see_all_caught(names, given.database) else 1
    server = Server()
    os.environ[SERVER] = str(server.folder)
    try:
        return 0 if see_all_caught(names, given.database) else 1
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
