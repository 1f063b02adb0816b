"""Storyboards in messages: every shot in its place with what became of it, and all of it within Discord's limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from discord import ui
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.choices import STORYBOARD
from bot.domain.drafts import Draft, numbered
from bot.domain.jobs import Job, Prediction
from bot.domain.jobs import PredictionState as S
from bot.domain.prompts import Shot
from bot.domain.shares import Share
from bot.domain.story import Story
from bot.domain.storyboards import MAX_SHOT_CHARS, MAX_SHOTS, shots_in
from bot.services.ports.messages import Link, Picture
from bot.ui.render.creative.details import render_details, render_which
from bot.ui.render.creative.draft import DraftView, render_draft
from bot.ui.render.creative.showcase import render_showcase
from bot.ui.render.jobs import render_job, render_jobs
from bot.ui.render.result import render_result
from bot.ui.render.status import render_status
from bot.ui.render.withheld import render_withheld
from tests.ui.render.limits import WORST, check, long_and_hostile
from tests.ui.samples import MEMBER, NOW, REFERENCES, labels_of, line, picture, prediction, snapshot, text_of
from tests.ui.samples import job as sample_job

LONG_LINK = Link("https://c.example/" + "x" * 282, NOW)
SHEET = Picture(b"jpg", "4F7K-contact-sheet.jpg", "All shots", is_download=True)
MAY = frozenset({f"<@{MEMBER}>"})


def shot(state: S, n: int, words: str = "", **facts: object) -> Prediction:
    """One shot in that state."""
    words = words or f"the fox {n}"
    return prediction(state, n, shot=Shot(words, f"Use image 1 for identity. {words}"), **facts)


def storyboard(*states: S, words: str = "", **facts: object) -> Job:
    """A storyboard with a shot in each of these states."""
    shots = [shot(state, n, words, seed=7) for n, state in enumerate(states, start=1)]
    prompt = "\n".join(each.shot.prompt for each in shots if each.shot is not None)
    return sample_job(*shots, **{"prompt": prompt, **facts})  # pyright: ignore[reportArgumentType] - a test's own facts


def draft_of(job: Job) -> Draft:
    """A draft with a storyboard's shots and references."""
    references = numbered(job.references)
    return Draft("0123456789", 1, 2, MEMBER, "storyboard", job.prompt, references, NOW, 80_000, STORYBOARD)


def custom_ids(view: ui.LayoutView) -> list[str]:
    """The custom ids of a message's buttons, in their order."""
    found = (getattr(item, "item", item) for item in view.walk_children())
    return [str(item.custom_id) for item in found if isinstance(item, ui.Button)]


def test_each_missing_shot_says_why_in_its_place() -> None:
    """Failed, withheld, cancelled, still being made; each that ended has its button with the price of one."""
    of = storyboard(S.COMPLETED, S.FAILED, S.WITHHELD, S.PROCESSING, S.COMPLETED, S.CANCELLED)
    view = render_result(of, [picture(1), picture(5)])
    text = text_of(view)

    assert "**1** the fox 1\n**2** the fox 2\n-# \u21b3 no picture: refused by the safety check\n" in text
    assert "**3** the fox 3\n-# \u21b3 no picture: marked as unsafe by the provider\n" in text
    assert (
        "**4** the fox 4\n-# \u21b3 painting\n**5** the fox 5\n**6** the fox 6\n-# \u21b3 no picture: cancelled" in text
    )
    assert [each for each in labels_of(view) if each and each.startswith("Try shot")] == [
        "Try shot 2 \u00b7 $0.08",
        "Try shot 3 \u00b7 $0.08",
        "Try shot 6 \u00b7 $0.08",
    ]
    assert custom_ids(view)[:3] == ["retry:4F7K:2", "retry:4F7K:3", "retry:4F7K:6"]
    assert "2 of 6 pictures" in text
    assert "2 of your 6 pictures" in text


def test_the_sheet_is_a_file_and_no_picture() -> None:
    """It is neither in the gallery nor counted."""
    view = render_result(storyboard(S.COMPLETED, S.COMPLETED), [picture(1), picture(2), SHEET])
    [gallery] = [item for item in view.walk_children() if isinstance(item, ui.MediaGallery)]
    [sheet] = [item for item in view.walk_children() if isinstance(item, ui.File)]

    assert len(gallery.items) == 2
    assert sheet.media.url == "attachment://4F7K-contact-sheet.jpg"
    assert "here are your 2 pictures" in text_of(view)


