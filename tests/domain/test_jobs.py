"""Jobs: the states that predictions go through, and what a job says about its money and itself."""

from __future__ import annotations

from itertools import product

import pytest

from bot.domain.jobs import TRANSITIONS, Job, Prediction, PredictionState, Stage
from bot.domain.models import MAX

S = PredictionState
FINAL = {S.COMPLETED, S.FAILED, S.WITHHELD, S.CANCELLED}


def _job(*states: PredictionState, captured: int = 80_000) -> Job:
    predictions = tuple(
        Prediction(n, n, state, None, 80_000, captured if state is S.COMPLETED else None)
        for n, state in enumerate(states, start=1)
    )
    return Job(
        job_id="a",
        interaction_id=1,
        guild_id=2,
        channel_id=3,
        purse_channel_id=3,
        account_id=4,
        member_id=5,
        command="edit",
        prompt="a cat",
        sent_prompt="a cat",
        model=MAX,
        parameters={},
        price_micros=80_000,
        created_at=0,
        references=(),
        predictions=predictions,
    )


def test_final_states() -> None:
    """Four states are final, and every other leads to one of them in the end."""
    reached = set(FINAL)
    for _ in PredictionState:
        reached |= {state for state, following in TRANSITIONS.items() if following & reached}

    assert {state for state in PredictionState if state.is_final} == FINAL
    assert reached == set(PredictionState)


def test_nothing_is_sent_twice_without_an_answer() -> None:
    """A paid request is sent from QUEUED only, and what may have been paid never waits in the queue again."""
    senders = {state for state, following in TRANSITIONS.items() if S.SUBMITTING in following}
    back_in_line = {state for state, following in TRANSITIONS.items() if S.QUEUED in following}

    assert senders == {S.QUEUED}
    assert back_in_line == {S.SUBMITTING}


@pytest.mark.parametrize("states", list(product(PredictionState, repeat=2)))
def test_money_adds_up(states: tuple[PredictionState, PredictionState]) -> None:
    """Held, spent and returned together are what was asked for, whatever the states."""
    job = _job(*states, captured=50_000)

    assert job.held_micros + job.spent_micros + job.returned_micros == 2 * job.price_micros
    assert (job.held_micros == 0) == job.has_ended


@pytest.mark.parametrize(
    ("states", "stage"),
    [
        ((S.QUEUED, S.QUEUED), Stage.WAITING),
        ((S.SUBMITTING, S.QUEUED), Stage.SENDING),
        ((S.UNKNOWN, S.PROCESSING), Stage.CHECKING),
        ((S.COMPLETED, S.PROCESSING), Stage.PAINTING),
        ((S.REVIEW, S.PROCESSING), Stage.PAINTING),
        ((S.REVIEW, S.COMPLETED), Stage.REVIEW),
        ((S.REVIEW, S.FAILED), Stage.REVIEW),
        ((S.COMPLETED, S.COMPLETED), Stage.DONE),
        ((S.COMPLETED, S.FAILED), Stage.PARTLY),
        ((S.COMPLETED, S.CANCELLED), Stage.PARTLY),
        ((S.FAILED, S.WITHHELD), Stage.FAILED),
        ((S.FAILED, S.CANCELLED), Stage.FAILED),
        ((S.CANCELLED, S.CANCELLED), Stage.CANCELLED),
    ],
)
def test_stages(states: tuple[PredictionState, ...], stage: Stage) -> None:
    """A job in one word: what matters most of what its predictions do."""
    assert _job(*states).stage is stage


def test_cancelling_needs_something_unsent() -> None:
    """A job can be cancelled as long as one of its pictures waits."""
    assert _job(S.COMPLETED, S.QUEUED).can_cancel
    assert not _job(S.COMPLETED, S.SUBMITTING).can_cancel
