"""The figures of `/manage overview`: spending, queue, failures, open decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import structlog

from bot.db.stores import Stores
from bot.domain.budget import BudgetLine, ScopeKind
from bot.domain.clock import DAY, Clock, Instant
from bot.domain.gate import ProviderLimits
from bot.domain.jobs import Stage
from bot.domain.orders import Requester
from bot.domain.periods import Period, first_day_of, local_day
from bot.domain.predictions import ProviderError
from bot.domain.spending import By, ReportRow, Standings
from bot.services.money.spending import EVER
from bot.services.ports.provider import Provider
from bot.services.rights import Actor, require_manage

log = structlog.get_logger(__name__)

_FAILED_FOR = 7 * DAY


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """What only the operator sees: the balance in dollars (None: the provider did not say) and the tier's limits."""

    balance: Decimal | None
    limits: ProviderLimits
    in_flight: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the screen; `line` is the server's broadest limit, or None where nothing limits it.

    `by_member` and `by_channel` have everything that was spent, the largest first; the server's own account is nobody.
    """

    period: Period
    line: BudgetLine | None
    standings: Standings
    by_member: tuple[ReportRow, ...]
    by_channel: tuple[ReportRow, ...]
    stages: Mapping[Stage, int]
    is_paused: bool
    taken_at: Instant
    account: ProviderAccount | None = None

    @property
    def ended(self) -> int:
        """How many of the pictures that were asked for came or failed."""
        return self.standings.pictures + self.standings.failed


class Overviews:
    """Puts the screen together."""

    def __init__(self, stores: Stores, provider: Provider, limits: ProviderLimits, clock: Clock) -> None:
        self._stores = stores
        self._provider = provider
        self._limits = limits
        self._clock = clock

    async def overview(self, actor: Actor, *, is_paused: bool, for_operator: bool) -> Overview:
        """The server as it stands now.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(actor)
        now, guild_id, stores = self._clock.now(), actor.guild_id, self._stores
        line = await self._line(actor, now)
        period = Period.MONTH if line is None else line.period
        today = local_day(now, await stores.budgets.zone(guild_id))
        first = first_day_of(period, today) or EVER
        return Overview(
            period=period,
            line=line,
            standings=await stores.overview.standings(guild_id, first, now - _FAILED_FOR),
            by_member=_spent(await stores.spending.spending(guild_id, By.MEMBER, first, today)),
            by_channel=_spent(await stores.spending.spending(guild_id, By.CHANNEL, first, today)),
            stages=Counter(job.stage for job in await stores.jobs.open_jobs_of(guild_id)),
            is_paused=is_paused,
            taken_at=now,
            account=await self._account(now) if for_operator else None,
        )

    async def _line(self, actor: Actor, now: Instant) -> BudgetLine | None:
        """The server's limit for the longest period that has one, `total` aside where there is another."""
        nowhere = Requester(actor.member_id, actor.guild_id, 0, 0, ())
        lines = [line for line in await self._stores.budgets.budget(nowhere, now) if line.kind is ScopeKind.SERVER]
        limited = {line.period: line for line in lines if line.limit_micros is not None}
        order = (*(period for period in reversed(Period) if period is not Period.TOTAL), Period.TOTAL)
        return next((limited[period] for period in order if period in limited), None)

    async def _account(self, now: Instant) -> ProviderAccount:
        try:
            balance = await self._provider.balance()
        except ProviderError as error:
            log.warning("overview.no_balance", detail=error.detail)
            balance = None
        return ProviderAccount(
            balance, self._limits, (await self._stores.jobs.traffic(now, self._limits.max_per_minute)).in_flight
        )


def _spent(rows: tuple[ReportRow, ...]) -> tuple[ReportRow, ...]:
    return tuple(sorted((row for row in rows if row.spent_micros), key=lambda row: (-row.spent_micros, str(row.key))))
