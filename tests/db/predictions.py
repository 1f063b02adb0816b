"""Predictions brought to each of their states in the way that the program does."""

from __future__ import annotations

from bot.db.jobs import JobStore
from bot.domain.clock import MINUTE
from bot.domain.jobs import Output, PredictionState
from bot.domain.marks import Mark, WithheldBecause
from bot.domain.predictions import FailureReason
from tests.db.world import ALICE, NOON, PAINTED, DatabaseWorld

S = PredictionState


async def in_state(world: DatabaseWorld, state: PredictionState) -> int:
    """A prediction that was brought to a state in the way that the program does."""
    jobs = world.stores.jobs
    job = await world.admit()
    prediction_id = job.predictions[0].prediction_id
    if state is S.CANCELLED:
        await jobs.cancel_queued(job.job_id, ALICE, NOON)
    elif state is not S.QUEUED:
        attempt_id = await jobs.begin_attempt(prediction_id, "boot", NOON)
        assert attempt_id is not None
        if state is S.UNKNOWN:
            await jobs.attempt_lost(attempt_id, NOON + MINUTE, NOON)
        elif state is not S.SUBMITTING:
            await jobs.attempt_accepted(attempt_id, f"task-{prediction_id}", NOON)
    match state:
        case S.COMPLETED:
            await jobs.complete(prediction_id, [Output(PAINTED, Mark.CLEAN)], NOON, NOON)
        case S.FAILED:
            await jobs.fail(prediction_id, FailureReason.PROVIDER, NOON)
        case S.WITHHELD:
            await jobs.withhold(prediction_id, WithheldBecause.MARKED, NOON)
        case S.REVIEW:
            await hold(jobs, prediction_id)
        case _:
            pass
    return prediction_id


async def hold(jobs: JobStore, prediction_id: int) -> None:
    picture = Output(PAINTED, Mark.MARKED)
    await jobs.hold_for_review(prediction_id, [picture], WithheldBecause.MARKED, NOON)
