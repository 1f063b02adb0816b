"""The job store: the moves that predictions make, the queue, and what is remembered about a job."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from bot.db.connection import Connection
from bot.db.jobs import JobStore
from bot.db.transitions import IllegalMove
from bot.domain.clock import HOUR, MINUTE, SECOND
from bot.domain.errors import NoSuchJob
from bot.domain.jobs import TRANSITIONS, Job, MessageAt, Output, PredictionState, Stage
from bot.domain.marks import Mark, WithheldBecause
from bot.domain.models import MAX, PRO
from bot.domain.predictions import FailureReason
from bot.domain.remote_clock import Span
from tests.db.engines import sqlite_by_nature
from tests.db.world import ALICE, BOB, GUILD, NOON, PAINTED, PRICE, DatabaseWorld, requester_of

S = PredictionState


async def _in_state(world: DatabaseWorld, state: PredictionState) -> int:
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
            await _hold(jobs, prediction_id)
        case _:
            pass
    return prediction_id


async def _hold(jobs: JobStore, prediction_id: int) -> None:
    picture = Output(PAINTED, Mark.MARKED)
    await jobs.hold_for_review(prediction_id, [picture], WithheldBecause.MARKED, NOON)


async def _state(world: DatabaseWorld, prediction_id: int) -> object:
    return (await world.rows("SELECT state FROM predictions WHERE prediction_id = ?", prediction_id))[0][0]


async def _try(world: DatabaseWorld, prediction_id: int, target: PredictionState) -> None:
    jobs = world.stores.jobs
    match target:
        case S.SUBMITTING:
            await jobs.begin_attempt(prediction_id, "boot", NOON)
        case S.PROCESSING:
            await jobs.adopt(prediction_id, "found")
        case S.COMPLETED:
            await jobs.complete(prediction_id, [], NOON, NOON)
        case S.FAILED:
            await jobs.fail(prediction_id, FailureReason.PROVIDER, NOON)
        case S.WITHHELD:
            await jobs.withhold(prediction_id, WithheldBecause.MARKED, NOON)
        case S.REVIEW:
            await _hold(jobs, prediction_id)
        case _:
            message = f"no method leads to {target} by itself"
            raise ValueError(message)


MOVES = [
    (source, target)
    for source in PredictionState
    for target in (S.SUBMITTING, S.PROCESSING, S.COMPLETED, S.FAILED, S.WITHHELD, S.REVIEW)
]
# Beside what TRANSITIONS allows: whoever asks says from where, so that an answer in flight is not overtaken.
# What waits for a moderator is ended by their decision alone.
NARROWER = {
    (S.SUBMITTING, S.PROCESSING),
    (S.SUBMITTING, S.FAILED),
    (S.REVIEW, S.COMPLETED),
    (S.REVIEW, S.WITHHELD),
}


@pytest.mark.parametrize(("source", "target"), MOVES)
async def test_moves(world: DatabaseWorld, source: PredictionState, target: PredictionState) -> None:
    """A prediction makes the moves that there are and no others; a final move repeated does nothing."""
    prediction_id = await _in_state(world, source)
    before = await world.rows("SELECT * FROM ledger")
    allowed = target in TRANSITIONS[source] and (source, target) not in NARROWER
    repeated = source is target and (target.is_final or target is S.REVIEW)
    too_late = target is S.SUBMITTING and source.is_final
    if allowed or repeated or too_late:
        await _try(world, prediction_id, target)
    else:
        with pytest.raises(IllegalMove):
            await _try(world, prediction_id, target)

    assert await _state(world, prediction_id) == (target if allowed else source)
    assert allowed or await world.rows("SELECT * FROM ledger") == before


async def test_attempt_after_cancel(world: DatabaseWorld) -> None:
    """An attempt on what was cancelled meanwhile does not begin, and no POST is recorded."""
    prediction_id = await _in_state(world, S.CANCELLED)

    assert await world.stores.jobs.begin_attempt(prediction_id, "boot", NOON) is None
    assert await world.rows("SELECT * FROM attempts") == []


async def test_attempt_answered_twice(world: DatabaseWorld) -> None:
    """The same answer again changes nothing; another answer is a bug."""
    jobs = world.stores.jobs
    job = await world.admit()
    attempt_id = await jobs.begin_attempt(job.predictions[0].prediction_id, "boot", NOON)
    assert attempt_id is not None
    for _ in range(2):
        await jobs.attempt_refused(attempt_id, FailureReason.MODERATED, NOON)
    with pytest.raises(IllegalMove, match="refused and cannot be accepted"):
        await jobs.attempt_accepted(attempt_id, "late", NOON)
    read = await jobs.job(job.job_id)

    assert (read.predictions[0].reason, read.returned_micros) == (FailureReason.MODERATED, PRICE)


async def test_returned_attempt_keeps_its_hold(world: DatabaseWorld) -> None:
    """After a rate limit the prediction waits again with its money held, and each POST has its row."""
    jobs = world.stores.jobs
    job = await world.admit()
    prediction_id = job.predictions[0].prediction_id
    for _ in range(2):
        attempt_id = await jobs.begin_attempt(prediction_id, "boot", NOON)
        assert attempt_id is not None
        await jobs.attempt_returned(attempt_id, NOON)
    read = await jobs.job(job.job_id)

    assert (read.stage, read.held_micros) == (Stage.WAITING, PRICE)
    assert await world.rows("SELECT outcome FROM attempts") == [("returned",), ("returned",)]


async def test_orphans_are_other_runs(world: DatabaseWorld) -> None:
    """What another run of the program left unanswered is found; what this one is sending is not."""
    jobs = world.stores.jobs
    job = await world.admit(pictures=2)
    first, second = (prediction.prediction_id for prediction in job.predictions)
    orphan = await jobs.begin_attempt(first, "before", NOON)
    await jobs.begin_attempt(second, "now", NOON + 1)

    assert await jobs.orphaned_attempts("now") == ((orphan, NOON),)


async def test_unknown_until_found(world: DatabaseWorld) -> None:
    """An unknown prediction tells when it was sent and how often it was looked for, until it is adopted."""
    jobs = world.stores.jobs
    prediction_id = await _in_state(world, S.UNKNOWN)
    await jobs.looked(prediction_id, NOON + HOUR)
    unknown = (await jobs.unknowns())[0]
    await jobs.adopt(prediction_id, "found")

    assert (unknown.sent_at, unknown.looks, unknown.next_look_at) == (NOON, 1, NOON + HOUR)
    assert await jobs.unknowns() == ()
    assert await jobs.claimed(["found", "other"]) == {"found"}


async def test_one_claim(world: DatabaseWorld) -> None:
    """A prediction of the provider cannot be claimed by two of ours."""
    first, second = await _in_state(world, S.UNKNOWN), await _in_state(world, S.UNKNOWN)
    await world.stores.jobs.adopt(first, "found")

    with pytest.raises(IllegalMove, match="belongs to another"):
        await world.stores.jobs.adopt(second, "found")


async def test_traffic(world: DatabaseWorld) -> None:
    """What is at the provider or on its way is in flight; lost answers take no place, and are counted by model."""
    jobs = world.stores.jobs
    unknown = await _in_state(world, S.UNKNOWN)
    for state in (S.QUEUED, S.SUBMITTING, S.PROCESSING, S.COMPLETED):
        await _in_state(world, state)
    before = await jobs.traffic(NOON + SECOND, 4)
    await jobs.leave_to_moderator(unknown, [], NOON)
    after = await jobs.traffic(NOON + MINUTE, 4)

    assert (before.in_flight, before.unanswered, before.lost) == (2, 1, {MAX.id: 1})
    assert before.minute_full_until == NOON + MINUTE
    assert (after.in_flight, after.unanswered, after.lost, after.minute_full_until) == (2, 1, {}, None)


async def test_a_minute_is_full_until_the_first_that_counts_is_a_minute_old(world: DatabaseWorld) -> None:
    """Of those that left within a minute the last so many count, and none that seems to lie ahead of our clock."""
    jobs = world.stores.jobs
    for seconds in (0, 10, 20, 300):
        world.at = NOON + seconds * SECOND
        await world.process((await world.admit()).predictions[0].prediction_id)
    until = [(await jobs.traffic(NOON + 21 * SECOND, most)).minute_full_until for most in (1, 2, 3, 4)]

    assert until == [NOON + 80 * SECOND, NOON + 70 * SECOND, NOON + 60 * SECOND, None]


async def test_one_past_its_deadline_takes_no_place(world: DatabaseWorld) -> None:
    """The provider may keep it for days; whoever waits is sent meanwhile."""
    job = await world.admit(pictures=2)
    for prediction in job.predictions:
        await world.process(prediction.prediction_id)
    await _in_state(world, S.PROCESSING)
    await world.stores.jobs.tell_late(job.job_id, NOON)

    assert (await world.stores.jobs.traffic(NOON, 1)).in_flight == 1


async def test_members_take_turns(world: DatabaseWorld) -> None:
    """Everybody's first picture comes before anybody's second, and who was served longest ago goes first."""
    jobs = world.stores.jobs
    alices = await world.admit(pictures=3)
    world.at += 1
    bobs = await world.admit(pictures=2, requester=requester_of(BOB))
    a1, a2, a3 = (prediction.prediction_id for prediction in alices.predictions)
    b1, b2 = (prediction.prediction_id for prediction in bobs.predictions)
    before = [waiting.prediction_id for waiting in await jobs.waiting()]
    await world.process(a1)

    assert before == [a1, b1, a2, b2, a3]
    assert [waiting.prediction_id for waiting in await jobs.waiting()] == [b1, a2, b2, a3]


async def test_durations(world: DatabaseWorld) -> None:
    """The last pictures with their models, from submit to completion, the oldest first."""
    for seconds in range(25):
        world.at = NOON + seconds * MINUTE
        prediction_id = (await world.admit()).predictions[0].prediction_id
        await world.process(prediction_id)
        done_at = world.at + seconds * SECOND
        await world.stores.jobs.complete(prediction_id, [], done_at, done_at)

    assert await world.stores.jobs.durations(20) == tuple((MAX.id, s * SECOND) for s in range(5, 25))


async def test_cancel_stops_what_waits(world: DatabaseWorld) -> None:
    """A cancel ends what is not sent yet and leaves what is."""
    job = await world.admit(pictures=3)
    await world.process(job.predictions[0].prediction_id)
    first = await world.stores.jobs.cancel_queued(job.job_id, ALICE, NOON)
    again = await world.stores.jobs.cancel_queued(job.job_id, ALICE, NOON)
    read = await world.stores.jobs.job(job.job_id)

    assert (first, again) == (2, 0)
    assert (read.held_micros, read.returned_micros, read.stage) == (PRICE, 2 * PRICE, Stage.PAINTING)


async def test_messages_are_remembered(world: DatabaseWorld) -> None:
    """Where the messages are, and the first instants of posting, lateness and closing."""
    jobs = world.stores.jobs
    job = (await jobs.admit(replace(world.order(), status_message=MessageAt(1, 2)), NOON)).job
    await world.complete(job.predictions[0].prediction_id)
    await jobs.set_result_message(job.job_id, MessageAt(3, 4))
    for later in range(2):
        await jobs.begin_posting(job.job_id, NOON + later)
        await jobs.tell_late(job.job_id, NOON + later)
        await jobs.close(job.job_id, NOON + later)
    read = await jobs.job(job.job_id)

    assert (read.status_message, read.result_message) == (MessageAt(1, 2), MessageAt(3, 4))
    assert (read.posting_at, read.late_told_at, read.closed_at) == (NOON, NOON, NOON)
    assert await jobs.open_jobs() == ()


async def test_open_predictions_keep_a_job_open(world: DatabaseWorld) -> None:
    """A job is not closed while one of its predictions has not ended."""
    job = await world.admit()

    with pytest.raises(IllegalMove, match="has not ended"):
        await world.stores.jobs.close(job.job_id, NOON)
    assert await world.stores.jobs.open_jobs() == (job.job_id,)


async def test_unknown_job(world: DatabaseWorld) -> None:
    """A job that does not exist is said not to, whatever is asked of it."""
    jobs = world.stores.jobs
    for asked in (jobs.job("x"), jobs.begin_posting("x", NOON), jobs.set_result_message("x", MessageAt(1, 2))):
        with pytest.raises(NoSuchJob):
            await asked


async def test_lists(world: DatabaseWorld) -> None:
    """Jobs of a member or a whole server, newest first, by a part of id or prompt taken literally."""
    cat = await world.admit(prompt="100% cat")
    world.at += 1
    dog = await world.admit(prompt="a_dog", requester=requester_of(BOB))
    jobs = world.stores.jobs

    async def ids(member_id: int | None, matching: str = "", limit: int = 10) -> list[str]:
        return [job.job_id for job in await jobs.jobs_of(GUILD, member_id, limit=limit, matching=matching)]

    assert await ids(None) == [dog.job_id, cat.job_id]
    assert await ids(None, limit=1) == [dog.job_id]
    assert await ids(ALICE) == [cat.job_id]
    assert await ids(None, "0% C") == [cat.job_id]
    assert await ids(None, "%") == [cat.job_id]
    assert await ids(None, "_") == [dog.job_id]
    assert await ids(None, cat.job_id[3:]) == [cat.job_id]
    assert await ids(404) == []
    assert await jobs.jobs_of(GUILD + 1, None, limit=10) == ()


async def test_open_jobs_of(world: DatabaseWorld) -> None:
    """Every job of a server or a member that is not closed, newest first."""
    alices = await world.admit()
    world.at += 1
    bobs = await world.admit(requester=requester_of(BOB))
    closed = await world.admit()
    await world.complete(closed.predictions[0].prediction_id)
    jobs = world.stores.jobs
    await jobs.close(closed.job_id, NOON)

    assert [job.job_id for job in await jobs.open_jobs_of(GUILD)] == [bobs.job_id, alices.job_id]
    assert [job.job_id for job in await jobs.open_jobs_of(GUILD, ALICE)] == [alices.job_id]
    assert await jobs.open_jobs_of(GUILD, 404) == ()
    assert await jobs.open_jobs_of(GUILD + 1) == ()


@sqlite_by_nature("its trace counts the statements, which are the same on both")
@pytest.mark.parametrize("jobs", [1, 12])
async def test_reading_takes_as_many_queries_for_many_jobs(world: DatabaseWorld, jobs: int) -> None:
    """A list of jobs costs one query for each table, however long it is."""
    for _ in range(jobs):
        await world.admit(pictures=2)
    asked: list[str] = []

    def trace(connection: Connection) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.set_trace_callback(asked.append)

    await world.database.read(trace)
    await world.stores.jobs.jobs_of(GUILD, None, limit=20)

    assert sum(statement.lstrip().startswith("SELECT") for statement in asked) == 5


async def test_an_answer_after_it_was_taken_for_lost(world: DatabaseWorld) -> None:
    """An answer that comes late says for certain whose the prediction is: it is taken, and once."""
    jobs = world.stores.jobs
    job = await world.admit()
    attempt_id = await _lost(world, job)
    for _ in range(2):
        await jobs.attempt_accepted(attempt_id, "late", NOON + MINUTE)

    read = await jobs.job(job.job_id)
    assert (read.predictions[0].state, read.predictions[0].provider_id) == (S.PROCESSING, "late")
    assert (await jobs.without_task(MAX.id, 0), await jobs.unknowns()) == ((), ())


async def test_an_answer_after_it_was_found_in_the_list(world: DatabaseWorld) -> None:
    """The answer only says what is known already; one that says something else is refused, for the operator to see."""
    jobs = world.stores.jobs
    first, second = await world.admit(), await world.admit()
    attempts = [await _lost(world, first), await _lost(world, second)]
    for job, name in ((first, "found"), (second, "wrong")):
        await jobs.adopt(job.predictions[0].prediction_id, name)
    await jobs.attempt_accepted(attempts[0], "found", NOON + MINUTE)
    with pytest.raises(IllegalMove, match="belongs to another"):
        await jobs.attempt_accepted(attempts[1], "found", NOON + MINUTE)
    with pytest.raises(IllegalMove, match="as another than right"):
        await jobs.attempt_accepted(attempts[1], "right", NOON + MINUTE)

    assert (await jobs.job(first.job_id)).predictions[0].provider_id == "found"


async def test_an_answer_after_it_was_given_up(world: DatabaseWorld) -> None:
    """The money stays with its member; the task is remembered as ours, and the server's account carries its bill."""
    jobs = world.stores.jobs
    job = await world.admit()
    attempt_id = await _lost(world, job)
    await jobs.fail(job.predictions[0].prediction_id, FailureReason.NEVER_STARTED, NOON)
    for _ in range(2):
        await jobs.attempt_accepted(attempt_id, "late", NOON + MINUTE)

    read = await jobs.job(job.job_id)
    assert (read.predictions[0].state, read.spent_micros, read.held_micros) == (S.FAILED, 0, 0)
    assert await jobs.claimed(["late"]) == {"late"}
    assert await world.rows("SELECT amount_micros FROM ledger WHERE kind = 'adjust'") == [(PRICE,)]


