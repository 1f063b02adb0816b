"""Members' words cannot format, link, mention or hide anything in our messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ui.render.drawing import PING_NOBODY
from bot.ui.render.escape import MAX_ALT_CHARS, alt_text, code_block, escaped, one_line, shown_file_name, words

FLAG_AND_NEW_EMOJI = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f and \U0001fae8"
"""Scotland, and a face of Unicode 15."""

ACTIVE = re.compile(
    r"@(everyone|here)|<[@#/]|<a?:|<t:|<id:|https?://|(?<!\\)[*_~|`\[\]#]|(?<!\\)<|^[-+>]|^\d+[.)]|\]\(",
)
"""Anything that Discord would not print as it stands."""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("plain words, 16 of them.", "plain words, 16 of them."),
        ("**bold**", r"\*\*bold\*\*"),
        ("@everyone", "@\u2060everyone"),
        ("<@123>", "\\<@\u2060123\\>"),
        ("[a](https://b)", r"\[a\]\(https\://b\)"),
        ("# big", r"\# big"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("```\ncode", r"\`\`\` code"),
        ("\\*", r"\\\*"),
        ("a\u202eb\u200bc\ud800d", "abcd"),
        ("family 👩\u200d👧", "family 👩\u200d👧"),
    ],
)
def test_marks_are_printed_as_they_are(typed: str, shown: str) -> None:
    """Each mark gets its backslash, each `@` its invisible joiner; what deceives the eye goes."""
    assert escaped(typed) == shown


@given(st.text(alphabet=st.sampled_from("@everyonhr<>#!&:/tps.[]()*_~|`\\-+0123456789 \n\u200b\u2060\u202eaé")))
@example("@\u2060everyone")
@example("@\u200beveryone <@!1> <@&2> </x:1> <a:b:1>")
def test_nothing_stays_active(typed: str) -> None:
    """Whatever is typed, neither an invisible character nor a mark of one's own brings anything back to life."""
    shown = escaped(typed)

    assert ACTIVE.search(re.sub(r"\\[^0-9A-Za-z\s]", "·", shown)) is None


@given(st.text())
def test_escaped_words_can_always_be_sent(typed: str) -> None:
    """One line, encodable, and at most twice as long as what was clipped."""
    shown = words(typed, 300)

    assert len(shown.splitlines()) <= 1
    assert len(shown.encode()) >= len(shown)
    assert len(shown) <= 2 * 300


def test_file_names_keep_their_ending() -> None:
    """A long name is cut in the middle at 40 characters."""
    shown = shown_file_name("a" * 90 + ".jpeg")

    assert shown == "a" * 28 + "…" + "a" * 6 + ".jpeg"


def test_alt_texts_are_plain_and_bounded() -> None:
    """They are read aloud: no backslashes, at most 1,024 characters, never empty."""
    assert alt_text("1 *fox*\n.png") == "1 *fox* .png"
    assert len(alt_text("x" * 5000)) == MAX_ALT_CHARS
    assert alt_text("\u200b") == "A picture"


def test_one_line_joins_lines() -> None:
    """A prompt of many lines cannot flood a channel."""
    assert one_line("a\n\n\n b\tc") == "a b c"


def test_nobody_is_pinged_unless_a_message_says_so() -> None:
    """The constant withholds everyone, roles, users and the author of a replied message."""
    assert PING_NOBODY.to_dict() == {"parse": []}


@pytest.mark.parametrize("show", [one_line, alt_text, partial(words, limit=300)])
def test_a_flag_is_shown_as_it_was_written(show: Callable[[str], str]) -> None:
    """Messages keep what prompts keep: flags of parts of countries, and emoji that are newer than Python's table."""
    assert show(FLAG_AND_NEW_EMOJI) == FLAG_AND_NEW_EMOJI
    assert FLAG_AND_NEW_EMOJI in code_block(FLAG_AND_NEW_EMOJI, 300)
