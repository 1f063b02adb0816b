"""Jobs: one request of a member, its ordered references, its predictions and the states that they go through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.clock import Instant
from bot.domain.image_models import ImageModel
from bot.domain.images import StoredImage
from bot.domain.marks import Mark, WithheldBecause
from bot.domain.money import Micros
from bot.domain.parameters import ParameterValue
from bot.domain.predictions import FailureReason
from bot.domain.prompts import Shot
from bot.domain.references import Reference


class PredictionState(StrEnum):
    """Where one paid task is. Everything before COMPLETED has exactly one open hold, everything from there on none."""

    QUEUED = "queued"  #: accepted and held; nothing was sent
    SUBMITTING = "submitting"  #: committed before the POST leaves: from here on it may have been paid
    UNKNOWN = "unknown"  #: the POST's answer was lost; the provider's list decides
    PROCESSING = "processing"  #: the provider has it, under an id that we know
    REVIEW = "review"  #: its picture is in our store; a moderator decides whether it is shown, and its hold waits
    COMPLETED = "completed"  #: its picture is in our store, its hold captured
    FAILED = "failed"  #: no picture, its hold given back
    WITHHELD = "withheld"  #: a picture that this server's rule does not show; its hold given back
    CANCELLED = "cancelled"  #: stopped before it was sent, its hold given back

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens to it."""
        return not TRANSITIONS[self]


TRANSITIONS: Mapping[PredictionState, frozenset[PredictionState]] = {
    PredictionState.QUEUED: frozenset({PredictionState.SUBMITTING, PredictionState.FAILED, PredictionState.CANCELLED}),
    PredictionState.SUBMITTING: frozenset(
        {PredictionState.QUEUED, PredictionState.PROCESSING, PredictionState.UNKNOWN, PredictionState.FAILED}
    ),
    PredictionState.UNKNOWN: frozenset({PredictionState.PROCESSING, PredictionState.FAILED}),
    PredictionState.PROCESSING: frozenset(
        {PredictionState.COMPLETED, PredictionState.FAILED, PredictionState.WITHHELD, PredictionState.REVIEW},
    ),
    PredictionState.REVIEW: frozenset({PredictionState.COMPLETED, PredictionState.WITHHELD}),
    PredictionState.COMPLETED: frozenset(),
    PredictionState.FAILED: frozenset(),
    PredictionState.WITHHELD: frozenset(),
    PredictionState.CANCELLED: frozenset(),
}
"""The only moves there are; the store refuses every other."""


