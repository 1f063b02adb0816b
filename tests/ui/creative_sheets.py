"""Members' screens as sheets for the screenshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from discord import ui

from bot.domain.approvals import Approval, NeedsApproval, Verdict
from bot.domain.budget import OverLimit
from bot.domain.choices import Choices
from bot.domain.clock import DAY, HOUR, MINUTE
from bot.domain.drafts import Draft, NoSuchDraft, Slots, TooManyReferences, numbered
from bot.domain.gallery import GalleryFilter
from bot.domain.jobs import PredictionState
from bot.domain.orders import Requester
from bot.domain.prompts import Shot
from bot.domain.reports import Measure, PictureReport
from bot.domain.shares import Share
from bot.domain.story import Story
from bot.domain.styles import NoSuchStyle, Style, StyleSample, TooManyWithStyle
from bot.services.creative.follow_ups import PicturesDeleted
from bot.services.creative.gallery import GalleryPage
from bot.services.moderation.approvals import Asked
from bot.services.moderation.reporting import DecidedReport, Reach, ReportedPicture
from bot.services.ports.messages import Picture
from bot.ui.render.creative.approval import render_asked, render_declined, render_handed_on, render_told, render_verdict
from bot.ui.render.creative.details import render_deleted, render_details, render_which
from bot.ui.render.creative.draft import DraftView, render_draft, render_running
from bot.ui.render.creative.gallery import render_gallery, render_opened, render_reported
from bot.ui.render.creative.guide import render_guide
from bot.ui.render.creative.showcase import render_showcase
from bot.ui.render.creative.styles import render_removed, render_style, render_styles
from bot.ui.render.creative.tray import news_of, render_tray
from bot.ui.render.jobs import render_job
from bot.ui.render.manage.reports import render_picture_report, render_reports
from bot.ui.render.refusals import render_refusal
from bot.ui.render.result import render_result
from tests.ui.samples import CENTS, NOW, REFERENCES, RESULT_AT, line, picture, prediction

if TYPE_CHECKING:
    from tests.ui.sheets import People

S = PredictionState
SLOTS: Slots = tuple(REFERENCES)


def tray_sheet(who: People) -> Sequence[ui.LayoutView]:
    """`/references`, empty, growing and full."""
    del who
    return (
        render_tray(()),
        render_tray(SLOTS, news=news_of(2, 1, 3, 1), chosen=2),
        render_tray((), news=("3 images were taken out.",)),
    )


def studio_sheet(who: People) -> Sequence[ui.LayoutView]:
    """The confirmation, being ordered, and once it runs."""
    draft = Draft(
        draft_id="0123456789",
        guild_id=who.guild,
        channel_id=who.channel,
        member_id=who.alice,
        command="studio",
        prompt="A cinematic medium shot in a rainy city street at night, neon reflections, shallow depth of field.",
        references=SLOTS,
        created_at=NOW,
        price_micros=8 * CENTS,
        choices=Choices(parameters={"aspect_ratio": "16:9", "guidance_scale": 3.5}, count=2),
    )
    view = DraftView(draft, line(500, 136, 0))
    bare = DraftView(replace(draft, references=SLOTS[:1], prompt="", choices=replace(draft.choices, count=1)), None)
    lamp = replace(SLOTS[0], role="lighting", filename="lamp.png")
    ink = Style(1, who.guild, "Ink", "An ink drawing of {prompt}, on rough paper", (lamp,), 1)
    styled = DraftView(replace(draft, style=ink), line(500, 136, 0), (ink,))
    return (
        render_draft(view),
        render_draft(view, ordering=2),
        render_draft(styled),
        render_draft(bare),
        render_running(view),
    )


def storyboard_sheet(who: People) -> Sequence[ui.LayoutView]:
    """The confirmation, four shots of which one failed, and what asks for one of them."""
    words = ("The fox finds a lantern", "It carries the lantern home", "The street lights up", "Everybody dances")
    states = (S.COMPLETED, S.COMPLETED, S.FAILED, S.COMPLETED)
    job = who.job(
        *(
            prediction(state, n, shot=Shot(said, said), seed=1_204)
            for n, (state, said) in enumerate(zip(states, words, strict=True), start=1)
        ),
        prompt="\n".join(words),
    )
    draft = Draft(
        draft_id="0123456789",
        guild_id=who.guild,
        channel_id=who.channel,
        member_id=who.alice,
        command="storyboard",
        prompt=job.prompt,
        references=SLOTS,
        created_at=NOW,
        price_micros=8 * CENTS,
        choices=Choices(parameters={"aspect_ratio": "16:9"}, is_storyboard=True),
    )
    sheet = Picture(b"jpg", "easel-4F7K-contact-sheet.jpg", "", is_download=True)
    return (
        render_draft(DraftView(draft, line(500, 136, 0))),
        render_result(job, [picture(1), picture(2), picture(4), sheet]),
        render_which(job, "edit", has_strip=True),
        render_job(job, [picture(1), picture(2), picture(4)]),
    )


def details_sheet(who: People) -> Sequence[ui.LayoutView]:
    """Everything about a job, and what is asked and said on the way."""
    first = who.job(S.COMPLETED, job_id="3QD2M0", result_message=RESULT_AT, prompt="A fox in a coat")
    second = who.job(S.COMPLETED, job_id="3RK9AB", result_message=RESULT_AT, prompt="Make it rain")
    job = who.job(S.COMPLETED, S.COMPLETED, job_id="4F7K9Z", parent_job_id="3RK9AB", created_at=NOW - 5 * MINUTE)
    job = replace(job, has_showcase=True)
    story = Story(job, (second,), first, 6)
    return (
        render_details(story, has_strip=True),
        render_which(job, "edit", has_strip=True),
        render_showcase(job, Share(1, job.job_id, 1, 0, who.guild, who.channel, NOW, NOW, RESULT_AT), picture(1)),
        render_deleted(job),
        render_job(job, [picture(1), picture(2)]),
    )


def gallery_sheet(who: People) -> Sequence[ui.LayoutView]:
    """A page of pictures, an empty one, one opened."""
    prompts = ("A fox in a coat", "Make it rain", "The same street, at dawn, with nobody in it", "Toy style")
    jobs = tuple(
        who.job(S.COMPLETED, job_id=f"4F7K{n}Z", prompt=prompt, created_at=NOW - n * HOUR)
        for n, prompt in enumerate(prompts, start=1)
    )
    wanted = GalleryFilter(who.guild, frozenset({who.channel}))
    mine = replace(wanted, member_id=who.bob)
    return (
        render_gallery(
            GalleryPage(jobs, 1, has_more=True, wanted=wanted), [picture(n) for n in range(1, 5)], viewer_id=who.bob
        ),
        render_gallery(GalleryPage((), 0, has_more=False, wanted=mine), (), viewer_id=who.bob),
        render_opened(jobs[0], [picture(1)]),
    )


def styles_sheet(who: People) -> Sequence[ui.LayoutView]:
    """`/styles`, one by itself, and what a moderator reads."""
    ink = Style(1, who.guild, "Ink", "An ink drawing of {prompt}, on rough paper, lit from the left", SLOTS[1:], 2)
    ink = replace(ink, references=numbered(ink.references), parameters={"aspect_ratio": "16:9"})
    oil = Style(2, who.guild, "Oil", "An oil painting of {prompt}")
    torn = replace(oil, images=1)
    tried = StyleSample(ink, who.job(S.COMPLETED, job_id="4F7K9Z"))
    return (
        render_styles((StyleSample(oil, None), tried), {1: picture(1)}, of_channel=ink),
        render_styles((), {}, of_channel=None),
        render_style(tried, picture(1), has_strip=True),
        render_style(StyleSample(oil, None), None, has_strip=False, title="Style added", price=8 * CENTS),
        render_style(StyleSample(torn, None), None, has_strip=False, title="Style changed"),
        render_removed(ink),
        *(render_refusal(e) for e in (TooManyWithStyle("Ink", own=4, of_style=2), NoSuchStyle("Ikn"))),
    )


def guide_sheet(who: People) -> Sequence[ui.LayoutView]:
    """`/guide`."""
    del who
    return (render_guide(),)


def desk_words_sheet(who: People) -> Sequence[ui.LayoutView]:
    """Reports, and the refusals of the creative desk."""
    report = PictureReport(1, who.guild, who.channel, RESULT_AT.message_id, "4F7K9Z", who.bob, NOW - DAY)
    hidden = replace(report, measure=Measure.HIDE, steps=1, decided_by=who.bob, decided_at=NOW)
    return (
        render_reported(),
        render_picture_report(ReportedPicture(report, who.job(PredictionState.COMPLETED), picture(1))),
        render_picture_report(ReportedPicture(hidden)),
        render_reports((report, replace(report, report_id=2, job_id=None)), DecidedReport(hidden, Reach.GONE)),
        *(render_refusal(error) for error in (PicturesDeleted(), NoSuchDraft(), TooManyReferences())),
    )


def approval_sheet(who: People) -> Sequence[ui.LayoutView]:
    """A refusal that can be asked about, the request before the moderators, and how it ends."""
    refusal = OverLimit(line(500, 487, 8), price_micros=8 * CENTS, count=2)
    refusal.draft_id = "0123456789"
    first = NeedsApproval()
    first.draft_id = "0123456789"
    draft = Draft(
        draft_id="0123456789",
        guild_id=who.guild,
        channel_id=who.channel,
        member_id=who.bob,
        command="compose",
        prompt="A cinematic medium shot in a rainy city street at night, neon reflections.",
        references=SLOTS,
        created_at=NOW,
        price_micros=8 * CENTS,
        choices=Choices(count=2),
    )
    requester = Requester(who.bob, who.guild, who.channel, who.channel, ())
    open_ = Approval(draft.draft_id, requester, len(SLOTS), NOW - 5 * MINUTE)
    approved = replace(open_, verdict=Verdict.APPROVED, decided_by_member_id=who.alice, job_id="4F7K9Z")
    declined = replace(open_, verdict=Verdict.DECLINED, decided_by_member_id=who.alice)
    asked = [Asked(each, draft) for each in (open_, approved, declined)]
    return (
        render_refusal(refusal),
        render_refusal(first),
        render_handed_on(),
        render_asked(asked[0]),
        render_asked(asked[1], has_strip=False),
        render_verdict(asked[2]),
        render_declined(asked[2], "This channel is for the contest only."),
        render_told(told=False),
    )
