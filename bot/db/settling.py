"""Ends predictions: final state, outputs and money in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from bot.db.accounts import MemberStore
from bot.db.connection import Connection
from bot.db.database import writes
from bot.db.holds import hold_of
from bot.db.images import keep_image, mark_image
from bot.db.ledger import Note, adjust, capture, expire, void
from bot.db.transitions import Change, move, state_of
from bot.domain.clock import Instant
from bot.domain.jobs import Output, PredictionState
from bot.domain.marks import Mark, WithheldBecause
from bot.domain.money import Micros
from bot.domain.predictions import FailureReason

INSERT_OUTPUT = """
INSERT INTO outputs (prediction_id, place, sha256, flagged) VALUES (:prediction_id, :place, :sha256, :flagged)
"""

ASK_MODERATORS = """
INSERT INTO reviews (prediction_id, guild_id, because, asked_at)
SELECT :prediction_id, jobs.guild_id, :because, :at
FROM predictions JOIN jobs USING (job_id) WHERE prediction_id = :prediction_id
"""

HAS_OUTPUT = "SELECT place FROM outputs WHERE prediction_id = :prediction_id LIMIT 1"

QUEUED_OF = "SELECT prediction_id FROM predictions WHERE job_id = :job_id AND state = 'queued' ORDER BY n"

_SEEN_BY_NOBODY = frozenset({PredictionState.PROCESSING})
"""What waits for a moderator is ended by their decision alone (`bot.db.reviews`)."""

_FLAGGED = {Mark.MARKED: 1, Mark.CLEAN: 0, Mark.MISSING: None}

_OPEN_TO_FAIL = frozenset({PredictionState.QUEUED, PredictionState.UNKNOWN, PredictionState.PROCESSING})


class JobSettling(MemberStore):
    """The part of the job store that settles."""

    @writes
    def fail(self, connection: Connection, prediction_id: int, reason: FailureReason, at: Instant) -> None:
        """QUEUED, UNKNOWN or PROCESSING to FAILED, its hold voided. Repeating it does nothing.

        Where the provider made a picture that nobody could use, it bills it: the server's own account carries that.
        What the provider no longer keeps has its hold expired instead of voided.
        """
        change = Change(reason=reason, ended_at=at)
        if move(connection, prediction_id, PredictionState.FAILED, change, sources=_OPEN_TO_FAIL):
            hold, note = hold_of(connection, prediction_id), Note(f"no picture: {reason}", at)
            if reason is FailureReason.NO_PICTURE:
                adjust(connection, hold, hold.amount_micros, Note("the provider's picture could not be used", at))
            give_back = expire if reason is FailureReason.EXPIRED else void
            give_back(connection, hold, note)

    @writes
    def complete(
        self,
        connection: Connection,
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
        change = Change(completed_at=completed_at, ended_at=at)
        if not move(connection, prediction_id, PredictionState.COMPLETED, change, sources=_SEEN_BY_NOBODY):
            return
        _keep_outputs(connection, prediction_id, outputs, at)
        capture_hold(connection, prediction_id, at, captured_micros)

    @writes
    def hold_for_review(
        self,
        connection: Connection,
        prediction_id: int,
        outputs: Sequence[Output],
        because: WithheldBecause,
        at: Instant,
    ) -> None:
        """PROCESSING to REVIEW, its outputs recorded and its hold kept until moderators decide. Repeated: nothing."""
        if state_of(connection, prediction_id) is PredictionState.REVIEW:
            return
        move(connection, prediction_id, PredictionState.REVIEW, Change(completed_at=at))
        _keep_outputs(connection, prediction_id, outputs, at)
        connection.execute(ASK_MODERATORS, {"prediction_id": prediction_id, "because": because, "at": at})

    @writes
    def keep_late(self, connection: Connection, prediction_id: int, outputs: Sequence[Output], at: Instant) -> None:
        """Record the picture of a prediction that a moderator had ended: the server carries what the provider bills.

        Without outputs only that is entered, for a picture that is not shown there. Repeating it does nothing.
        """
        if connection.execute(HAS_OUTPUT, {"prediction_id": prediction_id}).fetchone() is None:
            _keep_outputs(connection, prediction_id, outputs, at)
        hold = hold_of(connection, prediction_id)
        adjust(connection, hold, hold.amount_micros, Note("a picture came after its wait was ended", at))

    @writes
    def withhold(self, connection: Connection, prediction_id: int, because: WithheldBecause, at: Instant) -> None:
        """PROCESSING to WITHHELD, its hold voided and carried by the server's own account: the provider bills it.

        Repeating it does nothing.
        """
        change = Change(reason=because, ended_at=at)
        if move(connection, prediction_id, PredictionState.WITHHELD, change, sources=_SEEN_BY_NOBODY):
            give_back_withheld(connection, prediction_id, at)

    @writes
    def cancel_queued(self, connection: Connection, job_id: str, by_member_id: int, at: Instant) -> int:
        """Every QUEUED prediction of a job to CANCELLED, holds voided; returns how many."""
        queued = connection.execute(QUEUED_OF, {"job_id": job_id}).fetchall()
        if queued:
            note = Note("cancelled", at, self._accounts.number(connection, by_member_id, at))
            for row in queued:
                move(connection, row["prediction_id"], PredictionState.CANCELLED, Change(ended_at=at))
                void(connection, hold_of(connection, row["prediction_id"]), note)
        return len(queued)


def capture_hold(
    connection: Connection, prediction_id: int, at: Instant, captured_micros: Micros | None = None
) -> None:
    """Spend what was held for a picture that its member gets; `captured_micros` is less where less is to be paid."""
    hold = hold_of(connection, prediction_id)
    amount = hold.amount_micros if captured_micros is None else captured_micros
    capture(connection, hold, amount, Note("picture delivered", at))


def give_back_withheld(connection: Connection, prediction_id: int, at: Instant) -> None:
    """Give back what was held for a picture that nobody gets; the server's own account carries what was billed."""
    hold = hold_of(connection, prediction_id)
    adjust(connection, hold, hold.amount_micros, Note("the picture was withheld", at))
    void(connection, hold, Note("picture withheld", at))


def _keep_outputs(connection: Connection, prediction_id: int, outputs: Sequence[Output], at: Instant) -> None:
    for place, output in enumerate(outputs, start=1):
        keep_image(connection, output.image, at)
        row = {
            "prediction_id": prediction_id,
            "place": place,
            "sha256": output.image.sha256,
            "flagged": _FLAGGED[output.mark],
        }
        connection.execute(INSERT_OUTPUT, row)
        if output.mark is Mark.MARKED:
            mark_image(connection, output.image)
