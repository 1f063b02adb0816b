"""A spending report as a message, a chart and a table for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO

from discord import ui

from bot import texts
from bot.domain.money import MICROS_PER_DOLLAR, format_usd
from bot.domain.spending import By, ReportRow, SpendingReport
from bot.ui.render.escape import words
from bot.ui.render.layout import Layout, Shown
from bot.ui.render.theme import Accent, heading, small

CHART_FILENAME, TABLE_FILENAME = "easel-report.png", "easel-report.csv"
COLUMNS = ("by", "id", "name", "pictures", "spent_usd", "held_usd")
"""The table's columns; they keep their names and order, new ones come last."""

CHARTED = 12
"""So many rows have a bar of their own."""

_LISTED = 15
_NAME_CHARS = 40
# "CSV Injection" (owasp.org): a cell that begins with one of these may be run by a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

NameOf = Callable[[int], str | None]
"""The name of a member, role or channel in this server, where Discord's library knows it."""


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The files that go with the message."""

    chart: bytes
    table: bytes


def render_spending(report: SpendingReport) -> ui.LayoutView:
    """The answer to `/manage report`; its two files are attached by the sender."""
    title = texts.spending.REPORT.format(by=texts.spending.BY[report.by], period=texts.budgets.IN_PERIOD[report.period])
    layout = Layout(Accent.CALM).text(heading(title))
    spent, held = format_usd(report.spent_micros), format_usd(report.held_micros)
    pictures = texts.results.PICTURES.format(count=report.pictures)
    layout.text(texts.spending.REPORT_TOTAL.format(spent=spent, held=held, pictures=pictures))
    if not report.rows:
        return layout.text(texts.spending.NOTHING_SPENT).build()
    layout.gallery([Shown(f"attachment://{CHART_FILENAME}", title)])
    lines = [_line(report.by, row) for row in report.rows[:_LISTED]]
    rest = len(report.rows) - len(lines)
    layout.text(*lines, texts.rules.MORE.format(count=rest) if rest else "")
    layout.file(f"attachment://{TABLE_FILENAME}")
    days = texts.spending.DAYS.format(first=report.first_day.isoformat(), last=report.last_day.isoformat())
    by_role = texts.spending.HIGHEST_ROLE if report.by is By.ROLE else ""
    return layout.text(small(days, texts.spending.FROM_LEDGER, by_role)).build()


def report_files(report: SpendingReport, name_of: NameOf) -> ReportFiles:
    """Draw the chart and write the table; runs in a thread, it takes a while."""
    from bot.ui.render.manage.charts import draw_bars, draw_days  # noqa: PLC0415 - matplotlib would double the time of a start

    title = texts.spending.REPORT.format(by=texts.spending.BY[report.by], period=texts.budgets.IN_PERIOD[report.period])
    if report.by is By.DAY:
        spent = {str(row.key): _dollars(row) for row in report.rows}
        days = _every_day(min(spent), max(spent))
        chart = draw_days(days, [spent.get(day, 0.0) for day in days], title)
    else:
        shown = [(name_for(report.by, row, name_of), _dollars(row)) for row in report.rows[:CHARTED]]
        if others := report.rows[CHARTED:]:
            shown.append((texts.spending.OTHERS.format(count=len(others)), sum(map(_dollars, others))))
        chart = draw_bars([name for name, _ in shown], [amount for _, amount in shown], title)
    return ReportFiles(chart, write_table(report, name_of))


def _every_day(first: str, last: str) -> list[str]:
    """All days from the first to the last: one without spending is a gap in the chart, not a missing column."""
    began, days = date.fromisoformat(first), date.fromisoformat(last) - date.fromisoformat(first)
    return [(began + timedelta(days=n)).isoformat() for n in range(days.days + 1)]


def write_table(report: SpendingReport, name_of: NameOf) -> bytes:
    """All rows as CSV in UTF-8; no cell can be taken for a formula, amounts have six decimals."""
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for row in report.rows:
        words_of_row = (
            report.by.value,
            "" if row.key is None else str(row.key),
            name_for(report.by, row, name_of),
        )
        figures = (str(row.pictures), _exact(row.spent_micros), _exact(row.held_micros))
        writer.writerow([*map(_harmless, words_of_row), *figures])
    return table.getvalue().encode()


def name_for(by: By, row: ReportRow, name_of: NameOf) -> str:
    """What a row is called in chart and table: a name where one is known, else what identifies it."""
    if row.key is None:
        return texts.spending.WITHOUT[by]
    if isinstance(row.key, int):
        return name_of(row.key) or str(row.key)
    return row.key.removeprefix("wavespeed-ai/")


def _line(by: By, row: ReportRow) -> str:
    match by, row.key:
        case By.MEMBER, int(key):
            what = f"<@{key}>"
        case By.ROLE, int(key):
            what = f"<@&{key}>"
        case By.CHANNEL, int(key):
            what = f"<#{key}>"
        case _, None:
            what = texts.spending.WITHOUT[by]
        case _, key:
            what = words(str(key).removeprefix("wavespeed-ai/"), _NAME_CHARS)
    held = texts.spending.AND_HELD.format(amount=format_usd(row.held_micros)) if row.held_micros else ""
    return f"`{format_usd(row.spent_micros)}` {what}{held}"


def _dollars(row: ReportRow) -> float:
    return row.spent_micros / MICROS_PER_DOLLAR


def _exact(micros: int) -> str:
    sign = "-" if micros < 0 else ""
    whole, part = divmod(abs(micros), MICROS_PER_DOLLAR)
    return f"{sign}{whole}.{part:06d}"


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