async def test_attempts_without_a_task(world: DatabaseWorld) -> None:
    """Those whose answer may still come or was lost, with when they began there; none that has its prediction."""
    jobs = world.stores.jobs
    on_its_way, lost, given_up, answered = [await world.admit() for _ in range(4)]
    began = Span(NOON - 90_500, NOON - 89_500)
    await jobs.begin_attempt(on_its_way.predictions[0].prediction_id, "boot", NOON, began)
    await _lost(world, lost)
    await _lost(world, given_up)
    await jobs.fail(given_up.predictions[0].prediction_id, FailureReason.NEVER_STARTED, NOON)
    await world.process(answered.predictions[0].prediction_id)

    rows = await jobs.without_task(MAX.id, NOON)
    assert [(row.state, row.began, row.lost_at) for row in rows] == [
        (S.SUBMITTING, began, None),
        (S.UNKNOWN, None, NOON + SECOND),
        (S.FAILED, None, NOON + SECOND),
    ]
    assert await jobs.without_task(PRO.id, NOON) == ()
    assert await jobs.without_task(MAX.id, NOON + 1) == ()


async def _lost(world: DatabaseWorld, job: Job) -> int:
    attempt_id = await world.stores.jobs.begin_attempt(job.predictions[0].prediction_id, "boot", NOON)
    assert attempt_id is not None
    await world.stores.jobs.attempt_lost(attempt_id, NOON + MINUTE, NOON + SECOND)
    return attempt_id
