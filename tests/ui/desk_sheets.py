"""The moderators' screens as sheets for the screenshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from discord import ui

from bot.domain.audit import AuditRow
from bot.domain.budget import ScopeKind
from bot.domain.clock import HOUR
from bot.domain.gate import ProviderLimits
from bot.domain.jobs import Output, PredictionState, Stage
from bot.domain.marks import Mark, NsfwRule, WithheldBecause
from bot.domain.models import MAX
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from bot.domain.privacy import ErasureAsked
from bot.domain.reviews import Review, ReviewVerdict
from bot.domain.rules import ChannelAccess, ChannelRule, ServerRules
from bot.domain.spending import ReportRow, Standings
from bot.services.moderation.audit import AuditPage
from bot.services.moderation.job_moderation import ResolvedJob
from bot.services.money.freezing import FreezeChange
from bot.services.money.overview import Overview, ProviderAccount
from bot.services.money.refunding import Refunded
from bot.ui.render.manage.audit import render_audit
from bot.ui.render.manage.jobs import render_brought, render_resolved
from bot.ui.render.manage.money import render_frozen, render_refunded, render_unfrozen
from bot.ui.render.manage.overview import render_overview
from bot.ui.render.manage.reviews import render_review, render_review_decided
from bot.ui.render.manage.rules import (
    render_access,
    render_blocked,
    render_channels,
    render_paused,
    render_resumed,
    render_word_added,
    render_words,
)
from bot.ui.render.manage.settings import Gaps, render_settings
from bot.ui.render.manage.welcome import render_welcome
from bot.ui.render.privacy import render_erasure_asked, render_erasure_question
from bot.ui.render.status import render_status
from bot.ui.render.withheld import render_withheld
from tests.ui.samples import CENTS, IMAGE, NOW, line, picture, prediction, snapshot

if TYPE_CHECKING:
    from tests.ui.sheets import People


def settings_sheet(who: People) -> Sequence[ui.LayoutView]:
    """`/manage settings`, fresh and with everything set."""
    channels = (
        ChannelRule(who.channel, ChannelAccess.ALLOW, "wavespeed-ai/flux-kontext-pro", "16:9", NsfwRule.NEVER),
        ChannelRule(who.channel + 1, ChannelAccess.DENY),
    )
    rules = ServerRules(
        zone="America/Argentina/Buenos_Aires",
        log_channel_id=who.channel,
        desk_channel_id=77,
        desk_role_ids=(who.role, 78),
        confirm_above_micros=30 * CENTS,
        nsfw=NsfwRule.NEVER,
        unmarked_is_unsafe=True,
        jobs_at_once=3,
        paused_at=NOW,
        paused_reason="exam week, back on Monday",
        channels=channels,
        words=("one", "two"),
    )
    gaps = Gaps(((who.channel, ("Attach Files", "Read Message History")),), 2, frozenset({77, 78}))
    return (
        render_settings(ServerRules(), Gaps()),
        render_settings(rules, gaps),
        render_channels(rules, {who.channel + 1}),
        render_channels(ServerRules()),
    )


def rules_sheet(who: People) -> Sequence[ui.LayoutView]:
    """What is answered when a rule was changed."""
    return (
        render_paused("exam week, back on Monday", is_new=True),
        render_resumed(is_new=True),
        render_access(who.channel, ChannelAccess.DENY, is_new=True),
        render_word_added("secret", is_new=True),
        render_words(("secret", "red flag", "**bold**")),
        render_blocked(who.bob, "spam", is_new=True),
    )


def overview_sheet(who: People) -> Sequence[ui.LayoutView]:
    """`/manage overview`: busy, and quiet; and what is answered about jobs."""
    failures = ((FailureReason.MODERATED, 6), (FailureReason.BAD_INPUT, 3), (FailureReason.PROVIDER, 2))
    busy = Overview(
        period=Period.MONTH,
        line=line(5000, 2840, 48, kind=ScopeKind.SERVER),
        standings=Standings(2840 * CENTS, 48 * CENTS, 6, 355, 11, 41, 1, 1, failures),
        by_member=tuple(ReportRow(who.alice, n * CENTS, 0, n) for n in (672, 408, 320)),
        by_channel=tuple(ReportRow(who.channel, n * CENTS, 0, n) for n in (1920, 920)),
        stages={Stage.PAINTING: 2, Stage.WAITING: 3, Stage.CHECKING: 1},
        is_paused=False,
        taken_at=NOW,
        account=ProviderAccount(Decimal("182.4"), ProviderLimits(3, 10, 1), 2),
    )
    nothing = Standings(0, 0, 0, 0, 0, 0, 0, 0, ())
    quiet = Overview(Period.MONTH, None, nothing, (), (), {}, is_paused=True, taken_at=NOW - HOUR)
    unknown = who.job(PredictionState.FAILED)
    return (
        render_overview(busy),
        render_overview(quiet),
        render_resolved(ResolvedJob(unknown, None)),
        render_resolved(ResolvedJob(unknown, "p1")),
        render_brought(unknown),
    )


def audit_sheet(who: People) -> Sequence[ui.LayoutView]:
    """`/manage audit` with something of everything, and what is answered after a freeze and a refund."""

    def act(action: str, kind: str, subject: int | None, ago: int, **facts: str | int | None) -> AuditRow:
        given: dict[str, Any] = {"actor_member_id": who.alice, "job_id": None, "before": None, "after": None}
        given |= {"reason": None, **facts}
        return AuditRow(action=action, subject_kind=kind, subject_id=subject, done_at=NOW - ago * HOUR, **given)

    rows = (
        act("limit.month", "member", who.bob, 1, before="5000000", after="7500000"),
        act("refund", "member", who.bob, 2, before="160000", after="0", reason="came out blurred", job_id="4F7K9Z"),
        act("freeze", "member", who.bob, 3, reason="spent the whole month's budget in an hour on *nothing*"),
        act("limit.day", "role", who.role, 4, before="none", after="500000"),
        act("limit.week", "role", 77, 5, before="500000", after="none"),
        act("grant", "channel", who.channel, 6, after="2000000", reason="contest of the month"),
        act("log_channel", "server", who.guild, 7, before="none", after=str(who.channel)),
        act("words", "server", who.guild, 8, after="**bold**"),
        act("block", "member", None, 9, reason="spam", actor_member_id=None),
        act(
            "channel_rule", "channel", who.channel, 10, before="none", after="allow wavespeed-ai/flux-kontext-max 16:9"
        ),
    )
    refunded = Refunded(who.job(PredictionState.COMPLETED), 8 * CENTS, 3 * CENTS, "came out blurred")
    return (
        render_audit(AuditPage(rows, None, 1, has_older=True), {77}),
        render_audit(AuditPage((), who.bob, 0, has_older=False)),
        render_frozen(FreezeChange(who.bob, is_new=True, running=2, reason="spent it all in an hour")),
        render_unfrozen(who.bob, is_new=True),
        render_refunded(refunded),
    )


def first_day_sheet(who: People) -> Sequence[ui.LayoutView]:
    """The message when the bot joins, and `/privacy`."""
    del who
    return (
        render_welcome(("Attach Files",), MAX.price_micros),
        render_erasure_question(),
        render_erasure_asked(ErasureAsked(0)),
        render_erasure_asked(ErasureAsked(2)),
    )


def review_sheet(who: People) -> Sequence[ui.LayoutView]:
    """A marked picture before the moderators, and what its member reads meanwhile and afterwards."""
    waiting = prediction(PredictionState.REVIEW, asked_moderators_at=NOW, outputs=(Output(IMAGE, Mark.MARKED),))
    job = who.job(waiting)
    review = Review(waiting.prediction_id, job.job_id, who.guild, WithheldBecause.MARKED, NOW)
    decided = replace(review, verdict=ReviewVerdict.SHOWN, decided_at=NOW, decided_by=who.bob)
    kept_back = prediction(PredictionState.WITHHELD, withheld_because=WithheldBecause.KEPT_BACK)
    return (
        render_review(review, job, [replace(picture(), is_spoiler=True)]),
        render_review(decided, job),
        render_review_decided(decided),
        render_status(snapshot(job)),
        render_status(snapshot(who.job(kept_back))),
        render_withheld(who.job(kept_back)),
    )
