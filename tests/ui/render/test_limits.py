"""No message breaks a limit of Discord's or pings anybody, whatever members wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from discord import ui
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.budget import BudgetLine, Grant, LedgerEntry, OverLimit, ScopeKind
from bot.domain.clock import DAY, MINUTE
from bot.domain.errors import BadImage
from bot.domain.jobs import Job, PredictionState
from bot.domain.models import MAX_PROMPT_CHARS
from bot.domain.money import MAX_AMOUNT_MICROS
from bot.domain.parameters import MAX_COUNT
from bot.domain.periods import Period
from bot.services.money.budgets import BudgetView
from bot.services.ports.messages import Link
from bot.texts.templates import Refusal
from bot.ui.render.budget import render_budget
from bot.ui.render.jobs import render_job, render_jobs
from bot.ui.render.manage.money import render_grant_given
from bot.ui.render.refusals import render_refusal
from bot.ui.render.result import render_result
from bot.ui.render.status import render_status
from tests.ui.render.limits import WORST, check, hostile_jobs, long_and_hostile
from tests.ui.samples import CENTS, MEMBER, NOW, job, picture, prediction, snapshot
from tests.wire.discord_fake.component_rules import check_components

S = PredictionState


@settings(deadline=None, max_examples=60)
@given(hostile_jobs(), st.booleans(), st.none() | st.integers(1, 10_000))
def test_status_messages(of: Job, late: bool, place: int | None) -> None:  # noqa: FBT001 - a drawn value
    """Every stage, with any words."""
    told = {"late_told_at": NOW} if late else {}
    check(render_status(snapshot(_with(of, **told), place=place, held_up_by="x" * 200)))


@settings(deadline=None, max_examples=60)
@given(hostile_jobs(), st.lists(st.sampled_from([picture(), Link("https://c.example/" + "<" * 190, NOW)]), max_size=4))
def test_result_messages(of: Job, pictures: list[Any]) -> None:
    """Any mixture of pictures and links; the requester alone may be named."""
    check(render_result(of, pictures), may_name=frozenset({f"<@{MEMBER}>"}))


@settings(deadline=None, max_examples=40)
@given(hostile_jobs())
def test_job_messages(of: Job) -> None:
    """The list and the single job; the list names members without pinging them, being sent with nobody allowed."""
    name = frozenset({f"<@{MEMBER}>"})
    check(render_job(of, [picture(n) for n in range(1, 5)]), may_name=name)
    check(render_jobs([of] * 10, of_server=True), may_name=name)


@settings(deadline=None, max_examples=60)
@given(long_and_hostile)
def test_refusals(words: str) -> None:
    """Sentences quote what was typed, and may be endless."""
    check(render_refusal(BadImage(Refusal("{filename}: {words}", advice="{words}"), words=words, filename=words)))


@settings(deadline=None, max_examples=40)
@given(long_and_hostile, st.integers(0, 30))
def test_budgets(words: str, count: int) -> None:
    """Four scopes in four periods with the largest amounts, and more grants and entries than fit."""
    lines = tuple(
        BudgetLine(kind, period, MAX_AMOUNT_MICROS, MAX_AMOUNT_MICROS - 1, 1, NOW + DAY)
        for kind in (ScopeKind.MEMBER, ScopeKind.CHANNEL, ScopeKind.SERVER, ScopeKind.BOT)
        for period in Period
    )
    grant = Grant(1, ScopeKind.CHANNEL, 1, MAX_AMOUNT_MICROS, 0, 0, NOW, words)
    entry = LedgerEntry(words[:20], -MAX_AMOUNT_MICROS, "4F7K", MEMBER, words, NOW, NOW)
    jobs = (job(S.QUEUED),) * count
    view = BudgetView(MEMBER, lines, (grant,) * count, (grant,) * count, (entry,) * count, jobs)

    check(render_budget(view, viewer_id=1), may_name=frozenset({f"<@{MEMBER}>"}))
    check(render_grant_given(grant, target_id=1))


@pytest.mark.parametrize(
    "render",
    [
        lambda: render_status(snapshot(_worst(S.QUEUED), place=999, held_up_by="x" * 300)),
        lambda: render_status(snapshot(_worst(S.UNKNOWN), at=NOW + 300 * MINUTE)),
        lambda: render_result(_worst(S.COMPLETED), [picture(n) for n in range(1, 5)]),
        lambda: render_result(_worst(S.COMPLETED), [Link("https://c.example/" + "x" * 282, NOW)] * 4),
        lambda: render_job(_worst(S.COMPLETED), [Link("https://c.example/" + "x" * 282, NOW)] * 4),
        lambda: render_refusal(OverLimit(_line(), price_micros=MAX_AMOUNT_MICROS, count=4)),
    ],
)
def test_the_worst_case_fits_with_room_to_spare(render: Callable[[], ui.LayoutView]) -> None:
    """Five references, four outputs and 2,000 marks that each need escaping: nothing has to be cut."""
    view = render()

    assert check_components(view.to_components(), v2=True) == []
    assert view.content_length() <= 4000
    assert view.total_children_count <= 40


def _worst(state: PredictionState) -> Job:
    predictions = [prediction(state, n, seed=2_147_483_640 + n) for n in range(1, MAX_COUNT + 1)]
    return job(*predictions, references=WORST, prompt="*" * MAX_PROMPT_CHARS)


def _line() -> BudgetLine:
    return BudgetLine(ScopeKind.BOT, Period.MONTH, MAX_AMOUNT_MICROS, MAX_AMOUNT_MICROS - CENTS, CENTS, NOW)


def _with(of: Job, **facts: Any) -> Job:
    return job(*of.predictions, references=of.references, prompt=of.prompt, **facts)
