"""Safety marks: one reading of whatever the provider sends, and what a place does with it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.marks import Mark, NsfwRule, Place, WithheldBecause, read_marks

M, C, N = Mark.MARKED, Mark.CLEAN, Mark.MISSING


@pytest.mark.parametrize("sent", [True, 1, "true", "True", " TRUE ", 0.5, 0.98, Decimal("0.98"), "0.98", "1", 98])
def test_marks(sent: object) -> None:
    """True, 1, the word, and scores from 0.5, in a list or bare."""
    assert read_marks([sent], 1) == read_marks(sent, 1) == (M,)


@pytest.mark.parametrize("sent", [False, 0, "false", "FALSE", 0.49, Decimal("0.02"), "0.02", "0", -1])
def test_words_for_clean(sent: object) -> None:
    """False, 0, the word, and lower scores."""
    assert read_marks([sent], 1) == read_marks(sent, 1) == (C,)


@pytest.mark.parametrize("sent", [None, "", "maybe", {}, {"nsfw": True}, "nan", float("nan"), Decimal("NaN")])
def test_what_says_nothing(sent: object) -> None:
    """Null, other words, objects and numbers that are none."""
    assert read_marks([sent], 1) == read_marks(sent, 1) == (N,)


@pytest.mark.parametrize(
    ("sent", "count", "read"),
    [
        ([], 1, (N,)),
        ([], 0, ()),
        (None, 2, (N, N)),
        ([False, True], 2, (C, M)),
        ([None, 0.7], 2, (N, M)),
        ([False], 2, (N, N)),
        ([False, False, False], 1, (N,)),
        ([True], 2, (M, M)),
        ([False, True, False], 1, (M,)),
        (True, 2, (M, M)),
        (False, 2, (C, C)),
        ([[True]], 1, (N,)),
    ],
)
def test_lists(sent: object, count: int, read: tuple[Mark, ...]) -> None:
    """One for each output; a list of another length says nothing, unless something in it is a mark."""
    assert read_marks(sent, count) == read


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
        lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=12,
    ),
    st.integers(0, 4),
)
def test_reads_anything(sent: object, count: int) -> None:
    """Whatever is sent, there is one answer for each output, and never one that only a moderator gives."""
    read = read_marks(sent, count)
    assert len(read) == count
    assert Mark.CLEARED not in read


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Place(), {C, N, Mark.CLEARED}),
        (Place(is_age_restricted=True), {M, C, N, Mark.CLEARED}),
        (Place(NsfwRule.NEVER, is_age_restricted=True), {C, N, Mark.CLEARED}),
        (Place(NsfwRule.HELD, is_age_restricted=True), {C, N, Mark.CLEARED}),
        (Place(unmarked_is_unsafe=True), {C, Mark.CLEARED}),
        (Place(is_age_restricted=True, unmarked_is_unsafe=True), {M, C, N, Mark.CLEARED}),
    ],
)
def test_what_a_place_shows(place: Place, shown: set[Mark]) -> None:
    """Adult channels show everything where the rule lets them; elsewhere a mark, or the want of one, decides."""
    assert {mark for mark in Mark if place.shows([mark])} == shown
    assert place.shows([])


def test_a_mark_is_told_before_the_want_of_one() -> None:
    """Of two pictures together one is marked and one unmarked: the mark is the reason."""
    assert Place(unmarked_is_unsafe=True).objection([N, M]) is WithheldBecause.MARKED
    assert Place(unmarked_is_unsafe=True).objection([C, N]) is WithheldBecause.UNMARKED
