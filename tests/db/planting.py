"""What a planted bug is, and how a piece of the program is replaced by a worse one."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from bot.db import postgres, stores
from bot.db.connection import Connection

WRITE: str = postgres.__dict__["_WRITE"]
"""How a write begins on PostgreSQL, as long as nobody has changed it."""


@dataclass(frozen=True)
class PlantedBug:
    """A mistake, how to make it, and the tests that must not let it through."""

    sentence: str
    plant: Callable[[], None]
    caught_by: tuple[str, ...]


PLANTED = "EASEL_TEST_PLANTED_BUG"
"""The environment variable with the bug of this test, for the processes that tests start."""


def put(owner: object, name: str, piece: object) -> None:
    """Replace one piece of the program; a misspelt name is an error, not a bug that is never planted."""
    getattr(owner, name)
    setattr(owner, name, piece)


def swap(owner: object, name: str, old: str, new: str) -> None:
    """Replace a part of one of its texts."""
    text: str = getattr(owner, name)
    assert old in text
    setattr(owner, name, text.replace(old, new))


def after_opening(statement: str) -> None:
    """Run a statement on each database as the program opens it."""
    prepare = cast("Callable[..., str]", stores.__dict__["_prepare"])

    def prepare_and_spoil(connection: Connection, *rest: object) -> str:
        connection.execute(statement)
        return prepare(connection, *rest)

    put(stores, "_prepare", prepare_and_spoil)


def plant_here_too() -> None:
    """Plant in this process, which a test has started, the bug that its own has."""
    if PLANTED in os.environ:
        bugs: Mapping[str, PlantedBug] = importlib.import_module("tests.db.planted_on_postgresql").POSTGRES_BUGS
        bugs[os.environ[PLANTED]].plant()