def test_too_large_pictures_go_by_the_number_of_their_shot() -> None:
    """The second has no picture, so the first link is the first shot's and the other the third's."""
    text = text_of(render_result(storyboard(S.COMPLETED, S.FAILED, S.COMPLETED), [LONG_LINK, LONG_LINK]))

    assert "Picture 1 is too large" in text
    assert "Picture 3 is too large" in text


def test_once_erased_nothing_is_offered() -> None:
    """No words, no other try."""
    of = storyboard(S.COMPLETED, S.FAILED)
    erased = replace(
        of, prompt="", predictions=tuple(replace(each, shot=Shot("", "")) for each in of.predictions), member_id=None
    )

    assert [each for each in labels_of(render_result(erased, [picture(1)])) if each and "Try shot" in each] == []
    check(render_result(erased, [picture(1)]))
    check(render_job(erased))


def test_one_shot_elsewhere_shows_its_own_words() -> None:
    """What is withheld, reviewed or shared is one shot, and not the story."""
    of = storyboard(S.COMPLETED, S.WITHHELD)
    share = Share(1, "4F7K", 1, 0, 1, 2, NOW, NOW)

    assert "> **1** the fox 1" in text_of(render_showcase(of, share, picture(1)))
    assert "the fox 2" not in text_of(render_showcase(of, share, picture(1)))
    assert "> **2** the fox 2" in text_of(render_withheld(of))
    assert "the fox 1" not in text_of(render_withheld(of))


def test_one_press_chooses_a_shot() -> None:
    """Six in two rows, each by the number of its shot."""
    of = storyboard(*[S.COMPLETED] * 6)
    gap = storyboard(S.COMPLETED, S.FAILED, S.COMPLETED)

    assert labels_of(render_which(of, "edit", has_strip=True)) == ["1", "2", "3", "4", "5", "6"]
    assert labels_of(render_which(gap, "edit", has_strip=True)) == ["1", "3"]
    assert custom_ids(render_which(gap, "edit", has_strip=True)) == ["edit:4F7K:1", "edit:4F7K:2"]


def test_the_one_seed_is_said_once() -> None:
    """In the small print and in the details."""
    of = storyboard(S.COMPLETED, S.COMPLETED, S.COMPLETED)

    assert "seed 7" in text_of(render_result(of, [picture(1)]))
    assert text_of(render_details(Story(of, ()), has_strip=False)).count("seed 7") == 1


@pytest.mark.parametrize("marks", ["*" * MAX_SHOT_CHARS, "x" * MAX_SHOT_CHARS])
def test_six_long_shots_fit(marks: str) -> None:
    """Five references, six shots that each need escaping, six links: nothing has to be cut."""
    done, open_, missing = ([state] * MAX_SHOTS for state in (S.COMPLETED, S.QUEUED, S.FAILED))
    drawn: list[Callable[[], ui.LayoutView]] = [
        lambda: render_result(storyboard(*done, words=marks, references=WORST), [LONG_LINK] * 6),
        lambda: render_result(storyboard(S.COMPLETED, *missing[1:], words=marks, references=WORST), [LONG_LINK]),
        lambda: render_result(storyboard(*done, words=marks), [*(picture(n) for n in range(1, 7)), SHEET]),
        lambda: render_job(storyboard(*done, words=marks, references=WORST), [picture(n) for n in range(1, 7)]),
        lambda: render_status(snapshot(storyboard(*open_, words=marks, references=WORST), held_up_by="x" * 300)),
        lambda: render_draft(DraftView(draft_of(storyboard(*open_, words=marks, references=WORST)), line())),
        lambda: render_details(
            Story(storyboard(*done, words=marks, references=WORST), ()), has_strip=True, smaller=range(1, 7)
        ),
    ]
    for draw in drawn:
        view = draw()
        check(view, may_name=MAY)
        assert view.content_length() <= 4000


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from([s for s in S if s is not S.REVIEW]), min_size=2, max_size=6), long_and_hostile)
def test_any_words_in_any_state(states: list[S], words: str) -> None:
    """Nothing that a member writes breaks a message or forges the mark by which a result is found."""
    of = storyboard(*states, words="".join(shots_in(words))[:MAX_SHOT_CHARS] or "x", references=REFERENCES)
    ready = [picture(n) for n, state in enumerate(states, start=1) if state is S.COMPLETED]
    if ready:  # a storyboard without any picture has no result
        check(render_result(of, [*ready, SHEET]), may_name=MAY)
    check(render_status(snapshot(of)), may_name=MAY)
    check(render_draft(DraftView(draft_of(of), line())), may_name=MAY)


def test_a_list_parts_the_shots() -> None:
    """One line of it reads as shots, and not as one sentence."""
    assert "the fox 1 / the fox 2" in text_of(render_jobs([storyboard(S.COMPLETED, S.COMPLETED)]))
