"""Whose is what the list shows: only what holds in every possible assignment is certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.clock import MINUTE, SECOND
from bot.domain.lost_answers import (
    Attempt,
    AttemptStanding,
    Findings,
    Listed,
    certain_pairs,
    counts_after,
    created_within,
    first_look_at,
    judge,
    lasted,
    pause_before_next,
)
from bot.domain.remote_clock import Span

GRACE = 120 * SECOND
NAMES = "pqrst"
NOTHING: frozenset[str] = frozenset()


def assignments(owners: Mapping[str, Sequence[int]]) -> Iterator[dict[str, int]]:
    """Every way to give each prediction one of its attempts and no attempt two, by trying all."""

    def place(left: Sequence[str], taken: frozenset[int]) -> Iterator[dict[str, int]]:
        if not left:
            yield {}
            return
        for attempt in owners[left[0]]:
            if attempt not in taken:
                for rest in place(left[1:], taken | {attempt}):
                    yield {left[0]: attempt, **rest}

    yield from place(tuple(owners), frozenset())


@given(st.dictionaries(st.sampled_from(NAMES), st.sets(st.integers(1, 5), min_size=1).map(sorted)))
def test_certain_is_what_all_assignments_agree_on(owners: dict[str, list[int]]) -> None:
    """Where everything can be placed, the pairs are exactly those that no way of placing it does without."""
    ways = list(assignments(owners))
    if not ways:
        return
    agreed = {each: ways[0][each] for each in owners if all(way[each] == ways[0][each] for way in ways)}

    assert certain_pairs(owners) == agreed


@given(st.dictionaries(st.sampled_from(NAMES), st.sets(st.integers(1, 5), min_size=1).map(sorted)))
def test_what_hangs_together_is_judged_together(owners: dict[str, list[int]]) -> None:
    """Predictions of other attempts change nothing: a stranger's here takes no certainty away there."""
    far = {name.upper(): [attempt + 10 for attempt in those] for name, those in owners.items()}
    crowd = {"a stranger's": [99], "or this": [99]}
    both = certain_pairs({**owners, **far, **crowd})

    alone = certain_pairs(owners)
    assert both == {**alone, **{name.upper(): attempt + 10 for name, attempt in alone.items()}}


@pytest.mark.parametrize(
    ("owners", "certain"),
    [
        ({}, {}),
        ({"p": [1]}, {"p": 1}),
        ({"p": [1, 2]}, {}),
        ({"p": [1], "q": [1, 2]}, {"p": 1, "q": 2}),
        ({"p": [1], "q": [1, 2], "r": [1, 2, 3]}, {"p": 1, "q": 2, "r": 3}),
        ({"p": [1, 2], "q": [1, 2]}, {}),
        ({"p": [1, 2], "q": [1, 2], "r": [2, 3]}, {"r": 3}),
        ({"p": [1], "q": [1]}, {}),
        ({"p": [1], "q": [1], "r": [1, 2]}, {}),
    ],
)
def test_examples(owners: dict[str, list[int]], certain: dict[str, int]) -> None:
    """One that only one can own takes that one away from the others; where not all can be placed nothing is certain."""
    assert certain_pairs(owners) == certain


# Attempts and their times ---------------------------------------------------------------------------------------------


def attempt(
    number: int,
    at: float,
    standing: AttemptStanding = AttemptStanding.OPEN,
    *,
    out: float = 0,
    found: frozenset[str] = NOTHING,
) -> Attempt:
    """One that began at this second of the provider's clock."""
    began = Span(round(at * SECOND), round(at * SECOND))
    return Attempt(number, standing, created_within(began, out=lasted(0, round(out * SECOND)), grace=GRACE), found)


def look(listed: Mapping[str, float | None], *attempts: Attempt) -> Findings:
    return judge([Listed(name, None if at is None else round(at * SECOND)) for name, at in listed.items()], attempts)


def test_two_lost_answers_are_told_apart_by_their_times() -> None:
    """What came before the second began is the first's; so what came after it is the second's."""
    found = look({"p": 0.5, "q": 60.5}, attempt(1, 0), attempt(2, 60))

    assert found.certain == {1: "p", 2: "q"}


def test_one_that_came_after_both_began_is_nobodys() -> None:
    """The first may have created it late, or the second at once: it is possible for both, certain for none."""
    found = look({"q": 60.5}, attempt(1, 0), attempt(2, 60))

    assert (found.certain, found.possible) == ({}, {1: frozenset("q"), 2: frozenset("q")})


@pytest.mark.parametrize("at", [-2.0, 0.0, 239.9, 242.0])
def test_what_can_have_been_created_by_it(at: float) -> None:
    """From two seconds before it began until two after the second look, what only it can own is its."""
    assert look({"p": at}, attempt(1, 0)).certain == {1: "p"}


@pytest.mark.parametrize("at", [-2.1, 242.1])
def test_what_cannot_is_not_even_possible(at: float) -> None:
    """What is older than the request, or younger than all that it can have done, is somebody else's."""
    assert look({"p": at}, attempt(1, 0)) == Findings({}, {}, frozenset())


