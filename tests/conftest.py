"""What every test needs: processes to run in, and discord.py as it comes, whatever the test before did to it."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator

import pytest
from discord.webhook.async_ import AsyncWebhookAdapter, async_context
from hypothesis import HealthCheck, settings

from tests.db.copies import copy_instead
from tests.db.server import SERVER, Server

# How long a busy machine takes to make an example, or to try one, says nothing about what is tried.
settings.register_profile("easel", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("easel")

WORKERS_PER_CORE = 2
"""Many tests wait for threads, files and sockets; two processes on a core keep it busy."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database postgresql` runs the database's tests on a server that is started for them."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where tests/db keeps rows")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare what all tests of this run share."""
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


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Spread folders over the cores; files that are named run in this process, where a debugger sees them."""
    named = all(".py" in argument for argument in config.args)
    return 0 if named else WORKERS_PER_CORE * (os.cpu_count() or 1)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare the garbage collector what stays to the end: all modules and tests, while they come and for good."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def databases_by_copy() -> Generator[None]:
    """Fill new databases from one that was migrated."""
    with pytest.MonkeyPatch.context() as patch:
        copy_instead(patch)
        yield


@pytest.fixture(autouse=True)
def fresh_webhook_adapter() -> Generator[None]:
    """Hand each test discord.py's own way to interactions.

    SimCord replaces it in a context variable, and a fixture's end restores it in a context of its own, so that the
    replacement would answer the next test's requests.
    """
    async_context.set(AsyncWebhookAdapter())
    yield
    async_context.set(AsyncWebhookAdapter())
