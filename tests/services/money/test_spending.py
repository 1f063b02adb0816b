"""Reports add up: whatever they are broken down by, their rows are the ledger's entries and nothing else."""

from __future__ import annotations

import csv
from collections.abc import AsyncGenerator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from bot.db.billing import BillingStore
from bot.domain.errors import NotAllowed
from bot.domain.images import StoredImage
from bot.domain.jobs import Job, Output
from bot.domain.marks import Mark
from bot.domain.models import MAX, MAX_MULTI
from bot.domain.periods import Period
from bot.domain.spending import By, ReportRow, SpendingReport
from bot.services.money.spending import Spending
from bot.services.rights import Actor
from bot.ui.render.manage.spending import COLUMNS, report_files, write_table
from tests.services.parts import ANN, BEN, GUILD, Parts, open_parts

MODERATOR = Actor(13, GUILD, can_manage=True)
PRICE = MAX.price_micros
IMAGE = StoredImage("f" * 64, "image/png", 8, 8, 99)
TODAY = date(2027, 1, 15)


@pytest.fixture(name="parts")
async def _parts(tmp_path: Path) -> AsyncGenerator[Parts]:
    async with open_parts(tmp_path) as parts:
        yield parts


async def paid(parts: Parts, member: int, *, pictures: int = 1) -> Job:
    """A job whose first picture was paid; the others are still held."""
    job = await parts.admitted(member, pictures=pictures, model=MAX if member == ANN else MAX_MULTI)
    attempt = await parts.sent(job)
    now = parts.clock.now()
    await parts.stores.jobs.attempt_accepted(attempt, f"p{job.job_id}", now)
    await parts.stores.images.keep(IMAGE, now)
    first = job.predictions[0].prediction_id
    await parts.stores.jobs.complete(first, [Output(IMAGE, Mark.CLEAN)], now, now)
    return job


async def eventful(parts: Parts) -> Spending:
    """Captures, a hold, a void, a refund, and something that the server carries."""
    await paid(parts, ANN)
    await paid(parts, BEN, pictures=2)
    refunded = await paid(parts, BEN)
    cancelled = await parts.admitted(ANN)
    now = parts.clock.now()
    await parts.stores.jobs.cancel_queued(cancelled.job_id, ANN, now)
    await parts.stores.moderation.refund(refunded.job_id, reason="blurred", by_member_id=13, at=now)
    carried = cancelled.predictions[0].prediction_id
    await BillingStore(parts.database).adjust(carried, 30_000, reason="withheld", at=now)
    return Spending(parts.stores.spending, parts.stores.budgets, parts.clock)


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("period", Period)
async def test_every_report_adds_up_to_the_server_s_balance(parts: Parts, by: By, period: Period) -> None:
    """Two pictures paid, one refunded, one held, and 3 cents on the server's own account."""
    report = await (await eventful(parts)).report(MODERATOR, period, by)

    assert report.spent_micros == 2 * PRICE + 30_000
    assert report.held_micros == PRICE
    assert report.pictures == 3


async def test_members_stand_by_what_they_spent(parts: Parts) -> None:
    """The largest first; what nobody carries is the server's own."""
    report = await (await eventful(parts)).report(MODERATOR, Period.MONTH, By.MEMBER)

    assert report.rows == (
        ReportRow(BEN, PRICE, PRICE, 2),
        ReportRow(ANN, PRICE, 0, 1),
        ReportRow(None, 30_000, 0, 0),
    )


async def test_reports_are_the_moderators(parts: Parts) -> None:
    """Members see their own budget only."""
    with pytest.raises(NotAllowed):
        await Spending(parts.stores.spending, parts.stores.budgets, parts.clock).report(
            Actor(ANN, GUILD, can_manage=False), Period.DAY, By.DAY
        )


def report_of(*rows: ReportRow, by: By = By.MEMBER) -> SpendingReport:
    return SpendingReport(by, Period.MONTH, TODAY.replace(day=1), TODAY, rows)


def test_the_table_has_stable_columns_and_exact_amounts() -> None:
    """Amounts have six decimals, so that their sum is the ledger's to the micro-dollar."""
    table = write_table(report_of(ReportRow(7, 80_001, -5, 3), ReportRow(None, 1, 0, 0)), lambda _: "ann")

    assert table.decode().splitlines() == [
        ",".join(COLUMNS),
        "member,7,ann,3,0.080001,-0.000005",
        "member,,the server's own account,0,0.000001,0.000000",
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x")'])
def test_no_cell_is_a_formula(name: str) -> None:
    """A member's or channel's name is text, whatever a spreadsheet would make of it."""
    table = write_table(report_of(ReportRow(7, 0, 0, 0)), lambda _: name)
    cell = next(csv.DictReader(StringIO(table.decode(), newline="")))["name"]

    assert cell == f"'{name}"


@pytest.mark.parametrize("by", By)
def test_thousands_of_rows_are_one_chart(by: By) -> None:
    """The chart shows the largest and sums up the others; the table has them all."""
    rows = tuple(ReportRow("2027-01-01" if by is By.DAY else n, 80_000, 0, 1) for n in range(3_000))
    files = report_files(report_of(*rows, by=by), lambda key: f"$name$ {key}")

    assert files.chart.startswith(b"\x89PNG")
    assert len(files.chart) < 500_000
    assert files.table.count(b"\n") == 3_001
