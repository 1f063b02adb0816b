"""Services that `check` asks, a folder for it to look at, and retries that do not wait."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina

from tests.checked_services import CheckedServices


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Reads are retried without their waits."""
    with stamina.set_testing(testing=True, attempts=4, cap=True):
        yield


@pytest.fixture
async def services() -> AsyncIterator[CheckedServices]:
    async with CheckedServices.serving() as services:
        yield services


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path
