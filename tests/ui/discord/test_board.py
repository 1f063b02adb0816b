"""The board of status messages: what reaches Discord, in which order and how often, when jobs change faster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from discord import ui

from bot.domain.jobs import Job, PredictionState
from bot.domain.snapshots import JobSnapshot
from bot.services.ports.messages import NotNow, Unreachable
from bot.ui.discord.board import Board, StatusEdit
from bot.ui.discord.pacing import EDITS_PER_WINDOW, WINDOW_SECONDS, ChannelTurns
from tests.clocks import ManualClock
from tests.ui.doubles import plain_status
from tests.ui.samples import job, snapshot

WAITING, PAINTING, DONE = PredictionState.QUEUED, PredictionState.PROCESSING, PredictionState.COMPLETED


class Wall:
    """Where the board writes in these tests: by turns of the channel or freely, each edit taking `latency` seconds."""

    def __init__(self, clock: ManualClock, *, latency: float = 0.1, turns: ChannelTurns | None = None) -> None:
        self.edits: list[tuple[float, str]] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.failures: list[Exception] = []
        self.latency = latency
        self._clock = clock
        self._turns = turns
        self.over: list[str] = []

    @asynccontextmanager
    async def turn(self, job: Job, is_urgent: Callable[[], bool]) -> AsyncGenerator[StatusEdit]:
        if self._turns is None:
            yield self
            return
        async with self._turns.turn(job.channel_id, is_urgent):
            yield self

    def finished(self, job: Job) -> None:
        self.over.append(job.job_id)

    async def write(self, view: ui.LayoutView, *, is_last: bool) -> None:
        del is_last
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        text = next(item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay))
        self.edits.append((self._clock.monotonic(), text.strip()))
        await self._clock.sleep(self.latency)
        self.in_flight -= 1
        if self.failures:
            raise self.failures.pop(0)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.edits]

    def times(self, job_id: str) -> list[float]:
        return [at for at, text in self.edits if text.startswith(job_id)]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def wall(clock: ManualClock) -> Wall:
    return Wall(clock)


@pytest.fixture
def board(wall: Wall, clock: ManualClock) -> Board:
    return Board(plain_status, wall, clock)


def says(words: str, state: PredictionState = WAITING, job_id: str = "4F7K", channel_id: int = 1) -> JobSnapshot:
    return snapshot(job(state, job_id=job_id, channel_id=channel_id), held_up_by=words)


async def test_a_hushed_message_is_left_alone(board: Board, wall: Wall, clock: ManualClock) -> None:
    """When the status message becomes the result, no earlier snapshot and no later one goes out to it."""
    board.show(says("one"))
    await clock.advance(1)
    board.show(says("two"))
    await board.silence(job(WAITING))
    board.show(says("three"))
    await clock.advance(60)

    assert wall.texts == ["4F7K waiting one"]


async def test_the_edit_under_way_comes_before_what_the_message_becomes(
    board: Board, wall: Wall, clock: ManualClock
) -> None:
    """The result is not written over a status whose last edit Discord has yet to serve: it would be shown on top."""
    wall.latency = 8
    board.show(says("one"))
    await clock.advance(1)
    silenced = asyncio.create_task(board.silence(job(WAITING)))
    await clock.advance(1)
    board.show(says("two"))

    assert not silenced.done()

    await clock.advance(6)

    assert silenced.done()
    assert wall.texts == ["4F7K waiting one"]


async def test_what_failed_under_way_is_not_tried_again_over_what_the_message_becomes(
    board: Board, wall: Wall, clock: ManualClock
) -> None:
    """The edit that was under way when the message was to become the result is the last one, through or not."""
    wall.latency = 8
    wall.failures.append(NotNow("HTTP 503"))
    board.show(says("one"))
    await clock.advance(1)
    silenced = asyncio.create_task(board.silence(job(WAITING)))
    await clock.advance(60)

    assert silenced.done()
    assert wall.texts == ["4F7K waiting one"]


async def test_the_first_snapshot_is_shown_at_once(board: Board, wall: Wall, clock: ManualClock) -> None:
    """A new status message does not wait."""
    board.show(says("one"))
    await clock.settle()

    assert wall.texts == ["4F7K waiting one"]


async def test_the_latest_snapshot_wins(board: Board, wall: Wall, clock: ManualClock) -> None:
    """Of everything said within 3 s of an edit only the last is ever sent."""
    for words in ("one", "two", "three", "four"):
        board.show(says(words))
        await clock.advance(0.5)
    await clock.advance(10)

    assert wall.edits == [(0.0, "4F7K waiting one"), (3.0, "4F7K waiting four")]


async def test_one_edit_in_flight_at_a_time(board: Board, wall: Wall, clock: ManualClock) -> None:
    """While Discord takes its time over one edit, no other of the same message is sent."""
    wall.latency = 8
    for second in range(30):
        board.show(says(str(second)))
        await clock.advance(1)

    assert wall.most_in_flight == 1
    assert wall.texts[1] == "4F7K waiting 7"


async def test_what_looks_the_same_is_not_sent_again(board: Board, wall: Wall, clock: ManualClock) -> None:
    """A snapshot that renders like the message costs no request."""
    for _ in range(5):
        board.show(says("same"))
        await clock.advance(6)

    assert wall.texts == ["4F7K waiting same"]


async def test_edits_are_three_seconds_apart_and_slow_down_after_a_minute(
    board: Board, wall: Wall, clock: ManualClock
) -> None:
    """Progress is shown every 3 s in the first minute and every 5 s after it."""
    for tick in range(240):
        board.show(says(str(tick)))
        await clock.advance(0.5)
    gaps = [after - before for before, after in pairwise(wall.times("4F7K"))]

    assert {round(gap, 1) for gap in gaps[:19]} == {3.0}
    assert {round(gap, 1) for gap in gaps[22:]} == {5.0}


async def test_progress_slows_down_where_many_jobs_run(board: Board, wall: Wall, clock: ManualClock) -> None:
    """With more than two jobs in a channel each shows progress every 5 s, so that no member's text ages over 5 s."""
    for tick in range(60):
        for job_id in ("AAAA", "BBBB", "CCCC"):
            board.show(says(str(tick), job_id=job_id))
        await clock.advance(0.5)
    gaps = {round(after - before, 1) for before, after in pairwise(wall.times("BBBB"))}

    assert gaps == {5.0}


