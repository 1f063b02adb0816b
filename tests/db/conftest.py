"""The world that most of the database's tests stand in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.db.engines import drop_databases
from tests.db.world import DatabaseWorld, open_database_world


@pytest.fixture(autouse=True)
def no_databases_left() -> Generator[None]:
    """Drop what a test made on the server."""
    yield
    drop_databases()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[DatabaseWorld]:
    async with open_database_world(tmp_path) as opened:
        yield opened


@pytest.fixture
def socket_folder() -> Generator[Path]:
    """A folder with a short name: the path of a socket holds about a hundred characters."""
    with TemporaryDirectory(prefix="easel-wire-") as name:
        yield Path(name)
