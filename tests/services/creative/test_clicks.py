"""Two clicks are one, a failed one can be repeated, and a later one is another."""

from __future__ import annotations

import pytest

from bot.services.creative.clicks import MOMENT_SECONDS, Clicks, PressedTwice
from tests.clocks import ManualClock


async def test_second_click_while_the_first_is_worked_on() -> None:
    """It does nothing."""
    clicks = Clicks(ManualClock())
    async with clicks.once("again", 1):
        with pytest.raises(PressedTwice):
            async with clicks.once("again", 1):
                pass


async def test_second_click_a_moment_after() -> None:
    """It was meant to be the first one; a while later it is another."""
    clock = ManualClock()
    clicks = Clicks(clock)
    async with clicks.once("again", 1):
        pass
    with pytest.raises(PressedTwice):
        async with clicks.once("again", 1):
            pass
    await clock.advance(MOMENT_SECONDS + 0.1)
    async with clicks.once("again", 1):
        pass


async def test_a_click_that_failed_can_be_repeated_at_once() -> None:
    """A refusal uses nothing up."""
    clicks = Clicks(ManualClock())
    with pytest.raises(ValueError, match="refused"):
        async with clicks.once("run", "draft"):
            raise ValueError("refused")
    async with clicks.once("run", "draft"):
        pass


async def test_different_clicks_do_not_meet() -> None:
    """Another member, another message: another click."""
    clicks = Clicks(ManualClock())
    async with clicks.once("again", 1), clicks.once("again", 2):
        pass
