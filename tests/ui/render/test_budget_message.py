"""`/budget` in its exact words, and the moderators' answers after a change."""

from __future__ import annotations

import pytest

from bot.domain.budget import BudgetLine, Grant, LedgerEntry, LimitKind, ScopeKind
from bot.domain.clock import DAY, HOUR
from bot.domain.jobs import PredictionState
from bot.domain.periods import Period
from bot.services.money.budgets import BudgetView, LimitChange
from bot.ui.render.budget import budget_line, render_budget, spending_bar
from bot.ui.render.manage.money import render_grant_given, render_limit_changed
from tests.ui.samples import CENTS, MEMBER, NOW, job, line, text_of

OTHER = 555_555_555_555_555_555
FEBRUARY = NOW + 31 * DAY
GRANT = Grant(1, ScopeKind.MEMBER, 1, 200 * CENTS, 30 * CENTS, 0, FEBRUARY, "contest *prize*")


def view(
    *lines: BudgetLine,
    grants: tuple[Grant, ...] = (),
    channel_grants: tuple[Grant, ...] = (),
    entries: tuple[LedgerEntry, ...] = (),
) -> BudgetView:
    return BudgetView(MEMBER, lines, grants, channel_grants, entries, ())


def budget_text(shown: BudgetView, viewer_id: int = MEMBER) -> str:
    return text_of(render_budget(shown, viewer_id=viewer_id))


def test_the_line_is_the_contract() -> None:
    """Each period that applies reads exactly like this, so that scripts and people find the same numbers."""
    assert budget_line(line(500, 8, 0)) == "month: limit $5.00 · spent $0.08 · held $0.00 · left $4.92"
    assert budget_line(line(100, 150, 8, period=Period.DAY)) == (
        "day: limit $1.00 · spent $1.50 · held $0.08 · left $0.00"
    )
    assert budget_line(line(None, 8, 0)) == "month: limit none · spent $0.08 · held $0.00 · left no limit"


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (line(500, 0, 0), "▱▱▱▱▱▱▱▱▱▱"),
        (line(500, 128, 8), "▰▰▰▱▱▱▱▱▱▱"),
        (line(500, 499, 0), "▰▰▰▰▰▰▰▰▰▱"),
        (line(500, 492, 8), "▰▰▰▰▰▰▰▰▰▰"),
        (line(0, 0, 0), "▰▰▰▰▰▰▰▰▰▰"),
        (line(None, 8, 0), ""),
    ],
)
def test_the_bar_shows_what_is_used(which: BudgetLine, expected: str) -> None:
    """Spent and held together; full only when nothing is left; none without a limit."""
    assert spending_bar(which) == expected


def test_own_periods_come_first_then_the_pools() -> None:
    """Day before month, each with its bar and its end; pools under their names."""
    shown = view(
        line(5000, 2840, 48, kind=ScopeKind.SERVER),
        line(None, 700, 0, kind=ScopeKind.CHANNEL),
        line(500, 128, 8),
        line(100, 32, 8, period=Period.DAY, ends_at=NOW + DAY),
    )

    month = f"<t:{NOW // 1000 + 28 * 86400}:R>"
    assert budget_text(shown) == (
        "### Your budget\n"
        "day: limit $1.00 · spent $0.32 · held $0.08 · left $0.60\n"
        "▰▰▰▰▱▱▱▱▱▱\n"
        f"-# renews <t:{NOW // 1000 + 86400}:R>\n"
        "month: limit $5.00 · spent $1.28 · held $0.08 · left $3.64\n"
        "▰▰▰▱▱▱▱▱▱▱\n"
        f"-# renews {month}\n"
        "**This channel, everyone together**\n"
        "month: limit none · spent $7.00 · held $0.00 · left no limit\n"
        "**This server, everyone together**\n"
        "month: limit $50.00 · spent $28.40 · held $0.48 · left $21.12\n"
        "▰▰▰▰▰▰▱▱▱▱\n"
        f"-# renews {month}"
    )


def test_no_limits_at_all() -> None:
    """Nothing set is said, not left blank."""
    assert budget_text(view()) == "### Your budget\nNo limit applies here."


def test_a_moderator_sees_whose_budget_it_is() -> None:
    """The heading names the member when it is not one's own."""
    assert budget_text(view(), viewer_id=OTHER).startswith(f"### Budget of <@{MEMBER}>\n")


