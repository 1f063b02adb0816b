"""Signals between processes: what a front says is what the leader's own signals would have been told."""

from __future__ import annotations

import pytest

from bot.services.relayed_signals import RelayedSignals, pass_on
from bot.services.signals import JobArrived, PredictionAccepted, ResultWanted, Signals
from tests.clocks import ManualClock


def test_arrivals_cross() -> None:
    """The leader starts the same work as if it had been said in its own process; the front itself starts none."""
    lines: list[str] = []
    front, leader = RelayedSignals(ManualClock(), lines.append), Signals(ManualClock())
    front.job_arrived("4F7K2M")
    front.prediction_accepted("4F7K2M", 12)
    front.bring_again("4F7K2M")
    assert front.arrivals.empty()

    for line in lines:
        pass_on(line, leader)
    found = [leader.arrivals.get_nowait() for _ in lines]
    assert found == [JobArrived("4F7K2M"), PredictionAccepted("4F7K2M", 12), ResultWanted("4F7K2M")]


async def test_wakeups_cross() -> None:
    """A change wakes the job's watch and whoever sends; a new session wakes what waits for a way."""
    lines: list[str] = []
    front, leader = RelayedSignals(ManualClock(), lines.append), Signals(ManualClock())
    front.changed("4F7K2M")
    front.session_began()
    watch = leader.wakeup_of("4F7K2M")
    for line in lines:
        pass_on(line, leader)

    assert await watch.wait(0.0)
    assert await leader.submission.wait(0.0)
    assert await leader.session.wait(0.0)


@pytest.mark.parametrize("line", ["", "other 4F7K2M", "arrived", "accepted 4F7K2M x", "session now"])
def test_other_versions(line: str) -> None:
    """What cannot be understood is left out: the leader's own look makes up for it."""
    leader = Signals(ManualClock())
    pass_on(line, leader)

    assert leader.arrivals.empty()
