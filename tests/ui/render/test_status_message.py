"""The status message says, at each stage, what happens, what it is about and where the money is."""

from __future__ import annotations

from typing import Any

import pytest
from discord import ui

from bot.domain.clock import MINUTE, SECOND
from bot.domain.jobs import PredictionState
from bot.domain.models import MAX
from bot.domain.predictions import FailureReason
from bot.domain.references import Reference
from bot.domain.snapshots import JobSnapshot
from bot.ui.render.status import render_status
from bot.ui.render.theme import Accent
from tests.ui.samples import (
    IMAGE,
    NOW,
    PROMPT,
    RESULT_AT,
    RESULT_LINK,
    accent_of,
    items,
    job,
    labels_of,
    prediction,
    snapshot,
    text_of,
)

S = PredictionState
ABOUT = f"""\
**1** identity · fox.png
**2** outfit · coat.jpg
**3** background · street.webp
> {PROMPT}
"""
SETTINGS = "FLUX Kontext Max Multi · 16:9 · guidance 3.5"


@pytest.mark.parametrize(
    ("shown", "heading", "happens", "small", "accent"),
    [
        pytest.param(
            snapshot(job(S.QUEUED), place=3, wait=20),
            "In the queue",
            "Place **3** · starts in about 20 s · asked <t:1767225588:R>\n2 pictures are ahead of yours.",
            f"{SETTINGS} · 12 s so far · $0.08 held",
            Accent.WORKING,
            id="queue",
        ),
        pytest.param(
            snapshot(job(S.QUEUED, S.QUEUED), place=1, wait=5),
            "In the queue",
            "**You are next** · starts in about 5 s · asked <t:1767225588:R>",
            f"{SETTINGS} · 2 pictures · 12 s so far · $0.16 held",
            Accent.WORKING,
            id="next",
        ),
        pytest.param(
            snapshot(job(S.QUEUED), place=2, held_up_by="An earlier request is being checked first."),
            "In the queue",
            "Place **2** · asked <t:1767225588:R>\nOne picture is ahead of yours.\n"
            "An earlier request is being checked first.",
            f"{SETTINGS} · 12 s so far · $0.08 held",
            Accent.WORKING,
            id="held up",
        ),
        pytest.param(
            snapshot(job(S.QUEUED)),
            "In the queue",
            "It starts when its turn comes. · asked <t:1767225588:R>",
            f"{SETTINGS} · 12 s so far · $0.08 held",
            Accent.WORKING,
            id="no place known",
        ),
        pytest.param(
            snapshot(job(S.SUBMITTING)),
            "Sending",
            "Your images and words are on their way to the provider.",
            f"{SETTINGS} · 5 s so far · $0.08 held",
            Accent.WORKING,
            id="sending",
        ),
        pytest.param(
            snapshot(job(S.PROCESSING)),
            "Painting",
            f"▰▰▰▰▰▱▱▱▱▱\nstarted <t:{NOW // 1000 - 5}:R> · usually about 10 s",
            f"{SETTINGS} · 5 s so far · $0.08 held",
            Accent.WORKING,
            id="painting",
        ),
        pytest.param(
            snapshot(job(S.PROCESSING), typical=None),
            "Painting",
            f"▱▱▱▱▱▰▰▰▱▱\nstarted <t:{NOW // 1000 - 5}:R>",
            f"{SETTINGS} · 5 s so far · $0.08 held",
            Accent.WORKING,
            id="painting, no samples",
        ),
        pytest.param(
            snapshot(job(S.COMPLETED, S.FAILED, S.PROCESSING)),
            "Painting",
            f"▰▰▰▰▰▱▱▱▱▱\nstarted <t:{NOW // 1000 - 5}:R> · usually about 10 s\n1 of 3 pictures is ready.\n"
            "$0.08 came back: refused by the safety check.",
            f"{SETTINGS} · 3 pictures · 5 s so far · $0.08 held · $0.08 spent",
            Accent.WORKING,
            id="painting, some ended",
        ),
        pytest.param(
            snapshot(job(prediction(S.UNKNOWN, next_look_at=NOW + 2 * MINUTE))),
            "Checking with the provider",
            "The connection dropped while sending, so I am making sure that nothing is paid twice.\n"
            f"$0.08 is held, not spent. Next look <t:{NOW // 1000 + 120}:R>.",
            f"{SETTINGS} · 5 s so far · $0.08 held",
            Accent.WAITING,
            id="checking",
        ),
        pytest.param(
            snapshot(job(prediction(S.UNKNOWN, review_at=NOW))),
            "Waiting for a moderator",
            "I could not find out whether the provider got this, so a moderator of this server decides.\n"
            "$0.08 stays held until then; nothing is paid twice.",
            f"{SETTINGS} · 5 s so far · $0.08 held",
            Accent.WAITING,
            id="left to a moderator",
        ),
        pytest.param(
            snapshot(job(prediction(S.PROCESSING, submitted_at=NOW - 11 * MINUTE), late_told_at=NOW)),
            "Taking longer than usual",
            "The provider has not finished yet. I keep checking, and post the picture in this channel when it is "
            "ready.\n$0.08 is held, not spent, and comes back to you if there is no picture.",
            f"{SETTINGS} · 11 min so far · $0.08 held",
            Accent.WORKING,
            id="late",
        ),
    ],
)
def test_open_job(shown: JobSnapshot, heading: str, happens: str, small: str, accent: Accent) -> None:
    """Heading, references, prompt, what happens, small print, in this order and in the colour of its state."""
    view = render_status(shown)

    assert text_of(view) == f"### {heading}\n{ABOUT}{happens}\n-# {small} · job 4F7K"
    assert accent_of(view) == accent