def test_grants_are_listed_with_what_is_left_and_until_when() -> None:
    """A channel's grant is told apart; reasons are members' words and escaped."""
    channel = Grant(2, ScopeKind.CHANNEL, 1, 500 * CENTS, 0, 0, None, "")

    assert budget_text(view(grants=(GRANT,), channel_grants=(channel,))).endswith(
        "**Grants**\n"
        f"`$1.70` of $2.00 \u00b7 until <t:{FEBRUARY // 1000}:D> · contest \\*prize\\*\n"
        "`$5.00` of $5.00 for this channel"
    )


def test_lately_tells_what_moved_the_money() -> None:
    """A line a job with what it cost, what came back and why; refunds and grants with their sign."""
    entries = (
        LedgerEntry("job", -32 * CENTS, "4F7K", None, "", NOW, pictures=4),
        LedgerEntry("job", -8 * CENTS, "3QD2", None, "", NOW - HOUR, pictures=1, returned_micros=16 * CENTS),
        LedgerEntry("job", 0, "3Q9A", None, "moderated", NOW - HOUR, returned_micros=8 * CENTS),
        LedgerEntry("refund", 8 * CENTS, "3Q9B", OTHER, "blurry @everyone", NOW - HOUR),
        LedgerEntry("grant", 200 * CENTS, None, OTHER, "contest prize", NOW - DAY, FEBRUARY),
    )

    now, hour, day = (f"<t:{(NOW - ago) // 1000}:R>" for ago in (0, HOUR, DAY))
    assert budget_text(view(entries=entries)).endswith(
        "**Lately**\n"
        f"`\u2212$0.32` 4 pictures · job 4F7K · {now}\n"
        f"`\u2212$0.08` 1 picture · $0.16 came back · job 3QD2 · {hour}\n"
        f"`$0.00` no picture · $0.08 came back: refused by the safety check · job 3Q9A · {hour}\n"
        f"`+$0.08` job 3Q9B · refunded: blurry @\u2060everyone · {hour}\n"
        f"`+$2.00` grant from <@{OTHER}>: contest prize · until <t:{FEBRUARY // 1000}:D> · {day}"
    )


def test_running_jobs_say_what_they_hold() -> None:
    """Money that is held can be traced to its job."""
    shown = BudgetView(MEMBER, (), (), (), (), (job(PredictionState.PROCESSING),))

    assert budget_text(shown).endswith("**Running**\n`4F7K` painting · $0.08 held")


def test_what_does_not_fit_is_counted() -> None:
    """A hundred long entries end in a count instead of an error."""
    entries = tuple(LedgerEntry("refund", CENTS, "4F7K", None, "*" * 200, NOW) for _ in range(100))

    last = budget_text(view(line(), entries=entries)).splitlines()[-1]

    assert last.startswith("-# and ")
    assert last.endswith(" more")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            LimitChange(LimitKind.ROLE, 7, Period.MONTH, None, 500 * CENTS),
            "### Limit set\nEach member with <@&7>: **$5.00** a month.\n-# was none",
        ),
        (
            LimitChange(LimitKind.MEMBER, 7, Period.DAY, 100 * CENTS, 0),
            "### Limit set\n<@7>: **$0.00** a day.\nThat stops all new spending there.\n-# was $1.00",
        ),
        (
            LimitChange(LimitKind.CHANNEL, 7, Period.WEEK, 100 * CENTS, None),
            "### Limit removed\n<#7>, everyone together: **no limit** a week.\n-# was $1.00",
        ),
        (
            LimitChange(LimitKind.DEFAULT, 0, Period.TOTAL, 0, 500 * CENTS),
            "### Limit set\nEach member: **$5.00** in total.\n-# was $0.00",
        ),
    ],
)
def test_a_changed_limit_is_read_back(change: LimitChange, expected: str) -> None:
    """The moderator sees whose limit is what now, what it was, and that running pictures go on."""
    text = text_of(render_limit_changed(change))

    assert text == f"{expected} · pictures that are already running are not touched"


def test_a_grant_is_read_back() -> None:
    """Who got how much, until when, and for what; what still binds them."""
    assert text_of(render_grant_given(GRANT, target_id=OTHER)) == (
        f"### Grant given\n<@{OTHER}> can spend **$2.00** beyond their limit, until <t:{FEBRUARY // 1000}:D>.\n"
        "> contest \\*prize\\*\n-# the server's and the bot's limits still hold"
    )
    channel = Grant(2, ScopeKind.CHANNEL, 1, 500 * CENTS, 0, 0, None, "")
    assert "<#9> has **$5.00** that pays for pictures made there." in text_of(render_grant_given(channel, target_id=9))
