"""Who pays: limits that fall back, grants that are drawn in order, and captures that are split as they were drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.budget import (
    BudgetLine,
    Draw,
    Grant,
    OverLimit,
    ScopeKind,
    draw_order,
    member_limits,
    plan_draws,
    split_capture,
)
from bot.domain.periods import Period

NOW = 1000
GRANTS = st.lists(
    st.builds(
        Grant,
        grant_id=st.integers(1, 9),
        kind=st.sampled_from([ScopeKind.MEMBER, ScopeKind.CHANNEL]),
        subject_id=st.just(1),
        amount_micros=st.integers(1, 200_000),
        spent_micros=st.integers(0, 50_000),
        held_micros=st.integers(0, 50_000),
        expires_at=st.one_of(st.none(), st.integers(NOW - 2, NOW + 5)),
        reason=st.just("x"),
    ),
    max_size=5,
    unique_by=lambda grant: grant.grant_id,
)


def _grant(number: int, kind: ScopeKind, amount: int, expires_at: int | None = None) -> Grant:
    return Grant(number, kind, 1, amount, 0, 0, expires_at, "x")


def test_own_then_roles_then_default() -> None:
    """For each period by itself: one's own limit, else the highest of one's roles', else the default, else none."""
    own = {Period.DAY: 0}
    roles = [{Period.DAY: 9, Period.WEEK: 3}, {Period.WEEK: 5}]
    default = {Period.DAY: 7, Period.WEEK: 7, Period.MONTH: 7}

    assert member_limits(own, roles, default) == {Period.DAY: 0, Period.WEEK: 5, Period.MONTH: 7}
    assert member_limits({}, [], {}) == {}


def test_draw_order() -> None:
    """The channel's purse before the member's, each soonest expiry first, those without end last."""
    grants = [
        _grant(1, ScopeKind.MEMBER, 5, NOW + 1),
        _grant(2, ScopeKind.CHANNEL, 5),
        _grant(3, ScopeKind.CHANNEL, 5, NOW + 9),
        _grant(4, ScopeKind.MEMBER, 5),
        _grant(5, ScopeKind.MEMBER, 5, NOW),
    ]

    assert [grant.grant_id for grant in draw_order(grants, NOW)] == [3, 2, 1, 4]


def test_plan_fills_up_from_the_limit() -> None:
    """What no grant covers falls to the member's own limit."""
    grants = [_grant(1, ScopeKind.CHANNEL, 30), _grant(2, ScopeKind.MEMBER, 20)]

    assert plan_draws(80, grants, NOW) == (
        Draw(1, from_channel=True, amount_micros=30),
        Draw(2, from_channel=False, amount_micros=20),
        Draw(None, from_channel=False, amount_micros=30),
    )
    assert plan_draws(30, grants, NOW) == (Draw(1, from_channel=True, amount_micros=30),)


@given(price=st.integers(0, 500_000), grants=GRANTS)
def test_draws_add_up(price: int, grants: list[Grant]) -> None:
    """Draws add up to the price, no grant gives more than it has left, and none that has expired gives anything."""
    draws = plan_draws(price, grants, NOW)
    by_id = {grant.grant_id: grant for grant in grants}

    assert sum(draw.amount_micros for draw in draws) == price
    for draw in draws:
        if draw.grant_id is not None:
            grant = by_id[draw.grant_id]
            assert 0 < draw.amount_micros <= grant.left_micros
            assert grant.expires_at is None or grant.expires_at > NOW


@given(price=st.integers(0, 500_000), grants=GRANTS, share=st.floats(0, 1))
def test_captures_split_as_drawn(price: int, grants: list[Grant], share: float) -> None:
    """A smaller capture is spent from the first draws on, none beyond its part, and adds up."""
    draws = plan_draws(price, grants, NOW)
    captured = int(price * share)
    spent = split_capture(draws, captured)

    assert sum(part.amount_micros for part in spent) == captured
    assert [part.grant_id for part in spent] == [draw.grant_id for draw in draws]
    used_up = [part.amount_micros == draw.amount_micros for part, draw in zip(spent, draws, strict=True)]
    assert sum(part.amount_micros > 0 for part in spent) <= used_up.count(True) + 1


def test_capture_above_its_hold() -> None:
    """More than was held cannot be captured."""
    with pytest.raises(ValueError, match="above its hold"):
        split_capture(plan_draws(80, [], NOW), 81)


@pytest.mark.parametrize(("limit", "left"), [(None, None), (0, 0), (100, 30), (50, 0)])
def test_what_is_left(limit: int | None, left: int | None) -> None:
    """Left is limit less spent less held, never below zero, and nothing that can be said without a limit."""
    line = BudgetLine(ScopeKind.MEMBER, Period.DAY, limit, 40, 30, None)

    assert line.left_micros == left


def test_over_limit_knows_the_whole_price() -> None:
    """A refusal knows what all pictures together would have cost."""
    line = BudgetLine(ScopeKind.MEMBER, Period.DAY, 100, 0, 0, None)

    assert OverLimit(line, price_micros=80_000, count=3).total_micros == 240_000