POSTED: dict[str, Any] = {"result_message": RESULT_AT}
MONEY = "**$0.08 is back** in your budget."


@pytest.mark.parametrize(
    ("shown", "expected", "accent"),
    [
        pytest.param(
            snapshot(job(S.COMPLETED, **POSTED)),
            f"-# Done in 7.4 s · [see the picture]({RESULT_LINK}) · job 4F7K",
            Accent.CALM,
            id="done",
        ),
        pytest.param(
            snapshot(job(S.COMPLETED, S.COMPLETED, **POSTED)),
            f"-# Done in 7.4 s · [see the pictures]({RESULT_LINK}) · job 4F7K",
            Accent.CALM,
            id="done, two",
        ),
        pytest.param(
            snapshot(job(S.COMPLETED)),
            "-# Done in 7.4 s · posting it now · job 4F7K",
            Accent.CALM,
            id="done, not yet posted",
        ),
        pytest.param(
            snapshot(job(S.COMPLETED, closed_at=NOW)),
            "-# Done in 7.4 s · kept for you: /jobs show 4F7K · job 4F7K",
            Accent.CALM,
            id="done, nowhere to post",
        ),
        pytest.param(
            snapshot(job(S.COMPLETED, S.FAILED, S.CANCELLED, **POSTED)),
            "$0.16 came back: refused by the safety check · cancelled before it was sent.\n"
            f"-# 1 of 3 pictures in 7.4 s · [see the picture]({RESULT_LINK}) · job 4F7K",
            Accent.CALM,
            id="partly",
        ),
        pytest.param(
            snapshot(job(S.CANCELLED, S.CANCELLED)),
            "### Cancelled\nNothing was sent. **$0.16 is back** in your budget.\n-# FLUX Kontext Max Multi · job 4F7K",
            Accent.CALM,
            id="cancelled",
        ),
        pytest.param(
            snapshot(job(S.WITHHELD)),
            "### No picture this time\nThe provider marked it as unsafe, so it is not shown here.\n"
            f"{MONEY} Change the prompt or the images and try again.\n-# FLUX Kontext Max Multi · job 4F7K",
            Accent.FAILED,
            id="withheld",
        ),
        pytest.param(
            snapshot(job(S.FAILED, S.FAILED, S.CANCELLED)),
            "### No picture this time\nThe provider's safety check refused this.\n"
            "**$0.24 is back** in your budget. Change the prompt or the images and try again.\n"
            "-# FLUX Kontext Max Multi · job 4F7K",
            Accent.FAILED,
            id="failed twice for one reason",
        ),
    ],
)
def test_ended_job(shown: JobSnapshot, expected: str, accent: Accent) -> None:
    """What is left to say when a job has ended: where the picture is, or why there is none and what came back."""
    view = render_status(shown)

    assert text_of(view) == expected
    assert accent_of(view) == accent


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_has_its_own_words(reason: FailureReason) -> None:
    """Each reason says what happened, that the money is back, and what to do; none uses the machine's words."""
    text = text_of(render_status(snapshot(job(prediction(S.FAILED, reason=reason)))))

    others = {
        text_of(render_status(snapshot(job(prediction(S.FAILED, reason=other)))))
        for other in FailureReason
        if other is not reason
    }
    assert text not in others
    assert MONEY in text
    assert not {"prediction", "polling", "http", "!", reason.value.replace("_", "-")} & set(text.lower().split())


