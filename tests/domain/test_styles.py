"""What a style may be called and hold, and what a prompt becomes with one."""

from __future__ import annotations

import pytest

from bot.domain.errors import BadPrompt
from bot.domain.images import StoredImage
from bot.domain.references import Reference
from bot.domain.styles import (
    MAX_TEMPLATE_CHARS,
    BadStyle,
    Style,
    StyleIncomplete,
    TooManyWithStyle,
    clean_name,
    clean_template,
    named,
)

INK = Style(1, 7, "Ink", "An ink drawing of {prompt}, on paper.")


def test_the_members_words_go_where_the_template_says() -> None:
    """Also words that look like a place themselves."""
    assert INK.applied("a {prompt} fox {0}") == "An ink drawing of a {prompt} fox {0}, on paper."


def test_a_prompt_with_its_style_is_no_longer_than_a_prompt_may_be() -> None:
    """One sentence with the number and the way out."""
    with pytest.raises(BadPrompt) as refused:
        INK.applied("x" * 1990)

    assert "With the style \u201cInk\u201d the prompt has 2,019 characters" in refused.value.sentence
    assert "style: none" in refused.value.advice


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "needs a name"),
        (" \u200b\n", "needs a name"),
        ("x" * 61, "has 61 characters; 60 is the most"),
        ("None", "means no style"),
    ],
)
def test_bad_names(typed: str, words: str) -> None:
    """Each says what is wrong."""
    with pytest.raises(BadStyle) as refused:
        clean_name(typed)

    assert words in refused.value.sentence


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("An ink drawing", "does not hold {prompt}"),
        ("", "does not hold {prompt}"),
        ("{prompt} and {prompt}", "holds more than one {prompt}"),
        ("x" * MAX_TEMPLATE_CHARS + "{prompt}", "has 1,508 characters; 1,500 is the most"),
    ],
)
def test_bad_templates(typed: str, words: str) -> None:
    """Each says what is wrong."""
    with pytest.raises(BadStyle) as refused:
        clean_template(typed)

    assert words in refused.value.sentence


def test_names_are_kept_on_one_line_and_found_however_they_are_written() -> None:
    """As members type them."""
    style = Style(1, 7, clean_name("  Soft\n Light "), "{prompt}")

    assert style.name == "Soft Light"
    assert named([style], "sOFT  light") is style
    assert named([style], "soft") is None


def test_five_images_together_is_the_most() -> None:
    """The way out says how many of one's own fit."""
    INK.check_room(5)
    with pytest.raises(TooManyWithStyle) as refused:
        _with_images(2).check_room(4)

    assert "brings 2 images and you gave 4; 5 together is the most" in refused.value.sentence
    assert "at most 3 yourself, or leave the style out" in refused.value.advice


def test_a_style_that_lost_an_image_is_not_whole() -> None:
    """It is not used as if it had fewer."""
    with pytest.raises(StyleIncomplete):
        Style(1, 7, "Ink", "{prompt}", (), images=1).check_room(1)


def _with_images(count: int) -> Style:
    image = StoredImage("0" * 64, "image/png", 8, 8, 99)
    return Style(1, 7, "Ink", "{prompt}", tuple(Reference(n + 1, None, "a.png", image) for n in range(count)), count)
