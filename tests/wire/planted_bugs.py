"""Mistakes that a bot like this could make, each planted in a real worker, and the check that catches it."""

from __future__ import annotations

from collections.abc import Callable


def bend_of(name: str) -> Callable[[], None]:
    """The change to the program that this bug is; none for no name."""
    return lambda: None
