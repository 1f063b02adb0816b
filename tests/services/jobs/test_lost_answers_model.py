"""Random worlds of lost answers: nobody gets another's picture, nothing that exists is given up, nobody waits for them.

Five hundred worlds by default. More:
`EASEL_LOST_WORLDS=2000 pytest -m slow tests/services/jobs/test_lost_answers_model.py`.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.clock import DAY, HOUR, SECOND
from bot.domain.gate import ProviderLimits
from bot.domain.jobs import PredictionState
from tests.services.lost_world import GRACE, MODELS, LostWorld, RequestFate, Stranger, open_lost_world

WORLDS = int(os.environ.get("EASEL_LOST_WORLDS", "500"))
NO_LIMITS = ProviderLimits(10_000, 10_000, 1_000)
AT_ONCE = SECOND
"""Milliseconds within which what nothing holds back has left."""

DECIDED_WITHIN = 3 * GRACE + 80 * SECOND
"""Milliseconds: the looks that count, one more where the first was ambiguous, and the longest wait for an answer.

Each time that our clock is set back, the next look may be one grace later."""


@dataclass(frozen=True, slots=True)
class LostAnswersCase:
    """Requests and their fates, what strangers do, how far the clocks are apart, and when ours is set by how much."""

    fates: Sequence[RequestFate]
    strangers: Sequence[Stranger]
    ahead: int
    is_known: bool
    steps: Sequence[tuple[float, int]]


def tenths(most: float) -> st.SearchStrategy[float]:
    return st.integers(0, round(most * 10)).map(lambda number: number / 10)


@st.composite
def fates(draw: st.DrawFn) -> RequestFate:
    """A request whose answer comes or is lost, which created something or not, at once or late."""
    is_lost, answer = draw(st.integers(0, 2)) > 0, draw(st.sampled_from([0.1, 1.0, 5.0, 60.0]))
    if is_lost:
        creates = draw(st.none() | st.sampled_from([0.1, 0.5, 3.0]) | tenths(100))
    else:
        creates = answer * draw(st.sampled_from([0.1, 0.9]))
    at = draw(st.sampled_from([0.0, 1.0, 30.0]) | tenths(300))
    listed = draw(st.sampled_from([0.0, 0.5]) | tenths(200))
    return RequestFate(
        at, draw(st.integers(0, 1)), answer, is_lost, creates, listed, draw(st.sampled_from([-1.9, 0.0, 1.9]))
    )


@st.composite
def scenes(draw: st.DrawFn) -> LostAnswersCase:
    """Strangers' predictions are created when no lost request can have created them: before all, or long after."""
    is_known = draw(st.booleans())
    strangers = st.builds(
        Stranger, st.sampled_from([-600.0, -60.0, -5.0]) | tenths(10).map(lambda s: s + 9_000), st.integers(0, 1)
    )
    return LostAnswersCase(
        fates=draw(st.lists(fates(), min_size=1, max_size=9)),
        strangers=draw(st.lists(strangers, max_size=3)),
        ahead=draw(st.sampled_from([0, -90, 90, 3_600]) | st.integers(-2 * DAY // SECOND, 2 * DAY // SECOND)) * SECOND,
        is_known=is_known,
        steps=draw(st.lists(st.tuples(tenths(500), st.sampled_from([-HOUR, HOUR])), max_size=2)) if is_known else (),
    )


async def play(folder: Path, scene: LostAnswersCase) -> LostWorld:
    """Let everything happen, and look at what became of it."""
    named = {f"J{number}": fate for number, fate in enumerate(scene.fates)}
    async with open_lost_world(folder, named, limits=NO_LIMITS, ahead=scene.ahead) as world:
        if scene.is_known:
            world.provider.dated(world.clock.monotonic())
        began = world.clock.true()
        for stranger in scene.strangers:
            at = began + round(stranger.at * SECOND)
            world.provider.create(MODELS[stranger.model].id, None, at, RequestFate(0, stranger.model, 0, False, 0))
        events = [(fate.at, name) for name, fate in named.items()] + list(scene.steps)
        async with world.working():
            for at, event in sorted(events, key=lambda each: each[0]):
                await world.clock.advance(max(0.0, at - (world.clock.true() - began) / SECOND))
                if isinstance(event, str):
                    await world.ask(event, named[event])
                else:
                    world.clock.set_by += event
            while len(world.provider.sent_at) < len(named) or world.clock.true() < last_word(world) + set_back(scene):
                await world.clock.advance(60)
        await check(world, named, decided_within=DECIDED_WITHIN + set_back(scene))
    return world


def last_word(world: LostWorld) -> int:
    return max(world.provider.sent_at.values()) + DECIDED_WITHIN + 60 * SECOND


def set_back(scene: LostAnswersCase) -> int:
    return GRACE * sum(step < 0 for _, step in scene.steps)


async def check(world: LostWorld, named: dict[str, RequestFate], *, decided_within: int) -> None:
    """What holds in every world."""
    kept = {row.prediction_id: row for row in await world.jobs.unknowns()}
    for name, fate in named.items():
        prediction = (await world.jobs.job(name)).predictions[0]
        made = next((each for each in world.provider.made if each.by == name), None)
        own = None if made is None else made.provider_id
        assert prediction.provider_id in {None, own}, "a picture of somebody else"
        assert world.waited(name) <= AT_ONCE, "it waited for somebody else's case"
        if not fate.is_lost:
            assert prediction.state is PredictionState.PROCESSING
            continue
        sent_at = world.provider.sent_at[name]
        assert world.decided_at[prediction.prediction_id] - sent_at <= decided_within, "open for ever"
        if made is not None and made.listed_at <= sent_at + 2 * GRACE:
            assert prediction.state is not PredictionState.FAILED, "given up although the list showed it"
            if prediction.state is PredictionState.UNKNOWN:
                assert own in kept[prediction.prediction_id].candidates, "a moderator is not shown what it is"


def run(scene: LostAnswersCase) -> None:
    with tempfile.TemporaryDirectory(prefix="easel-lost-") as folder:
        asyncio.run(play(Path(folder), scene))


# The same worlds each time unless asked for more: what a new world finds is found by whoever goes looking for it.
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(scenes())
def test_random_worlds(scene: LostAnswersCase) -> None:
    """Never a picture to the wrong member, never a void for one that the list shows, and nobody waits for another."""
    run(scene)


def test_a_clock_set_ahead_between_two_looks_gives_nothing_up_early() -> None:
    """The second look counts one grace after the first by the provider's clock, however far ours was set meanwhile."""
    never_begun = RequestFate(0.0, 0, 0.1, is_lost=True, creates=None, listed=0.0, stamped=-1.9)
    listed_late = RequestFate(40.5, 0, 0.1, is_lost=True, creates=0.1, listed=200.0, stamped=-1.9)

    run(LostAnswersCase([never_begun, listed_late], [], 0, is_known=True, steps=[(160.6, HOUR)]))


def test_a_clock_set_ahead_hides_no_case_that_a_moderator_has() -> None:
    """What may be another's, about whom a moderator decides, is not taken, however long ago that was by our clock."""
    answered = [RequestFate(0.0, 0, 0.1, is_lost=False, creates=0.01, listed=0.0, stamped=-1.9)] * 7
    never_begun = RequestFate(0.0, 1, 0.1, is_lost=True, creates=None, listed=0.0, stamped=-1.9)
    begun = RequestFate(1.0, 1, 0.1, is_lost=True, creates=0.1, listed=0.0, stamped=-1.9)

    run(LostAnswersCase([*answered, never_begun, begun], [], 0, is_known=True, steps=[(0.0, HOUR), (0.0, HOUR)]))


def test_what_a_case_left_to_a_moderator_created_is_nobody_elses() -> None:
    """Not even where the list shows it only after the case was left, just past the looks that are trusted."""
    begun = RequestFate(0.0, 1, 0.1, is_lost=True, creates=0.1, listed=0.0, stamped=-1.9)
    begun_late = RequestFate(0.0, 1, 0.1, is_lost=True, creates=40.2, listed=200.0, stamped=-1.9)
    never_begun = RequestFate(1.0, 1, 0.1, is_lost=True, creates=None, listed=0.0, stamped=-1.9)

    run(LostAnswersCase([begun, begun_late, never_begun], [], 0, is_known=False, steps=()))


def test_a_moderator_is_not_offered_what_is_certainly_anothers() -> None:
    """Of three lost at nearly the same time two are a moderator's to decide, and the third has its own picture."""
    first = RequestFate(0.0, 1, 0.1, is_lost=True, creates=0.1, listed=0.0, stamped=-1.9)
    second = RequestFate(0.0, 1, 0.1, is_lost=True, creates=0.1, listed=121.4, stamped=-1.9)
    third = RequestFate(1.0, 1, 0.1, is_lost=True, creates=0.1, listed=0.0, stamped=-1.9)

    run(LostAnswersCase([first, second, third], [], 0, is_known=False, steps=()))


def test_a_clock_set_back_hides_no_rival() -> None:
    """What another created that was sent after our clock was set back is not taken for what was sent before."""
    never_begun = RequestFate(0.0, 0, 0.1, is_lost=True, creates=None, listed=0.0, stamped=-1.9)
    begun = RequestFate(1.0, 0, 5.0, is_lost=True, creates=0.1, listed=0.0, stamped=-1.9)

    run(LostAnswersCase([begun, never_begun], [], 0, is_known=True, steps=[(0.0, -HOUR), (0.0, -HOUR)]))


@pytest.mark.slow
@settings(
    max_examples=WORLDS, deadline=None, suppress_health_check=QUIET, derandomize="EASEL_LOST_WORLDS" not in os.environ
)
@given(scenes())
def test_many_random_worlds(scene: LostAnswersCase) -> None:
    """The same, as often as is asked for."""
    run(scene)