def test_a_long_wait_for_the_answer_counts() -> None:
    """A request that hung for longer than a grace can have created something all the time, and a grace later."""
    one = Attempt(1, AttemptStanding.OPEN, created_within(Span(0, 0), out=90 * SECOND, grace=10 * SECOND))

    assert look({"p": 101.0}, one).certain == {1: "p"}
    assert look({"p": 103.0}, one).certain == {}


def test_a_crash_in_the_middle_lasts_no_longer_than_a_request_can() -> None:
    """What is found to be lost a day later was out for two minutes at most."""
    assert lasted(0, 24 * 60 * MINUTE) == 2 * MINUTE
    assert first_look_at(0, 24 * 60 * MINUTE, GRACE) == 24 * 60 * MINUTE


def test_looks_become_rarer_until_they_count() -> None:
    """Soon after the loss, then after as long as it has been, and when a grace is over."""
    counts = counts_after(lasted(0, 1_000), GRACE)
    looks = [first_look_at(0, 1_000, GRACE)]
    while looks[-1] < counts:
        looks.append(looks[-1] + pause_before_next(looks[-1], counts))

    assert looks == [3_000, 6_000, 12_000, 24_000, 48_000, 96_000, 120_000]


def test_without_a_time_it_may_be_anybodys() -> None:
    """A prediction that the list gives no time can belong to each."""
    assert look({"p": None}, attempt(1, 0)).certain == {1: "p"}
    assert look({"p": None}, attempt(1, 0), attempt(2, 9_000)).certain == {}


def test_what_one_on_its_way_may_own_is_nobodys_candidate() -> None:
    """Its answer may be about to say that it is its own; what came before it began is not held up by it."""
    found = look({"p": 0.5, "q": 30.5}, attempt(1, 0), attempt(2, 30, AttemptStanding.ON_ITS_WAY))

    assert found.certain == {1: "p"}
    assert found.possible == {1: frozenset("pq")}
    assert found.awaiting == {1}


def test_one_on_its_way_is_not_argued_about() -> None:
    """Even where something else can only be its own, what it may own as well is left to its answer."""
    found = look({"p": 210.0, "q": 300.0}, attempt(1, 0), attempt(2, 200, AttemptStanding.ON_ITS_WAY))

    assert (found.certain, found.possible, found.awaiting) == ({}, {1: frozenset("p")}, {1})


@pytest.mark.parametrize("standing", [AttemptStanding.CLOSED, AttemptStanding.WITH_MODERATOR])
def test_those_that_were_given_up_count(standing: AttemptStanding) -> None:
    """One that was given up too early, or that a moderator has, may own it after all: it is not certainly another's."""
    assert look({"p": 60.5}, attempt(1, 0, standing), attempt(2, 60)).certain == {}


def test_what_a_moderator_may_give_away_stays_theirs() -> None:
    """What was found for a case before a moderator is no candidate, and what came to light later may be its as well."""
    case = attempt(1, 0, AttemptStanding.WITH_MODERATOR, found=frozenset("pq"))
    found = look({"p": 0.5, "q": 0.6, "r": 1.5}, case, attempt(2, 1))

    assert (found.certain, found.possible) == ({}, {2: frozenset("pqr")})
    assert look({"p": 0.5, "r": 400.0}, case, attempt(2, 300)).certain == {2: "r"}
    assert look({"p": 1.5}, case, attempt(2, 1)) == Findings({}, {2: frozenset("p")}, frozenset())


def test_an_uncertain_clock_widens_the_time() -> None:
    """While the provider's clock is known only to within a minute, so is what the attempt can have created."""
    began = Span(-30_000, 30_000)
    one = Attempt(1, AttemptStanding.OPEN, created_within(began, out=0, grace=GRACE))

    assert look({"p": -31.0}, one).certain == {1: "p"}
    assert look({"p": 271.0}, one).certain == {1: "p"}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Attempt], dict[int, Listed]]:
    """Attempts of any standing, and what some of them truly created, which the list shows or not yet."""
    attempts: list[Attempt] = []
    made: dict[int, Listed] = {}
    for number in range(1, draw(st.integers(1, 6)) + 1):
        at = draw(st.integers(0, 400))
        standing = draw(
            st.sampled_from(
                [AttemptStanding.OPEN, AttemptStanding.OPEN, AttemptStanding.ON_ITS_WAY, AttemptStanding.CLOSED]
            )
        )
        attempts.append(attempt(number, at, standing))
        if draw(st.booleans()):
            lag = draw(st.sampled_from([0.0, 0.5, 3.0, 30.0, 90.0, 239.0]))
            made[number] = Listed(f"of {number}", round((at + lag) * SECOND))
    return attempts, made


@given(worlds(), st.data())
def test_what_is_certain_is_true(world: tuple[list[Attempt], dict[int, Listed]], data: st.DataObject) -> None:
    """However much of it the list does not show yet, nothing is ever given to one that did not create it."""
    attempts, made = world
    shown = [listed for listed in made.values() if data.draw(st.booleans())]
    found = judge(shown, attempts)

    assert {ours: f"of {ours}" for ours in found.certain} == dict(found.certain)
    for listed in shown:
        owner = int(listed.provider_id.removeprefix("of "))
        if attempts[owner - 1].standing is AttemptStanding.OPEN:
            assert listed.provider_id in found.possible[owner]