def test_text_differs_at_least_every_5_seconds_of_the_first_minute() -> None:
    """Whatever the stage, a member sees in the first minute that something is alive."""
    for state in (S.QUEUED, S.SUBMITTING, S.PROCESSING, S.UNKNOWN):
        told = [text_of(render_status(snapshot(job(state), at=NOW - 5 * SECOND + n * 5 * SECOND))) for n in range(12)]

        assert len(set(told)) == 12, state


def test_equal_snapshots_render_equally() -> None:
    """Rendering reads no clock, so that an edit that changes nothing can be skipped."""
    shown = snapshot(job(S.QUEUED, S.PROCESSING), place=2)

    assert render_status(shown).to_components() == render_status(shown).to_components()


def test_cancel_stands_there_while_something_can_be_cancelled() -> None:
    """The only button of a status message, and only as long as it does something."""
    assert labels_of(render_status(snapshot(job(S.PROCESSING, S.QUEUED)))) == ["Cancel"]
    assert labels_of(render_status(snapshot(job(S.PROCESSING)))) == []
    assert labels_of(render_status(snapshot(job(S.COMPLETED)))) == []


def test_references_are_shown_as_one_strip_with_their_names() -> None:
    """One attached picture, named in order for those who cannot see it."""
    view = render_status(snapshot(job(S.QUEUED)))

    (strip,) = [item for item in items(view) if isinstance(item, ui.MediaGallery)]
    assert [(each.media.url, each.description) for each in strip.items] == [
        (
            "attachment://references.png",
            "The references in their order: 1 identity fox.png; 2 outfit coat.jpg; 3 background street.webp.",
        )
    ]


def test_a_note_and_a_missing_role_are_shown_by_number() -> None:
    """A reference without a role shows its file alone; what was done with the file stands behind it."""
    references = (Reference(1, None, "fox.gif", IMAGE, "first frame of an animation used"),)
    text = text_of(render_status(snapshot(job(S.QUEUED, references=references))))

    assert "**1** fox.gif · first frame of an animation used\n" in text


def test_a_job_whose_data_was_deleted_shows_no_prompt_and_no_strip() -> None:
    """After a member's deletion there is nothing left to quote."""
    view = render_status(snapshot(job(S.QUEUED, references=(), prompt="", member_id=None)))

    assert ">" not in text_of(view).replace(":R>", "")
    assert not [item for item in items(view) if isinstance(item, ui.MediaGallery)]


def test_only_what_was_asked_for_stands_in_the_small_print() -> None:
    """Defaults are not recited; a seed is, several in a row are a range, others stand each; the provider's is none."""
    seeds = [prediction(S.QUEUED, n, seed=41 + n) for n in (1, 2)]
    some = text_of(render_status(snapshot(job(*seeds, model=MAX, parameters={}))))
    drawn = [prediction(S.QUEUED, n, seed=seed) for n, seed in enumerate((9, 7), start=1)]
    others = text_of(render_status(snapshot(job(*drawn, model=MAX, parameters={}))))
    none = text_of(render_status(snapshot(job(prediction(S.QUEUED, seed=-1), model=MAX, parameters={}))))

    assert "FLUX Kontext Max · 2 pictures" in others
    assert some.endswith("-# FLUX Kontext Max · seeds 42 to 43 · 2 pictures · 12 s so far · $0.16 held · job 4F7K")
    assert none.endswith("-# FLUX Kontext Max · 12 s so far · $0.08 held · job 4F7K")


def test_says_which_style_and_which_references_came_from_it() -> None:
    """The style stands with the settings, and each of its images says where it is from."""
    first, second = Reference(1, None, "me.png", IMAGE), Reference(2, "lighting", "lamp.png", IMAGE, of_style=True)
    text = text_of(render_status(snapshot(job(S.QUEUED, references=(first, second), style="*Ink*"))))

    assert "**1** me.png\n**2** lighting \u00b7 lamp.png \u00b7 from the style" in text
    assert "style \\*Ink\\* (reference 2)" in text