async def test_a_new_stage_does_not_wait_for_the_slow_pace(board: Board, wall: Wall, clock: ManualClock) -> None:
    """What a member waits for, a change of stage, is shown after 3 s however old and busy everything is."""
    for job_id in ("AAAA", "BBBB", "CCCC"):
        board.show(says("", job_id=job_id))
    await clock.advance(61)
    board.show(says("one", job_id="AAAA"))
    await clock.advance(1)
    board.show(says("two", PAINTING, job_id="AAAA"))
    await clock.advance(2.5)

    assert wall.times("AAAA") == [0.0, 61.0, 64.0]


async def test_the_last_word_ends_a_status(board: Board, wall: Wall, clock: ManualClock) -> None:
    """After `finish` no earlier snapshot goes out, neither one that was waiting nor one that comes late."""
    board.show(says("one"))
    await clock.advance(1)
    board.show(says("two"))
    finishing = asyncio.ensure_future(board.finish(says("last", DONE)))
    await clock.settle()
    board.show(says("too late"))
    await clock.advance(10)
    await finishing
    board.show(says("far too late"))
    await clock.advance(60)

    assert wall.edits == [(0.0, "4F7K waiting one"), (3.0, "4F7K done last")]
    assert wall.over == ["4F7K"]


async def test_the_last_word_waits_for_the_edit_in_flight(board: Board, wall: Wall, clock: ManualClock) -> None:
    """A last word never overtakes, nor is overtaken by, an edit of the same message."""
    wall.latency = 5
    board.show(says("one"))
    await clock.advance(1)
    finishing = asyncio.ensure_future(board.finish(says("last", DONE)))
    await clock.advance(3.9)

    assert wall.texts == ["4F7K waiting one"]

    await clock.advance(0.2)

    assert wall.texts == ["4F7K waiting one", "4F7K done last"]
    await clock.advance(5)
    await finishing


async def test_progress_is_given_up_behind_a_closed_door_but_not_the_last_word(
    board: Board, wall: Wall, clock: ManualClock
) -> None:
    """A message that cannot be edited is left alone until the end; then it is tried once, and the caller told."""
    wall.failures = [Unreachable("gone"), Unreachable("gone")]
    board.show(says("one"))
    await clock.advance(5)
    board.show(says("two"))
    await clock.advance(20)

    assert wall.texts == ["4F7K waiting one"]

    finishing = asyncio.ensure_future(board.finish(says("last", DONE)))
    await clock.advance(1)

    assert wall.texts == ["4F7K waiting one", "4F7K done last"]
    with pytest.raises(Unreachable):
        await finishing


