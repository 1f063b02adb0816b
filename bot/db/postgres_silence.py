"""A connection that gives a server up which says nothing, though the network still carries to something that answers.

A host that vanished is noticed by TCP itself. A proxy that forgot a connection, or a server that was stopped, still
acknowledges every packet, and libpq would wait for it for ever.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

RV = TypeVar("RV")

WAIT_SECONDS = 0.1
"""How often a wait is looked at."""


class PatientConnection(psycopg.Connection[Any]):
    """One that waits so many seconds for each answer, and is closed where none comes; 0 is for ever."""

    patience_seconds = 0.0

    def wait(self, gen: PQGen[RV], interval: float = WAIT_SECONDS, timeout: float | None = None) -> RV:
        """Wait as the library does.

        Raises:
            psycopg.OperationalError: nothing was said for too long; the connection is closed.
        """
        more = {} if timeout is None else {"timeout": timeout}
        if not self.patience_seconds:
            return super().wait(gen, interval, **more)
        return super().wait(self._in_time(gen), interval, **more)

    def _in_time(self, gen: PQGen[RV]) -> Generator[Any, Any, RV]:
        """What the generator gives and takes; it is told of every `WAIT_SECONDS` without news by nothing (0)."""
        ends = time.monotonic() + self.patience_seconds
        try:
            wants = next(gen)
            while True:
                news = yield wants
                if not news and time.monotonic() > ends:
                    self.pgconn.finish()
                    message = f"the server said nothing for {self.patience_seconds:.0f} s"
                    raise psycopg.OperationalError(message)
                wants = gen.send(news)
        except StopIteration as end:
            return end.value
