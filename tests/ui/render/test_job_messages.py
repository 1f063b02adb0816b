"""`/jobs list`, `/jobs show` and `/jobs cancel`: each job findable again, with its state and its money."""

from __future__ import annotations

import pytest
from discord import ui

from bot.domain.clock import HOUR
from bot.domain.jobs import PredictionState
from bot.services.jobs.cancelling import Cancelled
from bot.ui.render.jobs import render_cancelled, render_job, render_jobs
from bot.ui.render.theme import Accent
from tests.ui.samples import (
    CENTS,
    MEMBER,
    NOW,
    PROMPT,
    RESULT_AT,
    RESULT_LINK,
    accent_of,
    items,
    job,
    labels_of,
    picture,
    text_of,
)

S = PredictionState
GO_ON = "The others were already sent; they are delivered and paid."
ASKED = f"<t:{NOW // 1000 - 12}:R>"


def test_list_has_two_lines_a_job() -> None:
    """Id, state, money, when and where on the first; the prompt's beginning in small print on the second."""
    jobs = (
        job(S.PROCESSING),
        job(S.COMPLETED, S.FAILED, job_id="3QD2", result_message=RESULT_AT, created_at=NOW - HOUR, prompt="# a *cat*"),
    )

    assert text_of(render_jobs(jobs)) == (
        "### Your jobs\n"
        f"`4F7K` **painting** · $0.08 held · {ASKED}\n"
        "-# A cinematic medium shot in a rainy city street at night, neon reflections,…\n"
        "`3QD2` **partly done** · $0.08 spent · $0.08 given back · "
        f"<t:{NOW // 1000 - 3600}:R> · [open]({RESULT_LINK})\n"
        "-# \\# a \\*cat\\*"
    )


def test_a_servers_list_names_the_members() -> None:
    """A moderator sees who asked."""
    text = text_of(render_jobs((job(S.QUEUED), job(S.QUEUED, member_id=None, prompt="")), of_server=True))

    assert text.splitlines()[0] == "### Jobs in this server"
    assert text.splitlines()[1] == f"`4F7K` **in the queue** · <@{MEMBER}> · $0.08 held · {ASKED}"
    assert text.splitlines()[3] == f"`4F7K` **in the queue** · $0.08 held · {ASKED}"


def test_an_empty_list_says_how_to_begin() -> None:
    """Somebody new learns the two commands."""
    assert text_of(render_jobs(())) == (
        "### Your jobs\nThere is nothing here yet. /edit or /compose makes the first picture."
    )


def test_a_long_list_counts_the_rest() -> None:
    """Fifty jobs do not fit; how many are missing is said."""
    assert text_of(render_jobs([job(S.QUEUED)] * 50)).splitlines()[-1].startswith("-# and ")


def test_show_tells_everything_about_a_job() -> None:
    """References, prompt, each picture's state, who asked when, settings and all three kinds of money."""
    view = render_job(job(S.COMPLETED, S.FAILED, S.QUEUED, status_message=RESULT_AT), [picture()])

    assert text_of(view) == (
        "### Job 4F7K · in the queue\n"
        "**1** identity · fox.png\n**2** outfit · coat.jpg\n**3** background · street.webp\n"
        f"> {PROMPT}\n"
        "Picture 1: ready · 7.4 s\nPicture 2: refused by the safety check\nPicture 3: in the queue\n"
        f"asked {ASKED} by <@{MEMBER}> · [open]({RESULT_LINK})\n"
        "-# FLUX Kontext Max Multi · 16:9 · guidance 3.5 · 3 pictures · $0.08 held · $0.08 spent · "
        "$0.08 given back · job 4F7K"
    )
    assert labels_of(view) == ["Cancel"]
    assert accent_of(view) == Accent.WORKING


def test_show_carries_the_pictures_that_were_kept() -> None:
    """A picture that could not be posted is handed over here, with its alt text."""
    (gallery,) = [i for i in items(render_job(job(S.COMPLETED), [picture()])) if isinstance(i, ui.MediaGallery)]

    assert [(each.media.url, each.description) for each in gallery.items] == [
        ("attachment://4F7K-1.png", "Picture 1 of job 4F7K")
    ]


def test_show_of_a_deleted_members_job_names_nobody() -> None:
    """After a deletion only what concerns the server's money is left."""
    text = text_of(render_job(job(S.WITHHELD, references=(), prompt="", member_id=None)))

    assert "The prompt was deleted." in text.splitlines()
    assert f"asked {ASKED}" in text.splitlines()
    assert "<@" not in text


@pytest.mark.parametrize(
    ("cancelled", "expected"),
    [
        (
            Cancelled(job(S.CANCELLED, S.CANCELLED), 2, 16 * CENTS),
            "### Cancelled\nNothing was sent. **$0.16 is back** in your budget.\n-# job 4F7K",
        ),
        (
            Cancelled(job(S.PROCESSING, S.CANCELLED), 1, 8 * CENTS),
            f"### Cancelled\nOne of 2 pictures was stopped. **$0.08 is back** in your budget.\n{GO_ON}\n-# job 4F7K",
        ),
        (
            Cancelled(job(S.PROCESSING, S.CANCELLED, S.CANCELLED), 2, 16 * CENTS),
            f"### Cancelled\n2 of 3 pictures were stopped. **$0.16 is back** in your budget.\n{GO_ON}\n-# job 4F7K",
        ),
    ],
)
def test_a_cancel_says_what_it_saved(cancelled: Cancelled, expected: str) -> None:
    """What was stopped, what came back, and what goes on nevertheless."""
    assert text_of(render_cancelled(cancelled)) == expected
