"""Wire predictions turned into our words: status, reason, outputs and their safety marks."""

from __future__ import annotations

import json

from bot.domain.marks import read_marks
from bot.domain.predictions import FailureReason, PredictionStatus, RemoteStatus
from bot.provider.errors import failure_reason, scrub
from bot.provider.wire import Prediction

_LONGEST_MARKS = 100

_STATUSES = {
    word: status
    for status, words in {
        RemoteStatus.COMPLETED: ("completed", "complete", "succeeded", "success", "done", "finished"),
        RemoteStatus.FAILED: (
            *("failed", "failure", "fail", "error", "errored"),
            *("cancelled", "canceled", "aborted", "timeout", "timed_out", "rejected"),
        ),
        RemoteStatus.GONE: ("deleted", "expired"),
    }.items()
    for word in words
}
"""WaveSpeed's own words for an end, and those that other providers of the same models use for it."""


def report(prediction: Prediction, *, provider_id: str, model_id: str) -> PredictionStatus:
    """Say how far a prediction is.

    A status that is missing or new to us is PENDING. A completed task without a usable output stays COMPLETED, since
    the provider may bill it, with the reason NO_PICTURE. `model_id` fills in where the answer names none.
    """
    status = status_of(prediction)
    marks = read_marks(prediction.has_nsfw_contents, len(prediction.outputs))
    usable = [(output, mark) for output, mark in zip(prediction.outputs, marks, strict=True) if output is not None]
    outputs = tuple(output for output, _ in usable)
    message = "" if status is RemoteStatus.PENDING else scrub(prediction.error)
    return PredictionStatus(
        provider_id=provider_id,
        model_id=prediction.model or model_id,
        status=status,
        outputs=outputs,
        marks=tuple(mark for _, mark in usable),
        reason=_reason(prediction, status, outputs),
        message=message,
        created_at=prediction.created_at,
        marks_sent=_as_sent(prediction),
    )


def _as_sent(prediction: Prediction) -> str | None:
    """The marks before anybody read them (fractions were parsed as Decimals); what is too long to be marks is cut."""
    if "has_nsfw_contents" not in prediction.model_fields_set:
        return None
    return json.dumps(prediction.has_nsfw_contents, default=float)[:_LONGEST_MARKS]


def _reason(prediction: Prediction, status: RemoteStatus, outputs: tuple[str, ...]) -> FailureReason | None:
    if status is RemoteStatus.FAILED:
        return failure_reason(prediction.code, prediction.error)
    if status is RemoteStatus.GONE:
        return FailureReason.EXPIRED
    if status is RemoteStatus.COMPLETED and not outputs:
        return FailureReason.NO_PICTURE
    return None


def status_of(prediction: Prediction) -> RemoteStatus:
    """Map the provider's word; however it is spelt, and any that is new to us is PENDING."""
    return _STATUSES.get(prediction.status.lower().replace("-", "_"), RemoteStatus.PENDING)
