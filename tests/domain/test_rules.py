"""Rules of a server: words as people write them, channels with their threads, and what each part falls back to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.marks import NsfwRule, Place
from bot.domain.rules import ChannelAccess, ChannelRule, ServerRules, fold, forbidden_word

FORUM, POST, OTHER = 1, 11, 2


@pytest.mark.parametrize(
    "typed",
    [
        "a bad word",
        "BAD",
        "b\u200bad",  # zero-width space
        "b\u2060a\u00add",  # word joiner, soft hyphen
        "\uff42\uff41\uff44",  # full width
        "so bad.",
        "(bad)",
        "\U0001d41b\U0001d41a\U0001d41d",  # mathematical bold
    ],
)
def test_a_word_is_found_however_it_is_dressed_up(typed: str) -> None:
    """Words are compared after NFKC, case folding and removal of characters that nobody sees."""
    assert forbidden_word([fold("Bad")], [typed]) == "bad"


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("istanbul", "\u0130STANBUL"),  # a capital i with a dot, as on a Turkish keyboard
        ("\u0130STANBUL", "istanbul"),
        ("\u0130stanbul", "\u0131stanbul"),  # a small i without one
        ("ISPARTA", "\u0131sparta"),
        ("stra\u00dfe", "STRASSE"),
        (
            "\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
            "\u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3",
        ),  # Greek, final sigma
        ("\ufb01sh", "FISH"),  # a ligature
        ("caf\u00e9", "CAFE\u0301"),  # a letter and its accent
        ("caf\u00e9", "cafe\u200b\u0301"),  # something invisible between them
    ],
)
def test_a_word_is_found_in_either_case(listed: str, typed: str) -> None:
    """Capitals, ligatures and accents of any script are the same word, whichever of the two is on the list."""
    assert forbidden_word([fold(listed)], [f"a {typed} at night"]) is not None
    assert forbidden_word([fold(typed)], [f"a {listed} at night"]) is not None


@given(st.text(max_size=60))
def test_a_folded_text_is_folded(typed: str) -> None:
    """Folding again changes nothing, so a word can be looked up by what the list shows."""
    assert fold(fold(typed)) == fold(typed)


def test_a_word_that_was_listed_before_is_folded_as_the_prompts_are() -> None:
    """A list keeps working when folding learns another letter."""
    assert forbidden_word(["i\u0307stanbul"], ["istanbul at night"]) == "istanbul"


@pytest.mark.parametrize("typed", ["badge", "forbad", "b a d", ""])
def test_a_word_inside_another_is_another_word(typed: str) -> None:
    """A list with `ass` does not keep out `class`."""
    assert forbidden_word([fold("bad")], [typed]) is None


def test_scripts_without_spaces_have_no_edges() -> None:
    """In Chinese a word stands wherever its characters do."""
    assert forbidden_word([fold("禁止")], ["这是禁止的图片"]) == "禁止"


def test_several_words_are_one_entry() -> None:
    """Spaces within an entry match any white space."""
    assert forbidden_word([fold("red  flag")], ["a Red\nFlag there"]) == "red flag"


def test_each_text_is_looked_at() -> None:
    """Roles are words too."""
    assert forbidden_word(["bad"], ["a fox", "bad light"]) == "bad"


def test_without_rules_every_channel_is_open() -> None:
    """A server that sets nothing keeps nobody out."""
    assert ServerRules().is_open(OTHER, OTHER)


def test_a_denied_forum_closes_its_posts() -> None:
    """A thread is as closed as its channel."""
    rules = ServerRules(channels=(ChannelRule(FORUM, ChannelAccess.DENY),))

    assert not rules.is_open(POST, FORUM)
    assert rules.is_open(OTHER, OTHER)


def test_once_a_channel_is_allowed_the_others_are_closed() -> None:
    """An allow list is complete."""
    rules = ServerRules(channels=(ChannelRule(FORUM, ChannelAccess.ALLOW),))

    assert rules.is_open(POST, FORUM)
    assert not rules.is_open(OTHER, OTHER)


def test_a_thread_s_own_rule_goes_before_its_channel_s() -> None:
    """One post of an allowed forum can be closed."""
    rules = ServerRules(
        channels=(ChannelRule(FORUM, ChannelAccess.ALLOW), ChannelRule(POST, ChannelAccess.DENY)),
    )

    assert not rules.is_open(POST, FORUM)


def test_defaults_alone_neither_open_nor_close() -> None:
    """A channel with a shape of its own is no allowed channel."""
    rules = ServerRules(channels=(ChannelRule(FORUM, aspect_ratio="1:1"),))

    assert rules.is_open(OTHER, OTHER)


def test_each_part_of_a_rule_falls_back_by_itself() -> None:
    """A thread may have its own shape and its channel's model."""
    rules = ServerRules(
        channels=(ChannelRule(FORUM, model_id="a/b", aspect_ratio="1:1"), ChannelRule(POST, aspect_ratio="16:9")),
    )

    found = rules.rule_for(POST, FORUM)

    assert (found.model_id, found.aspect_ratio) == ("a/b", "16:9")


def test_unsafe_pictures_follow_the_channel_then_the_server() -> None:
    """The narrower rule wins in either direction."""
    rules = ServerRules(nsfw=NsfwRule.NEVER, channels=(ChannelRule(FORUM, nsfw=NsfwRule.ADULT_CHANNELS),))

    assert rules.place(POST, FORUM, is_age_restricted=True) == Place(NsfwRule.ADULT_CHANNELS, is_age_restricted=True)
    assert rules.place(OTHER, OTHER, is_age_restricted=False) == Place(NsfwRule.NEVER)
