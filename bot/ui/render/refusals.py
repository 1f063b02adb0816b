"""Refusals and errors as messages for the one who asked: what happened, what it means for the money, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from discord import ui

from bot import texts
from bot.domain.approvals import NeedsApproval
from bot.domain.budget import BudgetLine, OverLimit, ScopeKind
from bot.domain.errors import EaselError, Frozen, NotSold, SeveralFaults, Unavailable
from bot.domain.money import format_usd
from bot.ui.render.budget import budget_line, spending_bar
from bot.ui.render.buttons import ask_button
from bot.ui.render.escape import words
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, relative, small

_SENTENCE_CHARS = 500
_MOST_LINES = 6
_WAITS = (Frozen, NeedsApproval, NotSold, Unavailable)


def render_refusal(error: EaselError) -> ui.LayoutView:
    """Any expected refusal, to be shown in private. Its words are taken as plain text: they may quote a member."""
    if isinstance(error, OverLimit):
        return _over_limit(error)
    accent = Accent.WAITING if isinstance(error, _WAITS) else Accent.FAILED
    layout = Layout(accent).text(heading(words(error.title, _SENTENCE_CHARS)))
    lines = error.lines if isinstance(error, SeveralFaults) else (error.sentence,)
    said = [words(line, _SENTENCE_CHARS) for line in lines[:_MOST_LINES]]
    layout.text(*(said if len(said) == 1 else [texts.errors.ONE_OF_SEVERAL.format(said=each) for each in said]))
    layout.text(words(error.advice, _SENTENCE_CHARS))
    money = words(error.money, _SENTENCE_CHARS)
    if isinstance(error, NeedsApproval) and error.draft_id is not None:
        layout.buttons(ask_button(error.draft_id))
    return layout.text(small(money) if money else "").build()


def render_unexpected(reference: str) -> ui.LayoutView:
    """A bug, as a member reads it; `reference` is what its log line can be found by."""
    layout = Layout(Accent.FAILED).text(heading(texts.errors.UNEXPECTED_TITLE))
    layout.text(texts.errors.UNEXPECTED.format(reference=reference.replace("`", "")))
    return layout.text(small(texts.errors.UNEXPECTED_MONEY)).build()


def _over_limit(error: OverLimit) -> ui.LayoutView:
    line = error.line
    layout = Layout(Accent.WAITING).text(heading(_over_budget(line)), _price(error))
    layout.text(texts.budgets.WHOSE_LIMIT[line.kind], budget_line(line), spending_bar(line), *_next_steps(error))
    if error.draft_id is not None:
        layout.buttons(ask_button(error.draft_id))
    return layout.text(small(texts.status.NOTHING_SPENT)).build()


def _over_budget(line: BudgetLine) -> str:
    return texts.budgets.OVER_BUDGET[line.kind].format(period=texts.budgets.IN_PERIOD[line.period])


def _price(error: OverLimit) -> str:
    return texts.budgets.COSTS[error.line.kind].format(
        count=error.count,
        total=format_usd(error.total_micros),
        price=format_usd(error.price_micros),
        left=format_usd(error.line.left_micros or 0),
    )


def _next_steps(error: OverLimit) -> Iterator[str]:
    line = error.line
    if line.limit_micros == 0:
        yield texts.budgets.STOPPED_BY_OPERATOR if line.kind is ScopeKind.BOT else texts.budgets.STOPPED
        return
    fitting = _how_many_fit(error)
    if fitting:
        yield texts.budgets.FEWER_FIT.format(count=fitting)
    yield (
        texts.budgets.MORE_NEVER
        if line.ends_at is None
        else texts.budgets.MORE_COMES[line.kind].format(when=relative(line.ends_at))
    )


def _how_many_fit(error: OverLimit) -> int:
    return (error.line.left_micros or 0) // error.price_micros if error.price_micros else 0
