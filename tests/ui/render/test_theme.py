"""What the visual language promises: bars of ten, honest at both ends, and times that keep saying something new."""

from __future__ import annotations

import pytest

from bot.domain.clock import MINUTE, SECOND
from bot.ui.render.theme import bar, day, duration, moment, relative, small, so_far, sweep


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [(0.0, "▱▱▱▱▱▱▱▱▱▱"), (0.001, "▰▱▱▱▱▱▱▱▱▱"), (0.55, "▰▰▰▰▰▰▱▱▱▱"), (1.0, "▰▰▰▰▰▰▰▰▰▱"), (7.0, "▰▰▰▰▰▰▰▰▰▱")],
)
def test_bar_shows_any_beginning_and_no_end_before_it_is_there(fraction: float, expected: str) -> None:
    """Anything above nothing fills a cell; what is not over never looks full, however late."""
    assert bar(fraction) == expected


def test_bar_is_full_only_when_it_is_over() -> None:
    """A limit that is used up fills the last cell."""
    assert bar(1.0, is_over=True) == "▰" * 10


def test_bars_always_have_ten_cells() -> None:
    """Neither bar changes its width, whatever it is given."""
    bars = [bar(n / 7) for n in range(-3, 20)] + [sweep(n) for n in range(30)]

    assert {len(each) for each in bars} == {10}


def test_sweep_moves_at_every_step_and_keeps_its_length() -> None:
    """Where nobody knows how long it takes, three filled cells go round."""
    steps = [sweep(n) for n in range(10)]

    assert len(set(steps)) == 10
    assert {each.count("▰") for each in steps} == {3}


def test_time_so_far_differs_every_second_of_the_first_minute() -> None:
    """Status messages must say something new at each edit in the first minute."""
    told = [so_far(second * SECOND) for second in range(60)]

    assert len(set(told)) == 60


@pytest.mark.parametrize(
    ("elapsed", "expected"),
    [
        (-5, "0 s so far"),
        (12_900, "12 s so far"),
        (MINUTE, "1 min so far"),
        (MINUTE + 44 * SECOND, "1 min 30 s so far"),
        (11 * MINUTE + 59 * SECOND, "11 min so far"),
    ],
)
def test_time_so_far_gets_coarser(elapsed: int, expected: str) -> None:
    """Seconds, then quarters of a minute, then minutes; a clock that stepped back counts as nothing."""
    assert so_far(elapsed) == expected


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [(7_449, "7.4 s"), (-1, "0.0 s"), (59_999, "59.9 s"), (125_000, "2 min 5 s"), (120_000, "2 min")],
)
def test_durations_are_plain(milliseconds: int, expected: str) -> None:
    """Tenths below a minute, minutes and seconds above."""
    assert duration(milliseconds) == expected


def test_timestamps_are_discords_own() -> None:
    """Instants are milliseconds here and seconds there."""
    assert (relative(1_999), moment(1_999), day(1_999)) == ("<t:1:R>", "<t:1:F>", "<t:1:D>")


def test_small_print_leaves_out_what_is_empty() -> None:
    """Facts that do not apply leave no gap."""
    assert small("a", "", "b") == "-# a · b"
