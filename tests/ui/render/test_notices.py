"""Notices in words."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.budget import ScopeKind
from bot.domain.clock import SECOND
from bot.domain.notices import Notice
from bot.domain.periods import Period
from bot.ui.render.notices import notice_sentence


@pytest.mark.parametrize(
    ("kind", "ends_at", "expected"),
    [
        (ScopeKind.MEMBER, 90 * SECOND, "Your limit: 84 % is spent, $0.84 of $1.00 a month. It renews <t:90:R>."),
        (ScopeKind.CHANNEL, None, "The limit of <#5>: 84 % is spent, $0.84 of $1.00 a month."),
        (ScopeKind.SERVER, None, "This server's limit: 84 % is spent, $0.84 of $1.00 a month."),
    ],
)
def test_whose_limit_how_much_and_when(kind: ScopeKind, ends_at: int | None, expected: str) -> None:
    """A notice says whose limit it is, how much is spent, and when more comes."""
    notice = Notice(1, kind, 5, Period.MONTH, 80, 1_000_000, 840_000, ends_at=ends_at, at=0, day=date(1970, 1, 1))

    assert notice_sentence(notice) == expected
