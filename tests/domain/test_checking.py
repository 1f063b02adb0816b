"""When to ask: beside the official SDK's schedule, which asks at once and then every second, on simulated models."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from bot.domain.checking import FEWEST, AskingPace, Schedule, schedule

PACE = AskingPace(1.0, 5.0)
SHAPES: dict[str, Callable[[Random], float]] = {
    "narrow": lambda random: 8.1 * math.exp(0.16 * random.gauss(0, 1)),
    "wide": lambda random: random.uniform(5.0, 13.0),
    "two humps": lambda random: random.gauss(6.0, 0.5) if random.random() < 0.6 else random.gauss(13.0, 0.8),
    "quick": lambda random: random.gauss(2.5, 0.3),
    "slow": lambda random: random.gauss(25.0, 4.0),
}
LEARNABLE = ("narrow", "wide", "two humps")


def drawn(shape: str, count: int, seed: int) -> tuple[float, ...]:
    random = Random(seed)
    return tuple(max(0.3, SHAPES[shape](random)) for _ in range(count))


def asked(plan: Schedule, duration: float) -> tuple[float, int]:
    """How long after its end it is known, and after how many questions."""
    age, questions = 0.0, 0
    while True:
        age += plan.pause(age)
        questions += 1
        if age >= duration:
            return age - duration, questions


def by_the_sdk(duration: float) -> tuple[float, int]:
    looks = math.ceil(duration)
    return looks - duration, looks + 1


def compared(plan: Schedule, durations: tuple[float, ...]) -> tuple[float, float]:
    """Mean wait and mean number of questions, as shares of the SDK's."""
    ours, theirs = [asked(plan, each) for each in durations], [by_the_sdk(each) for each in durations]
    wait = sum(wait for wait, _ in ours) / sum(wait for wait, _ in theirs)
    return wait, sum(count for _, count in ours) / sum(count for _, count in theirs)


@pytest.mark.parametrize("shape", LEARNABLE)
def test_what_is_learned_halves_the_wait(shape: str) -> None:
    """From 200 results: half the SDK's wait at most, for no more than a twentieth more questions."""
    wait, questions = compared(schedule(drawn(shape, 200, 5), PACE), drawn(shape, 2_000, 1))

    assert wait <= 0.5
    assert questions <= 1.05


@pytest.mark.parametrize("shape", SHAPES)
def test_little_learned_is_never_worse_than_the_steady_pace(shape: str) -> None:
    """With no result or a few, no picture of any model is known later or asked for more often than by the SDK."""
    for known in (0, 3, FEWEST - 1):
        plan = schedule(drawn(shape, known, 5), PACE)
        for duration in drawn(shape, 500, 1):
            assert asked(plan, duration)[1] <= by_the_sdk(duration)[1]
        assert compared(plan, drawn(shape, 2_000, 1))[0] <= 1.01


def test_a_model_that_became_slow_costs_little() -> None:
    """One that suddenly takes thrice as long, or hangs, is asked for some times more at first, and less in the end."""
    plan = schedule(drawn("narrow", 200, 5), PACE)

    for duration in (20.0, 60.0, 600.0):
        wait, questions = asked(plan, duration)
        assert wait <= 5.0
        assert questions <= by_the_sdk(duration)[1] + 16


@pytest.mark.parametrize(
    "pace", [AskingPace(1.0, 5.0), AskingPace(0.05, 0.2), AskingPace(2.0, 2.0), AskingPace(60.0, 3_600.0)]
)
@pytest.mark.parametrize(
    "history", [(), (8.0,) * 200, (0.0,) * 200, (36_000.0,) * 200, (8.0,) * 190 + (90_000.0,) * 10]
)
def test_pauses_are_bounded(pace: AskingPace, history: tuple[float, ...]) -> None:
    """Whatever was learned: never more than the longest pause apart, nor less than an eighth of the steady one."""
    plan = schedule(history, pace)
    ages = [0.0]
    for _ in range(300):
        ages.append(ages[-1] + plan.pause(ages[-1]))
    pauses = [later - sooner for sooner, later in pairwise(ages)]

    assert max(pauses) <= pace.longest_seconds * 1.001
    assert min(pauses[1:]) >= pace.shortest_seconds / 2


def test_the_newest_weigh_most() -> None:
    """After a model became slower, its last hundred results count for more than the hundred before them."""
    slower = schedule((*drawn("slow", 100, 5), *drawn("narrow", 100, 5)), PACE)
    faster = schedule((*drawn("narrow", 100, 5), *drawn("slow", 100, 5)), PACE)

    assert sum(20 < each < 30 for each in slower.moments) > sum(20 < each < 30 for each in faster.moments)
    assert sum(6 < each < 10 for each in slower.moments) < sum(6 < each < 10 for each in faster.moments)


def test_a_question_that_would_follow_at_once_is_left_out() -> None:
    """Whoever comes late to a moment asks then, and not again for the moment just after it."""
    plan = Schedule((1.0, 2.0, 2.125), AskingPace(1.0, 5.0))

    assert [plan.pause(age) for age in (0.0, 1.0, 1.97)] == pytest.approx([1.0, 1.0, 0.155])
    assert (plan.is_due(0.9), plan.is_due(1.0)) == (False, True)
