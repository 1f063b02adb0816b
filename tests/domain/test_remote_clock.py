"""The provider's clock: learned from dated answers however slow, stale or few, and kept through steps of our own."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.clock import MINUTE, SECOND
from bot.domain.remote_clock import UNKNOWN_BY, RemoteClock, Span

START = 1_800_000_000_000


class SteppingClock:
    """A wall clock that can be set, beside a monotonic one that never steps."""

    def __init__(self) -> None:
        self.passed = 0
        self.set_by = 0

    def now(self) -> int:
        return START + self.passed + self.set_by

    def monotonic(self) -> float:
        return self.passed / SECOND

    async def sleep(self, seconds: float) -> None:
        self.passed += round(seconds * SECOND)


def exchange(remote: RemoteClock, clock: SteppingClock, ahead: int, *, there: int = 50, back: int = 50) -> None:
    """One request and its answer, dated in whole seconds by a clock so far ahead of the true time."""
    asked = clock.monotonic()
    clock.passed += there
    date = (START + clock.passed + ahead) // SECOND * SECOND
    clock.passed += back
    remote.heard(date, asked)


def known(remote: RemoteClock) -> Span:
    assert remote.offset is not None
    return remote.offset


def test_before_the_first_answer_the_clocks_are_taken_to_agree() -> None:
    """Nothing is known yet: no offset, and wide bounds around our own time."""
    clock = SteppingClock()
    remote = RemoteClock(clock)

    assert remote.offset is None
    assert remote.now() == Span(START - UNKNOWN_BY, START + UNKNOWN_BY)


@given(
    ahead=st.integers(-3 * 24 * 60 * MINUTE, 3 * 24 * 60 * MINUTE),
    legs=st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 40_000)), min_size=1, max_size=12),
    pause=st.integers(0, 20_000),
)
def test_the_truth_is_always_within_what_is_known(ahead: int, legs: Sequence[tuple[int, int]], pause: int) -> None:
    """However far the clocks are apart and however slow the answers are, the bounds hold the true difference."""
    clock = SteppingClock()
    remote = RemoteClock(clock)
    for there, back in legs:
        clock.passed += pause
        exchange(remote, clock, ahead, there=there, back=back)

    assert known(remote).earliest <= ahead <= known(remote).latest
    # Seconds as a float, times 1,000, may lie on either side of a whole millisecond: each end is rounded outwards.
    assert known(remote).width <= SECOND + min(there + back for there, back in legs) + 2


def test_a_slow_answer_takes_nothing_away() -> None:
    """What quick answers have shown is as exact as before after one that took half a minute."""
    clock = SteppingClock()
    remote = RemoteClock(clock)
    exchange(remote, clock, 90 * SECOND)
    before = known(remote)
    exchange(remote, clock, 90 * SECOND, there=30_000, back=5)

    assert known(remote).width <= before.width <= SECOND + 101


def test_a_step_of_our_own_clock_changes_the_offset_at_once() -> None:
    """When the wall clock of this machine is set, what is known of the provider's stays true without a new answer."""
    clock = SteppingClock()
    remote = RemoteClock(clock)
    exchange(remote, clock, 0)
    clock.set_by = -300 * SECOND

    assert known(remote).earliest <= 300 * SECOND <= known(remote).latest
    assert remote.now().earliest <= START + clock.passed <= remote.now().latest


def test_one_answer_out_of_a_cache_changes_nothing() -> None:
    """A single date that contradicts all others is not believed."""
    clock = SteppingClock()
    remote = RemoteClock(clock)
    exchange(remote, clock, 0)
    exchange(remote, clock, -3_600 * SECOND)
    exchange(remote, clock, 0)
    exchange(remote, clock, -7_200 * SECOND)

    assert known(remote).earliest <= 0 <= known(remote).latest


def test_two_that_agree_are_believed() -> None:
    """When the provider's clock is set, the second answer that says so is believed."""
    clock = SteppingClock()
    remote = RemoteClock(clock)
    for _ in range(3):
        exchange(remote, clock, 0)
    for _ in range(2):
        exchange(remote, clock, 600 * SECOND)

    assert known(remote).earliest <= 600 * SECOND <= known(remote).latest
