"""The tour drives itself through the main job, and its checks can fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.demo.provider import SimulatedProvider
from bot.demo.tour import take_tour
from tests.clocks import HurriedClock

HURRY = 4


async def test_every_step_goes_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Edit, compose, refusal, grant, retry and cancel are shown as people saw them, and their pictures are saved."""
    code = await take_tour(tmp_path, HurriedClock(HURRY))
    printed = capsys.readouterr().out

    assert code == 0, printed
    assert printed.count("   saved ") >= 4
    assert "Over your budget this month" in printed
    assert "@ben here is your picture." in printed
    assert "Thanks for adding me" in printed
    assert str(tmp_path) in printed, "where the pictures lie"
    assert re.findall(r"<[@#t/][^>]*>", printed) == [], "what only Discord's client can read"


async def test_a_wrong_bill_is_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the provider bills something else than members paid, the tour says so and fails."""
    monkeypatch.setattr(SimulatedProvider, "billed_micros", property(lambda _: 1))
    code = await take_tour(tmp_path, HurriedClock(HURRY))

    assert code == 1
    assert "what members paid to be what the provider billed" in capsys.readouterr().out
