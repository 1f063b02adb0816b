"""Signals that cross processes: what a front commits is sent to the leader as a line of text."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from bot.domain.clock import Clock
from bot.services.signals import Signals

log = structlog.get_logger(__name__)


class RelayedSignals(Signals):
    """The signals of a process that runs no engine: each is handed to `say`, which must not wait."""

    def __init__(self, clock: Clock, say: Callable[[str], None]) -> None:
        super().__init__(clock)
        self._say = say

    def job_arrived(self, job_id: str) -> None:
        """See `Signals.job_arrived`."""
        self._say(f"arrived {job_id}")

    def prediction_accepted(self, job_id: str, prediction_id: int) -> None:
        """See `Signals.prediction_accepted`."""
        self._say(f"accepted {job_id} {prediction_id}")

    def bring_again(self, job_id: str) -> None:
        """See `Signals.bring_again`."""
        self._say(f"again {job_id}")

    def session_began(self) -> None:
        """See `Signals.session_began`."""
        self._say("session")

    def changed(self, job_id: str) -> None:
        """See `Signals.changed`."""
        self._say(f"changed {job_id}")


def pass_on(line: str, signals: Signals) -> None:
    """Give a line of a front to the engine's signals; one that another version says is left out."""
    match line.split():
        case ["arrived", job_id]:
            signals.job_arrived(job_id)
        case ["accepted", job_id, prediction_id] if prediction_id.isdecimal():
            signals.prediction_accepted(job_id, int(prediction_id))
        case ["again", job_id]:
            signals.bring_again(job_id)
        case ["session"]:
            signals.session_began()
        case ["changed", job_id]:
            signals.changed(job_id)
        case _:
            log.warning("signals.unknown", line=line)
