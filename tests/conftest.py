"""What every test needs: processes to run in, and discord.py as it comes, whatever the test before did to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator

import pytest
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from tests.db.server import SERVER, Server

WORKERS_PER_CORE = 2
"""Many tests wait for threads, files and sockets; two processes on a core keep it busy."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database postgresql` runs the database's tests on a server that is started for them."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where tests/db keeps rows")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare what all tests of this run share."""
    _keep_bytecode(config)
    if config.getoption("database") == "postgresql" and SERVER not in os.environ:
        # By the first of xdist's processes; the others, and what tests start, find it in their environment.
        server = Server()
        os.environ[SERVER] = str(server.folder)
        config.add_cleanup(server.remove)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what this run left out."""
    if config.getoption("database") == "sqlite":
        terminalreporter.write_line(
            "Left out: the database's tests on PostgreSQL (pytest --database postgresql tests/db), for which a server "
            "is started, and the slow checks (pytest -m slow)."
        )


def _keep_bytecode(config: pytest.Config) -> None:
    """Keep bytecode with pytest's own cache where Python was told to write none beside the sources.

    Compiling everything anew takes two thirds of an interpreter's start, in every worker and every bot that tests run.
    """
    cache: pytest.Cache | None = getattr(config, "cache", None)  # none with `-p no:cacheprovider`
    if sys.dont_write_bytecode and cache is not None:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(cache.mkdir("bytecode"))
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Spread folders over the cores; files that are named run in this process, where a debugger sees them."""
    named = all(".py" in argument for argument in config.args)
    return 0 if named else WORKERS_PER_CORE * (os.cpu_count() or 1)


@pytest.fixture(autouse=True)
def fresh_webhook_adapter() -> Generator[None]:
    """Hand each test discord.py's own way to interactions.

    SimCord replaces it in a context variable, and a fixture's end restores it in a context of its own, so that the
    replacement would answer the next test's requests.
    """
    async_context.set(AsyncWebhookAdapter())
    yield
    async_context.set(AsyncWebhookAdapter())
