"""The verb `reconcile`: hold the ledger against the provider's bill, and print each difference in one line."""

from __future__ import annotations

import asyncio

from bot.cli.books import open_books
from bot.cli.provider import open_session, provider_of
from bot.domain.clock import Clock, SystemClock
from bot.domain.errors import OperatorError
from bot.domain.money import format_usd
from bot.domain.predictions import ProviderError
from bot.services.money.reconciling import Reconciliation, Reconciling
from bot.settings import Settings


class NoBill(OperatorError):
    """The provider's billing could not be read; its sentence is for the operator."""


def reconcile(settings: Settings, days: int) -> int:
    """Compare and book what no member should carry; 0 unless something is left for a person.

    Raises:
        EaselError: there is no database, or the bill cannot be had whole; nothing was booked.
    """
    result = asyncio.run(_reconcile(settings, days, SystemClock()))
    for line in _report(result, days):
        print(line)  # noqa: T201 - what the operator asked for
    return 1 if result.needs_a_person else 0


async def _reconcile(settings: Settings, days: int, clock: Clock) -> Reconciliation:
    async with open_books(settings) as books, open_session() as session:
        provider = provider_of(settings, session, clock)
        try:
            return await Reconciling(books.billing, provider, clock).reconcile(days)
        except ProviderError as error:
            raise NoBill(f"The provider's billing cannot be read: {error.detail}. Nothing was booked.") from error


def _report(result: Reconciliation, days: int) -> list[str]:
    lines = [
        f"job {each.job_id or 'none'}, prediction {each.provider_id}: ours {format_usd(each.ours_micros)}, "
        f"theirs {format_usd(each.theirs_micros)}: {each.finding}"
        for each in result.differences
    ]
    lines.append(
        f"total (days: {days}, predictions: {result.compared}): "
        f"ours {format_usd(result.ours_micros)}, theirs {format_usd(result.theirs_micros)}, "
        f"booked on servers' own accounts {format_usd(result.booked_micros)}"
    )
    return lines
