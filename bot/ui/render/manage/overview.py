"""A server on one screen: money with a bar, who and where, what runs, what failed, and the ways on from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from discord import ButtonStyle, ui

from bot import texts
from bot.domain.jobs import Stage
from bot.domain.money import format_usd
from bot.domain.spending import By, ReportRow
from bot.services.money.overview import Overview, ProviderAccount
from bot.ui.render.actions import ActionButton
from bot.ui.render.budget import budget_line, spending_bar
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, facts, heading, relative, small

_TOP = 3
_MANY = 50
_RUNNING = (Stage.PAINTING, Stage.SENDING, Stage.WAITING, Stage.CHECKING, Stage.REVIEW)


def render_overview(view: Overview, reported: int = 0) -> ui.LayoutView:
    """The answer to `/manage overview`; `reported` pictures wait for a decision."""
    waits = view.is_paused or view.standings.undecided or reported
    layout = Layout(Accent.WAITING if waits else Accent.CALM)
    layout.text(heading(texts.overview.OVERVIEW.format(period=texts.budgets.IN_PERIOD[view.period])))
    layout.text(*_money(view)).separator()
    layout.text(*_shares(texts.overview.TOP_MEMBERS, By.MEMBER, view.by_member))
    layout.text(*_shares(texts.overview.TOP_CHANNELS, By.CHANNEL, view.by_channel))
    if view.by_member or view.by_channel:
        layout.separator()
    layout.text(*_now(view), texts.overview.REPORTED.format(count=reported) if reported else "")
    if view.account is not None:
        layout.separator().text(*_account(view.account))
    layout.buttons(
        _way("report", texts.overview.OPEN_REPORT, ButtonStyle.primary),
        _way("jobs", texts.overview.OPEN_JOBS),
        _way("audit", texts.audit.OPEN_AUDIT),
        _way("settings", texts.overview.OPEN_SETTINGS),
    )
    layout.buttons(
        _way("refresh", texts.overview.REFRESH),
        *([_way("reported", texts.overview.OPEN_REPORTED)] if reported else []),
        _way("resume", texts.overview.RESUME)
        if view.is_paused
        else _way("pause", texts.overview.PAUSE, ButtonStyle.danger),
    )
    return layout.text(small(texts.overview.AS_OF.format(when=relative(view.taken_at)))).build()


def _way(name: str, label: str, style: ButtonStyle = ButtonStyle.secondary) -> ActionButton:
    return ActionButton("desk", name, label=label, style=style)


def _money(view: Overview) -> Iterator[str]:
    standings = view.standings
    if view.is_paused:
        yield texts.overview.IS_PAUSED
    if view.line is None:
        yield texts.overview.UNLIMITED_LINE.format(
            period=view.period.value, spent=format_usd(standings.spent_micros), held=format_usd(standings.held_micros)
        )
    else:
        yield spending_bar(view.line)
        yield budget_line(view.line)
    yield facts(
        texts.results.PICTURES.format(count=standings.pictures),
        texts.overview.MEMBERS.format(count=standings.members),
        _failed(standings.failed, view.ended),
    )


def _failed(failed: int, ended: int) -> str:
    """A count as long as one picture more or less would move a percentage by much."""
    if ended < _MANY:
        return texts.overview.FAILED_OF.format(failed=failed, ended=ended)
    return texts.overview.FAILED_RATE.format(rate=f"{failed / ended * 100:.1f}")


def _shares(title: str, by: By, rows: Sequence[ReportRow]) -> Iterator[str]:
    """Who or where most was spent, the others together, and what the server itself carries: as much as was spent."""
    if not rows:
        return
    named = [row for row in rows if row.key is not None]
    parts = [(row.spent_micros, _who(by, row)) for row in named[:_TOP]]
    others = named[_TOP:]
    if others:
        parts.append((sum(row.spent_micros for row in others), texts.spending.OTHERS.format(count=len(others))))
    parts += [(row.spent_micros, texts.spending.WITHOUT[by]) for row in rows if row.key is None]
    yield title
    yield facts(*(f"`{format_usd(amount)}` {who}" for amount, who in parts))


def _who(by: By, row: ReportRow) -> str:
    if isinstance(row.key, int):
        return f"<@{row.key}>" if by is By.MEMBER else f"<#{row.key}>"
    return str(row.key)


def _now(view: Overview) -> Iterator[str]:
    standings = view.standings
    running = [f"{view.stages[stage]} {texts.jobs.STATES[stage]}" for stage in _RUNNING if view.stages.get(stage)]
    yield texts.overview.NOW.format(what=facts(*running) or texts.overview.NOTHING_RUNS)
    if standings.open_holds:
        yield texts.overview.OPEN_HOLDS.format(count=standings.open_holds, amount=format_usd(standings.held_micros))
    if standings.undecided:
        yield texts.overview.UNDECIDED.format(count=standings.undecided)
    if standings.late:
        yield texts.overview.LATE_JOBS.format(count=standings.late)
    if standings.failures:
        reasons = (f"{count} {texts.status.FAILED_BRIEFLY[reason]}" for reason, count in standings.failures)
        yield texts.overview.FAILED_THIS_WEEK.format(what=facts(*reasons))


def _account(account: ProviderAccount) -> Iterator[str]:
    balance = texts.overview.BALANCE_UNKNOWN if account.balance is None else f"${account.balance:,.2f}"
    yield texts.overview.PROVIDER.format(balance=balance)
    yield small(
        texts.overview.TIER.format(
            in_flight=account.in_flight,
            concurrent=account.limits.max_concurrent,
            per_minute=account.limits.max_per_minute,
        ),
        texts.overview.ONLY_YOU,
    )
