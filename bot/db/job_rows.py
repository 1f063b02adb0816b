"""Turns rows of jobs, references, predictions and outputs into the values of `bot.domain.jobs`."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.db.connection import Row
from bot.db.slots import image_of, reference_of
from bot.domain.jobs import Job, MessageAt, Output, Prediction, PredictionState
from bot.domain.marks import Mark, WithheldBecause
from bot.domain.models import model_of_job
from bot.domain.predictions import FailureReason
from bot.domain.prompts import Shot
from bot.domain.references import Reference
from bot.domain.reviews import ReviewVerdict

_MARKS = {None: Mark.MISSING, 0: Mark.CLEAN, 1: Mark.MARKED}


def reference_in(row: Row) -> Reference:
    """A reference of a job."""
    return replace(reference_of(row), of_style=bool(row["of_style"]))


def output_in(row: Row) -> Output:
    """A picture, with the mark that holds after any review."""
    return Output(image_of(row), Mark.CLEARED if row["verdict"] == ReviewVerdict.SHOWN else _MARKS[row["flagged"]])


def _withheld_because(reason: str | None) -> WithheldBecause:
    """Before reasons were kept, whatever was withheld had a mark or none; nobody can tell any more."""
    return WithheldBecause.MARKED if reason is None else WithheldBecause(reason)


def prediction_in(row: Row, outputs: tuple[Output, ...]) -> Prediction:
    """A prediction with its pictures."""
    state = PredictionState(row["state"])
    return Prediction(
        prediction_id=row["prediction_id"],
        n=row["n"],
        state=state,
        seed=row["seed"],
        held_micros=row["held_micros"],
        captured_micros=row["captured_micros"],
        provider_id=row["provider_id"],
        submitted_at=row["submitted_at"],
        ended_at=row["ended_at"],
        reason=FailureReason(row["reason"]) if row["reason"] and state is PredictionState.FAILED else None,
        withheld_because=_withheld_because(row["reason"]) if state is PredictionState.WITHHELD else None,
        asked_moderators_at=row["asked_moderators_at"],
        next_look_at=row["next_look_at"],
        review_at=row["review_at"],
        outputs=outputs,
        shot=None if row["shot"] is None else Shot(row["shot"], row["sent_shot"]),
    )


def job_in(row: Row, references: tuple[Reference, ...], predictions: tuple[Prediction, ...]) -> Job:
    """A job with its references and predictions."""
    return Job(
        job_id=row["job_id"],
        interaction_id=row["interaction_id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        purse_channel_id=row["purse_channel_id"],
        account_id=row["account_id"],
        member_id=row["member_id"],
        command=row["command"],
        prompt=row["prompt"],
        sent_prompt=row["sent_prompt"],
        model=model_of_job(row["model_id"]),
        parameters=json.loads(row["parameters"]),
        price_micros=row["price_micros"],
        created_at=row["created_at"],
        references=references,
        predictions=predictions,
        status_message=message_at(row["status_channel_id"], row["status_message_id"]),
        result_message=message_at(row["result_channel_id"], row["result_message_id"]),
        posting_at=row["posting_at"],
        late_told_at=row["late_told_at"],
        closed_at=row["closed_at"],
        style=row["style"],
        parent_job_id=row["parent_job_id"],
        parent_message=message_at(row["parent_channel_id"], row["parent_message_id"]),
        has_showcase=row["showcase_channel_id"] is not None,
        taken_down_at=row["taken_down_at"],
        is_own_deletion=row["taken_down_by"] is not None and row["taken_down_by"] == row["account_id"],
    )


def message_at(channel_id: int | None, message_id: int | None) -> MessageAt | None:
    """A message, where there is one."""
    return None if channel_id is None or message_id is None else MessageAt(channel_id, message_id)
