"""What every test needs: processes to run in, and discord.py as it comes, whatever the test before did to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator

import pytest
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

WORKERS_PER_CORE = 2
"""Many tests wait for threads, files and sockets; two processes on a core keep it busy."""


def pytest_configure(config: pytest.Config) -> None:
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