class Stage(StrEnum):
    """A job in one word, derived from its predictions; what lists filter by and status messages begin with."""

    WAITING = "waiting"
    SENDING = "sending"
    CHECKING = "checking"
    PAINTING = "painting"
    REVIEW = "review"
    DONE = "done"
    PARTLY = "partly"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether something still happens in it."""
        return self in {Stage.WAITING, Stage.SENDING, Stage.CHECKING, Stage.PAINTING, Stage.REVIEW}


@dataclass(frozen=True, slots=True)
class Output:
    """One picture that came back, with what the provider says about its safety."""

    image: StoredImage
    mark: Mark


@dataclass(frozen=True, slots=True)
class Prediction:
    """One paid task of a job.

    `n` counts from 1 within the job. `submitted_at` is when its last POST left, `ended_at` when it became final.
    `next_look_at` says when an unknown one is looked for again; `review_at` that it was left to a moderator.
    `shot`: its own words, where its job is a storyboard; empty ones once they were deleted.
    """

    prediction_id: int
    n: int
    state: PredictionState
    seed: int | None
    held_micros: Micros
    captured_micros: Micros | None = None
    provider_id: str | None = None
    submitted_at: Instant | None = None
    ended_at: Instant | None = None
    reason: FailureReason | None = None
    withheld_because: WithheldBecause | None = None
    next_look_at: Instant | None = None
    review_at: Instant | None = None
    asked_moderators_at: Instant | None = None
    outputs: tuple[Output, ...] = ()
    shot: Shot | None = None

    @property
    def was_ended(self) -> bool:
        """Whether a moderator stopped waiting for it; its picture may still come, and nobody pays for that."""
        return self.state is PredictionState.FAILED and self.reason is FailureReason.WAIT_ENDED

    @property
    def may_still_come(self) -> bool:
        """Whether the provider is still asked about it."""
        return self.state is PredictionState.PROCESSING or (self.was_ended and not self.outputs)


@dataclass(frozen=True, slots=True)
class MessageAt:
    """A message's address that outlives every interaction token."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Job:
    """One request of a member.

    `channel_id` is where it was asked and is answered; `purse_channel_id` is whose limits apply (a thread counts as
    its channel). `member_id` is None once the member had their data deleted; then `prompt` is empty too.
    `prompt` is what was typed, `sent_prompt` what the provider gets (roles included).
    `parameters` holds only what was asked for; seeds stand with the predictions.
    `price_micros` is the price of one picture, as told and held.
    `style` is the name of the style that it was made with, also once that was removed.
    `parent_message` is the result that it was made from, where that can still be seen in the server.
    `has_showcase`: its server has one now.
    `taken_down_at` is when somebody deleted or hid its pictures; `is_own_deletion`: whoever asked for them did.
    """

    job_id: str
    interaction_id: int
    guild_id: int
    channel_id: int
    purse_channel_id: int
    account_id: int
    member_id: int | None
    command: str
    prompt: str
    sent_prompt: str
    model: ImageModel
    parameters: Mapping[str, ParameterValue]
    price_micros: Micros
    created_at: Instant
    references: tuple[Reference, ...]
    predictions: tuple[Prediction, ...] = field(repr=False)
    status_message: MessageAt | None = None
    result_message: MessageAt | None = None
    posting_at: Instant | None = None
    late_told_at: Instant | None = None
    closed_at: Instant | None = None
    style: str | None = None
    parent_job_id: str | None = None
    parent_message: MessageAt | None = None
    has_showcase: bool = False
    taken_down_at: Instant | None = None
    is_own_deletion: bool = False

    @property
    def count(self) -> int:
        """How many pictures were asked for."""
        return len(self.predictions)

    @property
    def result_is_status(self) -> bool:
        """Whether the status message became the result, as nothing could be posted: it must not be written over."""
        return self.result_message is not None and self.result_message == self.status_message

    @property
    def has_ended(self) -> bool:
        """Whether every prediction is final."""
        return all(prediction.state.is_final for prediction in self.predictions)

    @property
    def pictures(self) -> tuple[Output, ...]:
        """The outputs that may be shown, in order."""
        return tuple(output for _, output in self.painted)

    @property
    def painted(self) -> tuple[tuple[Prediction, Output], ...]:
        """The same, each with the prediction that brought it."""
        return tuple(
            (prediction, output)
            for prediction in self.predictions
            if prediction.state is PredictionState.COMPLETED or prediction.was_ended
            for output in prediction.outputs
        )

    @property
    def is_spoiler(self) -> bool:
        """Whether it was made of a reference that is a spoiler: then what came of it is one too."""
        return any(reference.is_spoiler for reference in self.references)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What the provider says about the safety of each of the `pictures`."""
        return tuple(output.mark for output in self.pictures)

    @property
    def withheld(self) -> tuple[Prediction, ...]:
        """The predictions whose pictures this server's rule does not show."""
        return tuple(p for p in self.predictions if p.state is PredictionState.WITHHELD)

    @property
    def in_review(self) -> tuple[Prediction, ...]:
        """The predictions whose pictures wait for a moderator."""
        return tuple(p for p in self.predictions if p.state is PredictionState.REVIEW)

    @property
    def comes_in_parts(self) -> bool:
        """Whether its result may be delivered before all of its pictures are there."""
        return self.late_told_at is not None or any(p.asked_moderators_at is not None for p in self.predictions)

    @property
    def held_micros(self) -> Micros:
        """Money still set aside for this job."""
        return sum(p.held_micros for p in self.predictions if not p.state.is_final)

    @property
    def spent_micros(self) -> Micros:
        """Money captured for this job."""
        return sum(p.captured_micros or 0 for p in self.predictions)

    @property
    def returned_micros(self) -> Micros:
        """Money given back, because nothing was delivered for it."""
        return sum(p.held_micros - (p.captured_micros or 0) for p in self.predictions if p.state.is_final)

    @property
    def can_cancel(self) -> bool:
        """Whether something has not been sent yet."""
        return any(p.state is PredictionState.QUEUED for p in self.predictions)

    @property
    def stage(self) -> Stage:
        """The job in one word."""
        states = {prediction.state for prediction in self.predictions}
        for state, stage in _OPEN_STAGES:
            if state in states:
                return stage
        if PredictionState.COMPLETED in states:
            return Stage.DONE if len(states) == 1 else Stage.PARTLY
        return Stage.CANCELLED if states == {PredictionState.CANCELLED} else Stage.FAILED


# What is told first when a job's predictions are in different states.
_OPEN_STAGES = (
    (PredictionState.UNKNOWN, Stage.CHECKING),
    (PredictionState.PROCESSING, Stage.PAINTING),
    (PredictionState.SUBMITTING, Stage.SENDING),
    (PredictionState.QUEUED, Stage.WAITING),
    (PredictionState.REVIEW, Stage.REVIEW),
)
