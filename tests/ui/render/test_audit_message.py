"""The audit as a message: a full page fits whatever moderators wrote, and each kind of act reads as one line."""

from __future__ import annotations

from typing import Any

import pytest

from bot import texts
from bot.domain.audit import AuditRow
from bot.domain.money import MAX_AMOUNT_MICROS
from bot.domain.reports import Measure
from bot.services.moderation.audit import LAST_PAGE, PAGE_ROWS, AuditPage
from bot.ui.render.manage.audit import render_audit
from tests.ui.samples import MEMBER, NOW, text_of
from tests.wire.discord_fake.component_rules import check_components

LAST_ID = 2**63 - 1


def act(action: str, kind: str = "member", subject: int | None = 7, **facts: Any) -> AuditRow:
    given: dict[str, Any] = {"actor_member_id": MEMBER, "job_id": None, "before": None, "after": None, "reason": None}
    return AuditRow(action=action, subject_kind=kind, subject_id=subject, done_at=NOW, **(given | facts))


def first_line(row: AuditRow, gone: tuple[int, ...] = ()) -> str:
    return text_of(render_audit(AuditPage((row,), None, 0, has_older=False), gone)).splitlines()[1]


@pytest.mark.parametrize("action", ["limit.month", "words", "channel_rule", "something_new_" * 9])
def test_a_full_page_fits_whatever_stands_in_it(action: str) -> None:
    """Ten acts with the longest and worst words that could be kept; what does not fit would be an error here."""
    amount = str(MAX_AMOUNT_MICROS)
    value = amount if action.startswith("limit.") else "*_`@everyone" * 40
    row = act(action, subject=LAST_ID, before=value, after=value, reason="`*|<>" * 40, job_id="WWWWWW")
    view = render_audit(AuditPage((row,) * PAGE_ROWS, LAST_ID, LAST_PAGE - 1, has_older=True))
    check_components(view.to_components(), v2=True)

    assert text_of(view).count("<@9223372036854775807>") == PAGE_ROWS + 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (act("limit.day", "default", 0, before="none", after="0"), "**Limit a day** · each member · none → $0.00"),
        (act("limit.total", "server", 7, before="5000000", after="none"), "this server · $5.00 → none"),
        (act("grant", "channel", 7, after="2500000"), "**Grant** · <#7> · $2.50 given"),
        (act("refund", before="240000", after="80000", job_id="ABC123"), "<@7> · $0.16 given back · job ABC123"),
        (act("freeze", subject=None), "**Frozen** · a member who had their data deleted"),
        (act("words", "server", after="f*x"), "**Blocked word** · “f\\*x” added"),
        (act("words", "server", before="fox"), "“fox” taken off"),
        (act("log_channel", "server", before="7", after="none"), "**Log channel** · <#7> → none"),
        (act("zone", "server", before="UTC", after="Europe/Paris"), "**Time zone** · UTC → Europe/Paris"),
        (act("desk_role", "role", 7, before="none", after="named"), "**Role at the moderators' desk** · <@&7> · named"),
        (act("desk_role", "role", 7, before="named", after="none"), "<@&7> · taken off"),
        (act("new_act", "server"), "**new\\_act**"),
    ],
)
def test_each_act_is_one_line(row: AuditRow, expected: str) -> None:
    """What was done, to whom, from what to what: amounts as amounts, channels as channels, words as plain words."""
    assert expected in first_line(row)


def test_what_was_deleted_is_named_by_its_number() -> None:
    """A mention of a role or channel that is gone would name nothing."""
    assert "deleted role 7" in first_line(act("limit.day", "role", before="none", after="0"), (7,))
    assert "deleted channel 7 → none" in first_line(act("log_channel", "server", before="7", after="none"), (7,))


@pytest.mark.parametrize("measure", Measure)
def test_each_decision_about_a_report_has_words(measure: Measure) -> None:
    """The log channel and the audit never show the name of a column."""
    line = first_line(act(f"report.{measure.value}", subject=LAST_ID, job_id="ABC123"))

    assert f"report.{measure.value}" in texts.audit.ACTS
    assert "report." not in line
    assert "job ABC123" in line
