"""How long database work may wait while a Discord interaction has no first answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

FIRST_ANSWER_SECONDS = 2.0
"""How long work may keep a first answer waiting. Discord waits 3 s, and the answer has to get there."""

_AT_LEAST_SECONDS = 0.25
"""What each piece of work gets, however late it is begun: on a busy machine a late answer is still better than none."""


@dataclass(frozen=True, slots=True)
class _Due:
    at: float
    is_answered: Callable[[], bool]


_due: ContextVar[_Due | None] = ContextVar("due", default=None)


def answer_soon(is_answered: Callable[[], bool]) -> None:
    """Have all work of this task wait two seconds at most, in all, until a first answer was given.

    A context variable and not an argument: it concerns every use case that a command calls, and none of them.
    """
    _due.set(_Due(asyncio.get_running_loop().time() + FIRST_ANSWER_SECONDS, is_answered))


def seconds_left() -> float | None:
    """How long this task may wait now; None: nobody waits for its first answer."""
    due = _due.get()
    if due is None or due.is_answered():
        return None
    return max(_AT_LEAST_SECONDS, due.at - asyncio.get_running_loop().time())
