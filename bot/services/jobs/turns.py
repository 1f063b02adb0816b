"""A job's place in the queue, and its expected wait."""

from __future__ import annotations

from bot.domain.clock import MINUTE, Clock
from bot.domain.gate import Closed, ProviderLimits, look_at_gate, look_at_model
from bot.domain.jobs import Job
from bot.domain.snapshots import JobSnapshot, Turn
from bot.services.jobs.breaker import Breaker
from bot.services.jobs.learned_waits import LearnedWaits
from bot.services.jobs.turn_order import TurnOrders

_ROUND_TO_SECONDS = 5


class Turns:
    """Answers what a status message says about waiting."""

    def __init__(
        self,
        orders: TurnOrders,
        waits: LearnedWaits,
        limits: ProviderLimits,
        clock: Clock,
        breaker: Breaker | None = None,
    ) -> None:
        self._orders = orders
        self._waits = waits
        self._limits = limits
        self._clock = clock
        self._breaker = breaker or Breaker(clock)

    async def snapshot(self, job: Job) -> JobSnapshot:
        """The job as it stands now, with its place and the times to expect."""
        now = self._clock.now()
        typical = self._waits.typical_seconds(job.model.id)
        order = await self._orders.look_for(job.job_id) if job.can_cancel else None
        place = None if order is None else order.place(job.job_id)
        if order is None or place is None:
            return JobSnapshot(job, Turn(None, None, _rounded(typical)), now)
        traffic = await self._orders.traffic(order)
        gate, held = look_at_gate(traffic, self._limits, now), look_at_model(traffic, job.model.id)
        wait = None if typical is None else self._wait_seconds(place, traffic.in_flight, typical, gate)
        because = self._breaker.because(job.model.id, job.job_id) or (None if held is None else held.because)
        return JobSnapshot(job, Turn(place, _rounded(wait), _rounded(typical)), now, because)

    def _wait_seconds(self, place: int, in_flight: int, typical: float, gate: Closed | None) -> float:
        """How long until this place is sent: the slower of the two limits sets the pace."""
        by_slots = max(0, in_flight + place - self._limits.max_concurrent) * typical / self._limits.max_concurrent
        by_rate = (place - 1) // self._limits.max_per_minute * MINUTE / 1000
        until_open = gate.seconds or 0.0 if isinstance(gate, Closed) else 0.0
        return max(by_slots, by_rate + until_open)


def _rounded(seconds: float | None) -> int | None:
    if seconds is None:
        return None
    return max(_ROUND_TO_SECONDS, round(seconds / _ROUND_TO_SECONDS) * _ROUND_TO_SECONDS)
