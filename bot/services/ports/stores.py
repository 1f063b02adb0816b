"""The Protocols through which the use cases keep what must not be lost; each method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.clock import Instant
from bot.domain.gate import Traffic
from bot.domain.images import StoredImage
from bot.domain.jobs import Job, MessageAt, Output
from bot.domain.marks import WithheldBecause
from bot.domain.money import Micros
from bot.domain.orders import OpenInteraction, Order, Requester
from bot.domain.predictions import FailureReason


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queued prediction in the order in which members take turns."""

    prediction_id: int
    job_id: str
    model_id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A prediction whose submit was not answered.

    `candidates` are the provider's predictions that were found for it when it was left to a moderator.
    """

    prediction_id: int
    job_id: str
    model_id: str
    sent_at: Instant
    looks: int
    next_look_at: Instant | None
    review_at: Instant | None
    candidates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Admission:
    """The outcome of an admission: the job, and whether this call made it (False: the same command came again)."""

    job: Job
    is_new: bool


class JobStore(Protocol):
    """Jobs, their predictions and attempts. Moves that `TRANSITIONS` does not know are refused."""

    async def admit(self, order: Order, at: Instant) -> Admission:
        """Hold the money in every scope, insert the job and answer its command with it, or do nothing at all.

        The same interaction again returns the job that it made.

        Raises:
            OverLimit: one limit refused.
            Frozen: the member, the server or the bot may not spend.
        """
        ...

    async def check_room(self, requester: Requester, price_micros: Micros, count: int, at: Instant) -> None:
        """Look, without holding anything, whether `admit` would refuse now; raises the same. Milliseconds, local."""
        ...

    async def job(self, job_id: str) -> Job:
        """Read a job whole.

        Raises:
            NoSuchJob: there is none.
        """
        ...

    async def open_jobs(self) -> tuple[str, ...]:
        """The ids of all jobs that are not closed, oldest first."""
        ...

    async def jobs_of(self, guild_id: int, member_id: int | None, *, limit: int, matching: str = "") -> tuple[Job, ...]:
        """The newest jobs of a member, or of a whole server, whose id or prompt contains `matching`."""
        ...

    async def open_jobs_of(self, guild_id: int, member_id: int | None = None) -> tuple[Job, ...]:
        """All jobs of a server, or of one member in it, that are not closed, newest first."""
        ...

    # The queue and the attempts

    async def waiting(self) -> tuple[Waiting, ...]:
        """All queued predictions in turn order: members take turns, each member's own in the order of asking."""
        ...

    async def traffic(self, at: Instant) -> Traffic:
        """How busy we are at the provider."""
        ...

    async def begin_attempt(self, prediction_id: int, boot_id: str, at: Instant) -> int | None:
        """QUEUED to SUBMITTING, committed before the POST; returns the attempt, or None if cancelled meanwhile."""
        ...

    async def attempt_accepted(self, attempt_id: int, provider_id: str, at: Instant) -> None:
        """SUBMITTING to PROCESSING."""
        ...

    async def attempt_returned(self, attempt_id: int, at: Instant) -> None:
        """SUBMITTING back to QUEUED, its hold kept: nothing was created."""
        ...

    async def attempt_refused(self, attempt_id: int, reason: FailureReason, at: Instant) -> None:
        """SUBMITTING to FAILED, its hold voided: a definite no."""
        ...

    async def attempt_lost(self, attempt_id: int, next_look_at: Instant, at: Instant) -> None:
        """SUBMITTING to UNKNOWN, its hold kept."""
        ...

    async def orphaned_attempts(self, boot_id: str) -> tuple[tuple[int, Instant], ...]:
        """Attempts (with when they were sent) that another run of the program left unanswered."""
        ...

    # Unknown submits

    async def unknowns(self) -> tuple[Unknown, ...]:
        """All predictions in UNKNOWN, oldest first."""
        ...

    async def claimed(self, provider_ids: Collection[str]) -> frozenset[str]:
        """Which of these predictions of the provider belong to one of ours."""
        ...

    async def adopt(self, prediction_id: int, provider_id: str, at: Instant) -> None:
        """UNKNOWN to PROCESSING under an id found in the provider's list, which is nobody else's."""
        ...

    async def looked(self, prediction_id: int, next_look_at: Instant) -> None:
        """Count a look that found no candidate, and say when the next one is."""
        ...

    async def look_at(self, prediction_id: int, next_look_at: Instant) -> None:
        """Put the next look off, or bring it forward, without counting one."""
        ...

    async def leave_to_moderator(self, prediction_id: int, candidates: Collection[str], at: Instant) -> None:
        """Reopen the gate and leave an UNKNOWN prediction, with its hold, to a moderator.

        Until it is decided, no `candidates` can be adopted by another that does not have them as well.
        """
        ...

    # Settling

    async def fail(self, prediction_id: int, reason: FailureReason, at: Instant) -> None:
        """QUEUED, UNKNOWN or PROCESSING to FAILED, its hold voided. Repeating it does nothing.

        Where the provider made a picture that nobody could use, it bills it: the server's own account carries that.
        """
        ...

    async def complete(
        self,
        prediction_id: int,
        outputs: Sequence[Output],
        completed_at: Instant,
        at: Instant,
        *,
        captured_micros: Micros | None = None,
    ) -> None:
        """PROCESSING to COMPLETED, its outputs recorded and its hold captured. Repeating it does nothing.

        `captured_micros` is less than the hold where less is to be paid; None is all of it.
        """
        ...

    async def withhold(self, prediction_id: int, because: WithheldBecause, at: Instant) -> None:
        """PROCESSING to WITHHELD, its hold voided and carried by the server's own account: the provider bills it.

        Repeating it does nothing.
        """
        ...

    async def cancel_queued(self, job_id: str, by_member_id: int, at: Instant) -> int:
        """Every QUEUED prediction of a job to CANCELLED, holds voided; returns how many."""
        ...

    # Messages

    async def begin_posting(self, job_id: str, at: Instant) -> None:
        """Committed before the result message is sent; keeps the first instant if repeated."""
        ...

    async def set_result_message(self, job_id: str, message: MessageAt) -> None:
        """Remember where the result message is."""
        ...

    async def tell_late(self, job_id: str, at: Instant) -> None:
        """Remember that the member was told that it takes longer than the deadline."""
        ...

    async def close(self, job_id: str, at: Instant) -> None:
        """Nothing more happens to this job."""
        ...

    async def held_micros(self) -> Micros:
        """What is set aside now, over all servers."""
        ...

    async def durations(self, model_id: str) -> tuple[int, ...]:
        """Milliseconds from submit to completion of that model's last 20 pictures."""
        ...


