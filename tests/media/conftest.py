"""Retries happen at once in these tests."""

from __future__ import annotations

from collections.abc import Generator

import pytest
import stamina


@pytest.fixture(autouse=True)
def _retries_do_not_wait() -> Generator[None]:  # pyright: ignore[reportUnusedFunction] - pytest uses it
    with stamina.set_testing(testing=True, attempts=4, cap=True):
        yield
