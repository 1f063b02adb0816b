"""What the provider can answer: the status of a prediction, its bill, a refusal."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.clock import DAY, Instant
from bot.domain.marks import Mark
from bot.domain.money import Micros
from bot.domain.remote_clock import Span

KEPT_BY_PROVIDER = 7 * DAY
"""Predictions and their outputs live 7 days at the provider (its page on predictions); after that nothing can come."""


class RemoteStatus(StrEnum):
    """How far the provider is; every word it may say is mapped onto one of these four.

    `created, processing, pending, queued` and any word not known yet are PENDING: an unknown status means keep polling.
    `failed, cancelled, timeout` are FAILED; `deleted` is GONE; so are synonyms of these ends (`error`, `aborted`).
    """

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    GONE = "gone"


class FailureReason(StrEnum):
    """Why there is no picture, as far as a member's next step differs."""

    MODERATED = "moderated"  #: the provider's safety check refused prompt or picture (code 1200 and its texts)
    BAD_INPUT = "bad_input"  #: the provider refused the request (codes 1400, 1401, 4xx)
    REFERENCE_LOST = "reference_lost"  #: the provider could not fetch a reference (code 1402)
    REFERENCE_REFUSED = "reference_refused"  #: the provider's storage does not take a reference, however often
    OUT_OF_CREDIT = "out_of_credit"  #: the owner's account at the provider is empty (402, code 1407, and its texts)
    NOT_SOLD = "not_sold"  #: the model cannot be had now (404, 410, "model not found")
    NOT_AUTHORISED = "not_authorised"  #: the provider did not accept the key (401, 403)
    PROVIDER = "provider"  #: anything else that went wrong there (codes 1403, 1405, 1406, 5000, 5003, 5004)
    NO_PICTURE = "no_picture"  #: completed (and perhaps billed), but without a usable picture
    NEVER_STARTED = "never_started"  #: an answer was lost, and the list shows that nothing was created
    WAIT_ENDED = "wait_ended"  #: a moderator stopped waiting past the deadline; its picture may still come
    EXPIRED = "expired"  #: the provider no longer keeps it (status deleted, or a 404 to a look)


@dataclass(frozen=True, slots=True)
class PredictionStatus:
    """One look at a prediction.

    `marks` has one for each output, in their order; `marks_sent` is what they were read from, as JSON, for an operator
    who wants to see it (None: nothing was sent).
    """

    provider_id: str
    model_id: str
    status: RemoteStatus
    outputs: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    reason: FailureReason | None = None
    message: str = ""
    created_at: Instant | None = None
    marks_sent: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """What one picture costs now; `price_micros` is after any discount, as it will be charged."""

    model_id: str
    price_micros: Micros


@dataclass(frozen=True, slots=True)
class Bill:
    """One line of the provider's billing: a deduction (positive) or a refund (negative) for one prediction."""

    provider_id: str | None
    amount_micros: Micros
    billed_at: Instant | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queued prediction in the order in which members take turns."""

    prediction_id: int
    job_id: str
    model_id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A prediction whose submit was not answered, and when it was taken for lost.

    `began` is when its POST began by the provider's clock, where that was known then. `candidates` are the provider's
    predictions that were found for it when it was left to a moderator.
    """

    prediction_id: int
    job_id: str
    model_id: str
    sent_at: Instant
    began: Span | None
    lost_at: Instant
    looks: int
    next_look_at: Instant | None
    review_at: Instant | None
    candidates: frozenset[str] = frozenset()


class ProviderError(Exception):
    """The provider did not do what was asked. `detail` is for the operator's log, never for members."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Refused(ProviderError):
    """A definite no: nothing was created, nothing is billed."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Moderated(Refused):
    """A definite no by the safety check."""

    def __init__(self, detail: str) -> None:
        super().__init__(FailureReason.MODERATED, detail)


class OutOfCredit(Refused):
    """A definite no because the owner's account is empty."""

    def __init__(self, detail: str) -> None:
        super().__init__(FailureReason.OUT_OF_CREDIT, detail)


class TryLater(ProviderError):
    """Not now: a rate limit (nothing was created), or a read that did not get through.

    `after_seconds` is the provider's own wish (Retry-After), or None.
    """

    def __init__(self, detail: str, after_seconds: float | None = None) -> None:
        super().__init__(detail)
        self.after_seconds = after_seconds


class NotSent(TryLater):
    """The connection failed before the first byte (DNS, connect, TLS): the same attempt may go again."""


class AnswerLost(ProviderError):
    """A submit went out and no readable answer came back: a paid task may exist. Never send it again blindly."""
