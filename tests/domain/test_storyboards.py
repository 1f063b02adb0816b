"""Storyboards: which lines are shots, what is refused and how it is said, which shots can be tried again."""

from __future__ import annotations

import pytest

from bot import texts
from bot.domain.errors import SeveralFaults
from bot.domain.jobs import Job
from bot.domain.jobs import PredictionState as S
from bot.domain.prompts import Shot
from bot.domain.storyboards import (
    MAX_SHOT_CHARS,
    BadShots,
    NoSuchShot,
    caption_of,
    clean_shots,
    numbers_of,
    sent_words_of,
    shot_to_repeat,
)
from tests.ui.samples import job, prediction

SIX = "\n".join(f"shot {n}" for n in range(1, 7))


def storyboard(*states: S, typed: str = "words") -> Job:
    """A storyboard with a shot in each of these states."""
    return job(
        *(
            prediction(state, n, shot=Shot(f"{typed} {n}", f"Use image 1. {typed} {n}"))
            for n, state in enumerate(states, 1)
        ),
        prompt="all words",
    )


def test_a_shot_a_line() -> None:
    """Blank lines are no shots, whatever they are blank with; spaces around a shot are not its words."""
    typed = "  a fox wakes \r\n\n \u200b\u3164 \n\ta fox runs\u202e\n"

    assert clean_shots(typed) == ("a fox wakes", "a fox runs")
    assert len(clean_shots(SIX)) == 6


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "every line is blank"),
        (" \n\u200b\n\u3164", "every line is blank"),
        ("a fox\n\n", "There is one shot"),
        (f"{SIX}\nshot 7", "There are 7 shots"),
        ("a fox\n" + "x" * (MAX_SHOT_CHARS + 1), "Shot 2 has 501 characters."),
    ],
    ids=["nothing", "blanks", "one", "seven", "too long"],
)
def test_bad_shots_are_refused(typed: str, words: str) -> None:
    """One sentence says what is wrong, the advice how it is written."""
    with pytest.raises(BadShots) as refused:
        clean_shots(typed)

    assert words in refused.value.sentence
    assert "2 to 6 shots, one a line" in refused.value.advice


def test_all_that_are_too_long_are_named() -> None:
    """Whoever typed two that are too long need not send them twice."""
    with pytest.raises(SeveralFaults) as refused:
        clean_shots("\n".join(["x" * 501, "fine", "y" * 900]))

    assert refused.value.lines == ("Shot 1 has 501 characters.", "Shot 3 has 900 characters.")
    assert refused.value.title == texts.storyboards.MANY_SHOTS.title


def test_each_shot_has_its_own_words() -> None:
    """What is sent, and what is read aloud."""
    board = storyboard(S.COMPLETED, S.QUEUED)

    assert [sent_words_of(board, each) for each in board.predictions] == [
        "Use image 1. words 1",
        "Use image 1. words 2",
    ]
    assert caption_of(board, board.predictions[1]) == "Shot 2 of 2: words 2"
    assert sent_words_of(job(S.QUEUED, prompt="one"), job(S.QUEUED).predictions[0]) == "one"


def test_pictures_go_by_the_number_of_their_shot() -> None:
    """A missing shot leaves a gap, where other jobs count what there is."""
    states = (S.COMPLETED, S.FAILED, S.COMPLETED)

    assert numbers_of(storyboard(*states)) == (1, 3)
    assert numbers_of(job(*states)) == (1, 2)


def test_only_a_missing_shot_can_be_tried_again() -> None:
    """Not one whose picture is there, nor one that is being made, nor one that there is not; nor any other job's."""
    board = storyboard(S.COMPLETED, S.FAILED, S.PROCESSING, S.WITHHELD, S.CANCELLED)

    assert [shot_to_repeat(board, n).n for n in (2, 4, 5)] == [2, 4, 5]
    for n in (0, 1, 3, 6):
        with pytest.raises(NoSuchShot):
            shot_to_repeat(board, n)
    with pytest.raises(NoSuchShot):
        shot_to_repeat(job(S.FAILED), 1)