async def test_a_last_word_that_cannot_be_drawn_is_told(wall: Wall, clock: ManualClock) -> None:
    """A bug in the drawing of a last word ends `finish` with that error; nobody waits for it for ever."""
    mistakes = [ValueError("planted"), ValueError("planted")]

    def stumbling(snapshot: JobSnapshot) -> ui.LayoutView:
        if mistakes:
            raise mistakes.pop()
        return plain_status(snapshot)

    board = Board(stumbling, wall, clock)
    board.show(says("one"))
    await clock.advance(20)
    first = asyncio.ensure_future(board.finish(says("last", DONE)))
    await clock.advance(20)

    with pytest.raises(ValueError, match="planted"):
        await first

    second = asyncio.ensure_future(board.finish(says("last", DONE)))
    await clock.advance(20)
    await second

    assert wall.texts == ["4F7K done last"]


async def test_an_edit_that_did_not_get_through_is_repeated_slowly(
    board: Board, wall: Wall, clock: ManualClock
) -> None:
    """After a bad moment the same text is tried again 10 s later, unless there is a newer one."""
    wall.failures = [NotNow("502")]
    board.show(says("one"))
    await clock.advance(30)

    assert wall.edits == [(0.0, "4F7K waiting one"), (10.0, "4F7K waiting one")]


async def test_a_last_word_that_did_not_get_through_can_be_said_again(
    board: Board, wall: Wall, clock: ManualClock
) -> None:
    """`finish` reports a bad moment and may be called again; nothing earlier goes out meanwhile."""
    wall.failures = [NotNow("502")]
    first = asyncio.ensure_future(board.finish(says("last", DONE)))
    await clock.advance(1)
    with pytest.raises(NotNow):
        await first
    board.show(says("late"))
    await clock.advance(20)
    second = asyncio.ensure_future(board.finish(says("last", DONE)))
    await clock.advance(5)
    await second

    assert wall.texts == ["4F7K done last", "4F7K done last"]


def crowd(tick: int) -> Iterator[JobSnapshot]:
    yield from (says(str(tick), job_id=f"JOB{n}") for n in range(6))


async def test_six_jobs_with_fifteen_changes_stay_within_the_channel(clock: ManualClock) -> None:
    """Six jobs that change every second for 15 s cost few edits, never more than 4 in 5 s, and all end in time."""
    wall = Wall(clock, turns=ChannelTurns(clock))
    board = Board(plain_status, wall, clock)
    for tick in range(15):
        for each in crowd(tick):
            board.show(each)
        await clock.advance(1)
    endings = [asyncio.ensure_future(board.finish(says("end", DONE, f"JOB{n}"))) for n in range(6)]
    await clock.advance(12)
    await asyncio.gather(*endings)
    times = sorted(at for at, _ in wall.edits)
    busiest = max(sum(at <= other < at + WINDOW_SECONDS for other in times) for at in times)

    assert len(wall.edits) <= 26
    assert busiest <= EDITS_PER_WINDOW
    assert wall.most_in_flight == 1
    assert max(times) <= 15 + 10
    assert sorted(text for text in wall.texts if text.endswith("end")) == [f"JOB{n} done end" for n in range(6)]


async def test_last_words_go_before_the_progress_of_others(clock: ManualClock) -> None:
    """Whoever is done is told before the progress of the others in the channel, even of those who asked before."""
    wall = Wall(clock, turns=ChannelTurns(clock))
    board = Board(plain_status, wall, clock)
    for n in range(8):
        board.show(says("", job_id=f"JOB{n}"))
    await clock.advance(1)

    assert len(wall.edits) == EDITS_PER_WINDOW

    finishing = asyncio.ensure_future(board.finish(says("end", DONE, job_id="JOB7")))
    await clock.advance(20)
    await finishing

    assert wall.texts[EDITS_PER_WINDOW] == "JOB7 done end"


async def test_closing_stops_the_board(board: Board, wall: Wall, clock: ManualClock) -> None:
    """At shutdown nothing more is sent, and no task is left behind."""
    board.show(says("one"))
    await clock.advance(1)
    board.show(says("two"))
    await clock.settle()
    await board.close()
    await clock.advance(60)

    assert wall.texts == ["4F7K waiting one"]
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("status-")] == []
