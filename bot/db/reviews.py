"""Pictures that wait for a moderator: where they are shown, and each decision with its money in one transaction."""

from __future__ import annotations

from typing import Any

from bot.db.accounts import MemberStore
from bot.db.audit import AuditEntry, write_audit
from bot.db.connection import Connection, Row
from bot.db.database import reads, writes
from bot.db.images import clear_images
from bot.db.settling import capture_hold, give_back_withheld
from bot.db.transitions import Change, move
from bot.domain.clock import Instant
from bot.domain.jobs import MessageAt, PredictionState
from bot.domain.marks import WithheldBecause
from bot.domain.reviews import Review, ReviewVerdict

_REVIEWS = """
SELECT reviews.*, predictions.job_id, accounts.member_id AS moderator_id
FROM reviews JOIN predictions USING (prediction_id)
LEFT JOIN accounts ON accounts.account_id = reviews.decided_by
"""

FIND = f"{_REVIEWS} WHERE prediction_id = :prediction_id AND reviews.guild_id = :guild_id"

OPEN = f"{_REVIEWS} WHERE verdict IS NULL ORDER BY asked_at, prediction_id"

UNTOLD = f"""
{_REVIEWS} WHERE verdict IS NOT NULL AND told_at IS NULL AND decided_at <= :before ORDER BY decided_at, prediction_id
"""

SHOWN_AT = """
UPDATE reviews SET channel_id = :channel_id, message_id = :message_id WHERE prediction_id = :prediction_id
"""

DECIDE = """
UPDATE reviews SET verdict = :verdict, decided_at = :at, decided_by = :account_id
WHERE prediction_id = :prediction_id AND guild_id = :guild_id AND verdict IS NULL
"""

TOLD = "UPDATE reviews SET told_at = :at WHERE prediction_id = :prediction_id AND told_at IS NULL"

REQUESTER = "SELECT account_id FROM jobs WHERE job_id = :job_id"

_ACTIONS = {ReviewVerdict.SHOWN: "review.show", ReviewVerdict.KEPT_BACK: "review.keep_back"}


class ReviewStore(MemberStore):
    """Pictures that wait for a moderator; each is decided once."""

    @reads
    def find(self, connection: Connection, prediction_id: int, guild_id: int) -> Review | None:
        """Read one of a server's."""
        row = connection.execute(FIND, {"prediction_id": prediction_id, "guild_id": guild_id}).fetchone()
        return None if row is None else _review(row)

    @reads
    def open(self, connection: Connection) -> tuple[Review, ...]:
        """All that nobody has decided about, over all servers, oldest first."""
        return tuple(_review(row) for row in connection.execute(OPEN))

    @reads
    def untold(self, connection: Connection, before: Instant) -> tuple[Review, ...]:
        """Those decided before then whose decision the moderators' message does not show yet."""
        return tuple(_review(row) for row in connection.execute(UNTOLD, {"before": before}))

    @writes
    def shown_at(self, connection: Connection, prediction_id: int, message: MessageAt) -> None:
        """Remember where moderators see it."""
        values = {"channel_id": message.channel_id, "message_id": message.message_id, "prediction_id": prediction_id}
        connection.execute(SHOWN_AT, values)

    @writes
    def decide(
        self, connection: Connection, review: Review, verdict: ReviewVerdict, at: Instant, by_member_id: int | None
    ) -> bool:
        """REVIEW to COMPLETED with its hold captured, or to WITHHELD with its hold voided, and on record.

        False if it was decided before. `by_member_id` is None where nobody decided; a person's decision is audited.
        """
        actor_id = None if by_member_id is None else self._accounts.number(connection, by_member_id, at)
        values = {
            "prediction_id": review.prediction_id,
            "guild_id": review.guild_id,
            "verdict": verdict,
            "at": at,
            "account_id": actor_id,
        }
        if connection.execute(DECIDE, values).rowcount != 1:
            return False
        if verdict is ReviewVerdict.SHOWN:
            move(connection, review.prediction_id, PredictionState.COMPLETED, Change(ended_at=at))
            capture_hold(connection, review.prediction_id, at)
            clear_images(connection, review.prediction_id)
        else:
            change = Change(reason=verdict.withheld_because, ended_at=at)
            move(connection, review.prediction_id, PredictionState.WITHHELD, change)
            give_back_withheld(connection, review.prediction_id, at)
        if actor_id is not None:
            requester = connection.execute(REQUESTER, {"job_id": review.job_id}).fetchone()["account_id"]
            entry = AuditEntry(
                review.guild_id, actor_id, _ACTIONS[verdict], "member", requester, at, job_id=review.job_id
            )
            write_audit(connection, entry)
        return True

    @writes
    def told(self, connection: Connection, prediction_id: int, at: Instant) -> None:
        """Remember that the moderators' message shows the decision."""
        connection.execute(TOLD, {"prediction_id": prediction_id, "at": at})


def _review(row: Row | Any) -> Review:
    posted = row["message_id"] is not None
    return Review(
        prediction_id=row["prediction_id"],
        job_id=row["job_id"],
        guild_id=row["guild_id"],
        because=WithheldBecause(row["because"]),
        asked_at=row["asked_at"],
        message=MessageAt(row["channel_id"], row["message_id"]) if posted else None,
        verdict=None if row["verdict"] is None else ReviewVerdict(row["verdict"]),
        decided_at=row["decided_at"],
        decided_by=row["moderator_id"],
    )
