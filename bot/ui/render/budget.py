"""Budgets as messages: what may still be spent, what runs, and what was spent lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from discord import ui

from bot import texts
from bot.domain.budget import BudgetLine, Grant, LedgerEntry, ScopeKind
from bot.domain.jobs import Job, PredictionState
from bot.domain.money import Micros, format_usd
from bot.domain.periods import Period
from bot.services.money.budgets import BudgetView
from bot.ui.render.escape import words
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, bar, day, facts, heading, relative, small

_REASON_CHARS = 60
_KEPT_FOR_LATELY = 400
_KEPT_FOR_RUNNING = 200
_REASONS: dict[str, str] = {
    **texts.status.FAILED_BRIEFLY,
    PredictionState.CANCELLED.value: texts.status.CANCELLED_BRIEFLY,
    PredictionState.WITHHELD.value: texts.safety.WITHHELD_SHORT,
}
"""Why nothing came of a picture, as the ledger and its jobs record it."""


def render_budget(view: BudgetView, *, viewer_id: int) -> ui.LayoutView:
    """The answer to `/budget`: the member's own periods first, then the pools, grants, what runs and what was lately.

    `viewer_id` is who asked: a moderator may look at another's. What does not fit is counted.
    """
    is_own = view.member_id == viewer_id
    title = texts.budgets.YOUR_BUDGET if is_own else texts.budgets.BUDGET_OF.format(member_id=view.member_id)
    layout = Layout(Accent.WORKING).text(heading(title))
    layout.text("" if view.lines else texts.budgets.NOTHING_LIMITS)
    for kind, of_kind in groupby(sorted(view.lines, key=_place), key=lambda line: line.kind):
        layout.text(*_scope(kind, of_kind))
    grants = [_grant(grant) for grant in (*view.grants, *view.channel_grants)]
    _section(layout, texts.budgets.GRANTS, grants, keep_chars=_KEPT_FOR_RUNNING + _KEPT_FOR_LATELY)
    _section(layout, texts.budgets.RUNNING, [_running(job) for job in view.open_jobs], keep_chars=_KEPT_FOR_LATELY)
    _section(layout, texts.budgets.LATELY, [_entry(entry) for entry in view.entries], keep_chars=0)
    return layout.build()


def budget_line(line: BudgetLine) -> str:
    """One period: `month: limit $5.00 · spent $0.08 · held $0.00 · left $4.92`."""
    limit = texts.budgets.NO_LIMIT if line.limit_micros is None else format_usd(line.limit_micros)
    left = texts.budgets.UNLIMITED if line.left_micros is None else format_usd(line.left_micros)
    spent, held = format_usd(line.spent_micros), format_usd(line.held_micros)
    return texts.budgets.BUDGET_LINE.format(period=line.period.value, limit=limit, spent=spent, held=held, left=left)


def spending_bar(line: BudgetLine) -> str:
    """How much of a limit is used, as ten characters; nothing where there is no limit."""
    if line.limit_micros is None:
        return ""
    used = line.spent_micros + line.held_micros
    return bar(used / line.limit_micros if line.limit_micros else 1.0, is_over=used >= line.limit_micros)


def _scope(kind: ScopeKind, lines: Iterable[BudgetLine]) -> Iterator[str]:
    """One scope's periods; the member's own stand first and need no title."""
    if kind is not ScopeKind.MEMBER:
        yield f"**{texts.budgets.SCOPES[kind]}**"
    for line in lines:
        yield budget_line(line)
        yield spending_bar(line)
        if line.limit_micros is not None and line.ends_at is not None:
            yield small(texts.budgets.BEGINS_AGAIN.format(when=relative(line.ends_at)))


def _place(line: BudgetLine) -> tuple[int, int]:
    return list(ScopeKind).index(line.kind), list(Period).index(line.period)


def _section(layout: Layout, title: str, lines: Sequence[str], *, keep_chars: int) -> None:
    if lines:
        listed = [f"{title}\n{lines[0]}", *lines[1:]]
        layout.separator().listing(listed, more=texts.budgets.MORE_LINES, keep_chars=keep_chars)


def _grant(grant: Grant) -> str:
    line = texts.budgets.GRANT_FOR_CHANNEL if grant.kind is ScopeKind.CHANNEL else texts.budgets.GRANT_LINE
    return facts(
        line.format(left=format_usd(grant.left_micros), amount=format_usd(grant.amount_micros)),
        "" if grant.expires_at is None else texts.budgets.UNTIL.format(when=day(grant.expires_at)),
        words(grant.reason, _REASON_CHARS),
    )


def _running(job: Job) -> str:
    return facts(
        f"`{job.job_id}` {texts.jobs.STATES[job.stage]}", texts.status.HELD.format(amount=format_usd(job.held_micros))
    )


def _entry(entry: LedgerEntry) -> str:
    if entry.kind == "job":
        return _job_entry(entry)
    reason = _reason(entry)
    until = "" if entry.expires_at is None else texts.budgets.UNTIL.format(when=day(entry.expires_at))
    what = texts.budgets.ENTRY_KINDS.get(entry.kind, words(entry.kind, _REASON_CHARS))
    if entry.kind == "grant" and entry.actor_member_id is not None:
        what = texts.budgets.GRANT_FROM.format(member_id=entry.actor_member_id)
    job = texts.results.MARK.format(job_id=entry.job_id) if entry.job_id else ""
    said = facts(job, f"{what}: {reason}" if reason else what, until, relative(entry.entered_at))
    return f"`{_signed(entry.amount_micros)}` {said}"


def _job_entry(entry: LedgerEntry) -> str:
    """What a job came to: `-$0.24` 3 pictures · $0.08 came back: cancelled … · job 4F7K."""
    returned, why = format_usd(entry.returned_micros), _reason(entry)
    said = facts(
        texts.results.PICTURES.format(count=entry.pictures),
        (texts.budgets.CAME_BACK_WHY if why else texts.budgets.CAME_BACK_ONLY).format(amount=returned, why=why)
        if entry.returned_micros
        else "",
        texts.results.MARK.format(job_id=entry.job_id),
        relative(entry.entered_at),
    )
    return f"`{_signed(entry.amount_micros)}` {said}"


def _reason(entry: LedgerEntry) -> str:
    return _REASONS.get(entry.reason) or words(entry.reason, _REASON_CHARS)


def _signed(amount: Micros) -> str:
    return f"+{format_usd(amount)}" if amount > 0 else format_usd(amount)
