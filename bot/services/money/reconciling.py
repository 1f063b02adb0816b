"""Compares what was booked for each prediction with the provider's bill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.db.billing import BillingStore, Booked
from bot.domain.clock import DAY, Clock, Instant
from bot.domain.money import Micros
from bot.domain.predictions import Bill
from bot.services.ports.provider import Provider

_BOOKED_BECAUSE = "the provider's bill"
_MARGIN = DAY
"""Bills are read from that much earlier, so that no clock that goes wrong by minutes makes a difference of its own."""


class Remedy(StrEnum):
    """What a difference calls for; the words are for the operator."""

    BOOKED = "booked on the server's own account"
    PAID_TOO_MUCH = "for a person: the member paid more than was billed; /manage refund gives it back"
    PAID_TOO_LITTLE = "for a person: the member paid less than was billed; nobody is charged afterwards"
    BELOW_NOTHING = "for a person: the provider gave back more than it took"
    NOT_OURS = "for a person: no job of this bot; does another program use the key?"


@dataclass(frozen=True, slots=True)
class Difference:
    """One prediction on which we and the provider disagree; `job_id` is None where it is none of ours."""

    job_id: str | None
    provider_id: str
    ours_micros: Micros
    theirs_micros: Micros
    finding: Remedy


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How it came out: how many predictions were compared, both sums before anything was booked, and what differs."""

    compared: int
    ours_micros: Micros
    theirs_micros: Micros
    booked_micros: Micros
    differences: tuple[Difference, ...]

    @property
    def needs_a_person(self) -> bool:
        """Whether anything is left that was only found and not booked."""
        return any(each.finding is not Remedy.BOOKED for each in self.differences)


class Reconciling:
    """Compares, and books what no member should carry. It never touches a hold, a capture or a member's room."""

    def __init__(self, store: BillingStore, provider: Provider, clock: Clock) -> None:
        self._store = store
        self._provider = provider
        self._clock = clock

    async def reconcile(self, days: int) -> Reconciliation:
        """Go through the last `days` days.

        The ledger is read before the bill: what we have ended by then, the provider has billed.

        Raises:
            ProviderError: the bill could not be had whole; nothing was booked.
        """
        now = self._clock.now()
        after = now - days * DAY
        booked = await self._store.booked(after)
        lines = await self._provider.bills(after=after - _MARGIN, before=now + _MARGIN)
        billed = _by_prediction(lines)
        strangers = await self._strangers(lines, after, billed)
        differences: list[Difference] = []
        changed: Micros = 0
        for each in booked:
            theirs = billed.get(each.provider_id, 0)
            changed += await self._book(each, theirs)
            finding = _judge(each, theirs)
            if finding is not None:
                differences.append(Difference(each.job_id, each.provider_id, each.ours_micros, theirs, finding))
        return Reconciliation(
            compared=len(booked),
            ours_micros=sum(each.ours_micros for each in booked),
            theirs_micros=sum(billed.get(each.provider_id, 0) for each in booked),
            booked_micros=changed,
            differences=(*differences, *strangers),
        )

    async def _book(self, booked: Booked, theirs: Micros) -> Micros:
        carried = _to_carry(booked, theirs)
        if carried == booked.carried_micros:
            return 0
        return await self._store.adjust(booked.prediction_id, carried, reason=_BOOKED_BECAUSE, at=self._clock.now())

    async def _strangers(
        self, lines: Iterable[Bill], after: Instant, billed: Mapping[str, Micros]
    ) -> tuple[Difference, ...]:
        recent = {
            line.provider_id
            for line in lines
            if line.provider_id is not None and (line.billed_at is None or line.billed_at >= after)
        }
        strange = recent - await self._store.known(recent)
        return tuple(
            Difference(None, each, 0, billed[each], Remedy.NOT_OURS) for each in sorted(strange) if billed[each]
        )


def _by_prediction(lines: Iterable[Bill]) -> Mapping[str, Micros]:
    sums: dict[str, Micros] = defaultdict(int)
    for line in lines:
        if line.provider_id is not None:
            sums[line.provider_id] += line.amount_micros
    return sums


def _to_carry(booked: Booked, theirs: Micros) -> Micros:
    """The part of the bill that is nobody's: all of it without a capture, else what goes beyond the whole hold."""
    paid_for = booked.held_micros if booked.captured_micros else 0
    return max(0, theirs - paid_for)


def _judge(booked: Booked, theirs: Micros) -> Remedy | None:
    if theirs < 0:
        return Remedy.BELOW_NOTHING
    if theirs < booked.captured_micros:
        is_given_back = booked.refunded_micros >= booked.captured_micros - theirs
        return None if is_given_back and not booked.carried_micros else Remedy.PAID_TOO_MUCH
    if 0 < booked.captured_micros < min(theirs, booked.held_micros):
        return Remedy.PAID_TOO_LITTLE
    return None if theirs == booked.ours_micros else Remedy.BOOKED
