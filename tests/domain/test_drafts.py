"""Putting references in order: whatever is done, they are numbered from 1 without gaps and none is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.drafts import (
    NoSuchPlace,
    Slots,
    TooManyReferences,
    moved,
    numbered,
    replaced,
    with_added,
    with_roles_set,
    without,
)
from bot.domain.images import StoredImage
from bot.domain.prompts import COMPOSE_TEMPLATE, EDIT_TEMPLATE, from_template, template_parts
from bot.domain.references import Reference


def reference(name: str, role: str | None = None) -> Reference:
    """An image that is told from others by its name."""
    return Reference(1, role, name, StoredImage(name, "image/png", 1, 1, 1))


def slots_of(names: str) -> Slots:
    """One reference a letter."""
    return numbered(reference(letter) for letter in names)


def names(slots: Slots) -> str:
    assert [slot.place for slot in slots] == list(range(1, len(slots) + 1))
    return "".join(slot.filename for slot in slots)


def test_moves() -> None:
    """Forward, back, to itself, and beyond either end."""
    slots = slots_of("abcd")

    assert names(moved(slots, 4, 1)) == "dabc"
    assert names(moved(slots, 1, 3)) == "bcad"
    assert names(moved(slots, 2, 2)) == "abcd"
    assert names(moved(slots, 1, 99)) == "bcda"
    assert names(moved(slots, 4, -1)) == "dabc"


@pytest.mark.parametrize("place", [0, 3, -1])
def test_a_place_that_is_not_there(place: int) -> None:
    """Refused in words by everything that names a place."""
    slots = slots_of("ab")
    for act in (
        lambda: without(slots, place),
        lambda: moved(slots, place, 1),
        lambda: replaced(slots, place, reference("x")),
    ):
        with pytest.raises(NoSuchPlace):
            act()


def test_adding_leaves_doubles_out_and_stops_at_five() -> None:
    """The same image is not added twice, and what has no room is left out unless nothing had room."""
    assert names(with_added(slots_of("ab"), [reference("b"), reference("c"), reference("c")])) == "abc"
    assert names(with_added(slots_of("abcd"), [reference("e"), reference("f")])) == "abcde"
    assert names(with_added(slots_of("abcde"), [reference("a")])) == "abcde"
    with pytest.raises(TooManyReferences):
        with_added(slots_of("abcde"), [reference("f")])


def test_roles() -> None:
    """Set in order, taken away where nothing is said; a replaced image inherits its place's."""
    slots = with_roles_set(slots_of("abc"), ["identity", None, " style. "])

    assert [slot.role for slot in slots] == ["identity", None, "style"]
    assert replaced(slots, 1, reference("x"))[0].role == "identity"


@given(st.integers(1, 5), st.data())
def test_no_move_loses_or_doubles_an_image(count: int, data: st.DataObject) -> None:
    """Every move is a permutation that puts the chosen one where it was to go."""
    slots = slots_of("abcde"[:count])
    place, to = data.draw(st.integers(1, count)), data.draw(st.integers(1, count))
    after = moved(slots, place, to)

    assert sorted(names(after)) == sorted(names(slots))
    assert after[to - 1].image == slots[place - 1].image


def test_templates() -> None:
    """Empty parts are left out, the verb is not said twice, each part is one sentence."""
    assert from_template(EDIT_TEMPLATE, ("the face", "", "keep calm", "")) == "Keep the face. Ensure keep calm."
    assert from_template(EDIT_TEMPLATE, ("Keep the face.", "change the coat", "", "light")) == (
        "Keep the face. Change the coat. Match light."
    )
    assert from_template(COMPOSE_TEMPLATE, ("a portrait", "natural skin")) == "Generate a portrait. Keep natural skin."
    assert from_template(EDIT_TEMPLATE, ("", " ", "", "")) == ""


@given(st.sampled_from((EDIT_TEMPLATE, COMPOSE_TEMPLATE)), st.data())
def test_the_parts_of_a_template_are_found_again(template: tuple[str, ...], data: st.DataObject) -> None:
    """Each in its field."""
    words = st.sampled_from(("", "the face", "the coat, and no more", "a. b", "light; keep it"))
    parts = tuple(data.draw(words) for _ in template)
    found = template_parts(template, from_template(template, parts))

    assert found == (parts if any(parts) else None)


@given(st.data())
def test_whatever_parts_are_found_make_the_same_prompt(data: st.DataObject) -> None:
    """Also where they hold the template's own words, so that sending the form unchanged changes nothing."""
    words = st.lists(st.sampled_from(("Keep", "Change", "the face.", "coat", "Match it", "a. Change b")), max_size=4)
    prompt = from_template(EDIT_TEMPLATE, [" ".join(data.draw(words)) for _ in EDIT_TEMPLATE])
    found = template_parts(EDIT_TEMPLATE, prompt)

    assert found is None or from_template(EDIT_TEMPLATE, found) == prompt


@pytest.mark.parametrize("prompt", ["", "A poster", "Keep", "Please Keep the face.", "keep the face"])
def test_other_words_have_no_parts(prompt: str) -> None:
    """What somebody wrote by themselves is not taken apart."""
    assert template_parts(EDIT_TEMPLATE, prompt) is None
