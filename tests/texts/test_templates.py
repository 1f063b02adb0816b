"""Numbers and rows of words have words of their own."""

from __future__ import annotations

import pytest

from bot import texts
from bot.texts.templates import listed


@pytest.mark.parametrize(("count", "said"), [(0, "no picture"), (1, "1 picture"), (2, "2 pictures")])
def test_a_number_has_its_own_words(count: int, said: str) -> None:
    """None, one and many are three texts, for in other languages they are not one with a letter more."""
    assert texts.results.PICTURES.format(count=count) == said


@pytest.mark.parametrize(
    ("words", "said"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_words_in_a_row(words: tuple[str, ...], said: str) -> None:
    """A row of words ends as a sentence would."""
    assert listed(words) == said
