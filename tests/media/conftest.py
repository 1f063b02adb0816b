"""The checker that most tests of images ask; retries happen at once in all of them."""

from __future__ import annotations

from collections.abc import Generator

import pytest
import stamina

from bot.media.checker import PillowChecker
from bot.services.ports.images import ImageChecker


@pytest.fixture(autouse=True)
def _retries_do_not_wait() -> Generator[None]:  # pyright: ignore[reportUnusedFunction] - pytest uses it
    with stamina.set_testing(testing=True, attempts=4, cap=True):
        yield


@pytest.fixture
def checker() -> ImageChecker:
    return PillowChecker()