class InteractionStore(Protocol):
    """Commands that were acknowledged, with their tokens for at most 15 minutes."""

    async def acknowledge(self, interaction: OpenInteraction) -> None:
        """Remember a command before it is acknowledged."""
        ...

    async def token_of(self, job_id: str, at: Instant) -> OpenInteraction | None:
        """The interaction of a job while its token lives."""
        ...

    async def forget(self, interaction_id: int) -> None:
        """The command was answered without a job."""
        ...

    async def unanswered(self, at: Instant) -> tuple[OpenInteraction, ...]:
        """Commands that were acknowledged, became no job, and can still be answered."""
        ...

    async def expire(self, at: Instant) -> int:
        """Delete every row whose token is dead; returns how many."""
        ...


class ImageStore(Protocol):
    """Which images we keep, and where the provider already has them."""

    async def keep(self, image: StoredImage, at: Instant) -> None:
        """Record an image whose file is written."""
        ...

    async def uploaded(self, sha256: str, at: Instant) -> str | None:
        """Where the provider has that image, if it still does."""
        ...

    async def set_uploaded(self, sha256: str, url: str, expires_at: Instant) -> None:
        """Remember where the provider has it."""
        ...

    async def forget_upload(self, sha256: str) -> None:
        """The provider could not read it there."""
        ...


PAUSED_FACT = "paused"
"""While this fact is not empty the operator lets nobody spend; its value is the reason that members read."""
DOUBT_FACT = "doubt"
"""While this fact is not empty the accounts do not add up and nobody spends; its value says what was found."""


class FactStore(Protocol):
    """Small facts about this installation."""

    async def fact(self, name: str) -> str | None:
        """Read one."""
        ...

    async def set_fact(self, name: str, value: str, at: Instant) -> None:
        """Write one."""
        ...


class PriceStore(Protocol):
    """The last known price of each model."""

    async def prices(self) -> Mapping[str, tuple[Micros, Instant]]:
        """Price of one picture by model id, with when it was quoted."""
        ...

    async def set_price(self, model_id: str, price_micros: Micros, at: Instant) -> None:
        """Remember a quote."""
        ...
