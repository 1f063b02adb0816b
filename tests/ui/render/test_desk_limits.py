"""No message of the moderators' desk breaks a limit of Discord's or pings anybody by what somebody wrote."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.audit import AuditRow, Untold
from bot.domain.marks import NsfwRule
from bot.domain.reports import Measure, PictureReport
from bot.domain.rules import ChannelAccess, ChannelRule, ServerRules
from bot.services.moderation.audit import AuditPage
from bot.services.moderation.audit_feed import ACTS_IN_A_MESSAGE
from bot.services.moderation.reporting import LISTED, DecidedReport, Reach, ReportedPicture
from bot.ui.render.manage.audit import render_acts, render_audit
from bot.ui.render.manage.reports import render_picture_report, render_reports, report_line
from bot.ui.render.manage.rules import (
    render_blocked,
    render_channels,
    render_paused,
    render_word_added,
    render_word_removed,
    render_words,
)
from bot.ui.render.manage.settings import Gaps, render_settings
from tests.ui.render.limits import check, hostile, long_and_hostile
from tests.ui.samples import NOW

ANYBODY = 2**63 - 1
NAMED = frozenset({f"<@{ANYBODY}>"})
ids = st.just(ANYBODY)

acts = st.builds(
    AuditRow,
    actor_member_id=st.none() | ids,
    action=st.sampled_from(("freeze", "words", "zone", "channel_rule", "report.hide")) | hostile,
    subject_kind=st.sampled_from(("member", "channel", "server", "default", "bot")),
    subject_id=ids,
    job_id=st.none() | st.just("4F7K9Z"),
    before=st.none() | long_and_hostile,
    after=st.none() | long_and_hostile,
    reason=st.none() | long_and_hostile,
    done_at=st.just(NOW),
)
reports = st.builds(
    PictureReport,
    report_id=st.integers(1, 10**18 - 1),
    guild_id=ids,
    channel_id=ids,
    message_id=ids,
    job_id=st.none() | st.just("4F7K9Z"),
    reporter_id=st.none() | ids,
    reported_at=st.just(NOW),
    measure=st.none() | st.sampled_from(Measure),
    steps=st.integers(0, 99),
    decided_by=st.none() | ids,
    decided_at=st.just(NOW),
)


@settings(deadline=None, max_examples=40)
@given(long_and_hostile)
def test_answers(words: str) -> None:
    """Reasons and words are quoted as they were typed; only the member they are about is named."""
    for view in (
        render_paused(words, is_new=True),
        render_word_added(words, is_new=True),
        render_word_removed(words, is_new=False),
        render_blocked(ANYBODY, words, is_new=True),
    ):
        check(view, may_name=NAMED)


@settings(deadline=None, max_examples=40)
@given(st.lists(hostile, max_size=500))
def test_word_lists(words: list[str]) -> None:
    """A full list of the worst words is cut, and says how many more there are."""
    check(render_words(words))


@settings(deadline=None, max_examples=20)
@given(long_and_hostile, st.integers(0, 300))
def test_settings_and_channels(words: str, count: int) -> None:
    """Hundreds of channels with rules and gaps, and a pause for endless reasons."""
    channels = tuple(
        ChannelRule(ANYBODY - n, ChannelAccess.DENY, "a/model", "16:9", NsfwRule.NEVER) for n in range(count)
    )
    rules = ServerRules(paused_at=NOW, paused_reason=words, channels=channels, words=("one",) * count)
    gaps = Gaps(tuple((ANYBODY - n, ("Attach Files", f"Right {n}")) for n in range(count)), count)
    check(render_settings(rules, gaps))
    check(render_channels(rules))


@settings(deadline=None, max_examples=40)
@given(st.lists(acts, min_size=ACTS_IN_A_MESSAGE, max_size=ACTS_IN_A_MESSAGE))
def test_audit_and_log(rows: list[AuditRow]) -> None:
    """A full page of the worst acts; whom they concern is named, and nobody else."""
    check(render_audit(AuditPage(tuple(rows), ANYBODY, 3, has_older=True)), may_name=NAMED)
    check(render_acts(Untold(ANYBODY, ANYBODY, tuple(rows), 10**6, ANYBODY)), may_name=NAMED)


@settings(deadline=None, max_examples=40)
@given(st.lists(reports, min_size=LISTED + 1, max_size=LISTED + 1, unique_by=lambda report: report.report_id))
def test_reports(some: list[PictureReport]) -> None:
    """A full list beside a decision, each with its buttons."""
    decided, *listed = some
    check(render_picture_report(ReportedPicture(decided)), may_name=NAMED)
    check(render_reports(listed, DecidedReport(decided, Reach.GONE)), may_name=NAMED)


def test_a_report_of_somebody_who_is_gone_names_nobody() -> None:
    """Whoever reported and then had their data deleted is no mention that Discord cannot resolve."""
    report = PictureReport(1, 2, 3, 4, "4F7K9Z", None, NOW)

    assert report_line(report).endswith("reported by a member who had their data deleted, job 4F7K9Z")
