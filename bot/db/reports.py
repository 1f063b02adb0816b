"""What members reported, and what moderators decided about it, each decision audited in its own transaction."""

from __future__ import annotations

from typing import Any

from bot.db.accounts import MemberStore
from bot.db.audit import AuditEntry, write_audit
from bot.db.blocks import Blocking, enter_block
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.gallery import PUT_BACK, TAKE_DOWN
from bot.db.shares import take_back_of_jobs
from bot.domain.clock import Instant
from bot.domain.jobs import MessageAt
from bot.domain.reports import (
    MOST_OPEN_REPORTS,
    Measure,
    PictureReport,
    ReportedByAnother,
    TooManyReports,
)

REPORT = """
INSERT INTO reports (guild_id, channel_id, message_id, job_id, reporter_id, reported_at)
VALUES (:guild_id, :channel_id, :message_id, :job_id, :reporter_id, :reported_at)
ON CONFLICT (message_id, reporter_id) DO NOTHING
RETURNING report_id
"""

# What is open about a message, and how much of one reporter's is: both are few.
OPEN_ABOUT = """
SELECT reporter_id FROM reports WHERE guild_id = :guild_id AND message_id = :message_id AND handled_at IS NULL
"""

OPEN_OF = """
SELECT COUNT(*) AS count FROM reports
WHERE guild_id = :guild_id AND reporter_id = :reporter_id AND handled_at IS NULL
"""

FIND = """
SELECT reports.*, reporter.member_id AS reporter_member_id, moderator.member_id AS moderator_member_id
FROM reports
JOIN accounts AS reporter ON reporter.account_id = reports.reporter_id
LEFT JOIN accounts AS moderator ON moderator.account_id = reports.handled_by
WHERE report_id = :report_id AND guild_id = :guild_id
"""

OPEN_REPORTS = """
SELECT reports.*, reporter.member_id AS reporter_member_id, NULL AS moderator_member_id
FROM reports JOIN accounts AS reporter ON reporter.account_id = reports.reporter_id
WHERE guild_id = :guild_id AND handled_at IS NULL ORDER BY report_id LIMIT :count
"""

COUNT_OPEN = "SELECT COUNT(*) AS count FROM reports WHERE guild_id = :guild_id AND handled_at IS NULL"

DECIDE = """
UPDATE reports SET measure = :measure, steps = steps + 1, handled_at = :at, handled_by = :account_id
WHERE report_id = :report_id AND guild_id = :guild_id AND steps = :steps
RETURNING job_id, channel_id
"""

CARRIED_OUT = "UPDATE reports SET carried_steps = :steps WHERE report_id = :report_id AND carried_steps < :steps"

UNFINISHED = """
SELECT reports.*, reporter.member_id AS reporter_member_id, moderator.member_id AS moderator_member_id
FROM reports
JOIN accounts AS reporter ON reporter.account_id = reports.reporter_id
LEFT JOIN accounts AS moderator ON moderator.account_id = reports.handled_by
WHERE carried_steps < steps AND handled_at <= :before ORDER BY handled_at, report_id
"""

REQUESTER = "SELECT account_id FROM jobs WHERE job_id = :job_id"

SHOWN_AT = """
UPDATE reports SET desk_channel_id = :channel_id, desk_message_id = :message_id WHERE report_id = :report_id
"""

# Reports go to the moderators' channel, else to the log channel.
DESK_CHANNEL = """
SELECT COALESCE(desk_channel_id, log_channel_id) AS channel_id FROM servers WHERE guild_id = :guild_id
"""


class ReportStore(MemberStore):
    """Reports, and what moderators decided about them."""

    @writes
    def report(self, connection: Connection, report: PictureReport) -> PictureReport | None:
        """Keep a report under a number of its own; None if this member reported this message before.

        Raises:
            ReportedByAnother: somebody else's about this message is open.
            TooManyReports: as many of this member's are open as may be.
        """
        values = {
            "guild_id": report.guild_id,
            "channel_id": report.channel_id,
            "message_id": report.message_id,
            "job_id": report.job_id,
            "reporter_id": self._accounts.number(connection, report.reporter_id or 0, report.reported_at),
            "reported_at": report.reported_at,
        }
        about = {row["reporter_id"] for row in connection.execute(OPEN_ABOUT, values)}
        if about - {values["reporter_id"]}:
            raise ReportedByAnother
        if not about and connection.execute(OPEN_OF, values).fetchone()["count"] >= MOST_OPEN_REPORTS:
            raise TooManyReports
        rows = connection.execute(REPORT, values).fetchall()
        return _find(connection, rows[0]["report_id"], report.guild_id) if rows else None

    @reads
    def find(self, connection: Connection, report_id: int, guild_id: int) -> PictureReport | None:
        """Read one of a server's."""
        return _find(connection, report_id, guild_id)

    @reads
    def open_reports(self, connection: Connection, guild_id: int, limit: int) -> tuple[PictureReport, ...]:
        """Those that nobody has decided about, oldest first."""
        rows = connection.execute(OPEN_REPORTS, {"guild_id": guild_id, "count": limit})
        return tuple(_read_report(dict(row)) for row in rows)

    @reads
    def count_open(self, connection: Connection, guild_id: int) -> int:
        """How many nobody has decided about."""
        count: int = connection.execute(COUNT_OPEN, {"guild_id": guild_id}).fetchone()["count"]
        return count

    @writes
    def decide(
        self,
        connection: Connection,
        report: PictureReport,
        measure: Measure,
        *,
        by_member_id: int,
        at: Instant,
        reason: str | None = None,
    ) -> bool:
        """Put a decision on record with all that it changes here, if the report still stands as given.

        Its job is taken down or put back, its requester blocked, in the same transaction. False if it was decided about
        since.
        """
        actor_id = self._accounts.number(connection, by_member_id, at)
        values = {
            "report_id": report.report_id,
            "guild_id": report.guild_id,
            "measure": measure.value,
            "steps": report.steps,
            "account_id": actor_id,
            "at": at,
        }
        rows = connection.execute(DECIDE, values).fetchall()
        if not rows:
            return False
        job_id = rows[0]["job_id"]
        requester = connection.execute(REQUESTER, {"job_id": job_id}).fetchone()
        kind, subject_id = ("channel", report.channel_id) if requester is None else ("member", requester["account_id"])
        action = f"report.{measure.value}"
        write_audit(
            connection,
            AuditEntry(report.guild_id, actor_id, action, kind, subject_id, at, reason=reason, job_id=job_id),
        )
        match measure:
            case Measure.HIDE | Measure.DELETE:
                connection.execute(TAKE_DOWN, {"job_id": job_id, "account_id": actor_id, "at": at})
                take_back_of_jobs(connection, [job_id], at)
            case Measure.SHOW:
                connection.execute(PUT_BACK, {"job_id": job_id})
            case Measure.BLOCK if requester is not None and reason is not None:
                enter_block(connection, Blocking(report.guild_id, subject_id, actor_id, at, reason))
            case _:
                pass
        return True

    @writes
    def carried_out(self, connection: Connection, report: PictureReport) -> None:
        """Remember that Discord shows the last decision about a report, as it stands here."""
        connection.execute(CARRIED_OUT, {"report_id": report.report_id, "steps": report.steps})

    @reads
    def unfinished(self, connection: Connection, before: Instant) -> tuple[PictureReport, ...]:
        """Reports decided before then whose last decision Discord does not show yet, the earliest first."""
        return tuple(_read_report(dict(row)) for row in connection.execute(UNFINISHED, {"before": before}))

    @writes
    def shown_at(self, connection: Connection, report_id: int, message: MessageAt) -> None:
        """Remember where moderators read about it."""
        values = {"report_id": report_id, "channel_id": message.channel_id, "message_id": message.message_id}
        connection.execute(SHOWN_AT, values)

    @reads
    def desk_channel(self, connection: Connection, guild_id: int) -> int | None:
        """Where moderators want to be told, if they said so."""
        row = connection.execute(DESK_CHANNEL, {"guild_id": guild_id}).fetchone()
        return None if row is None else row["channel_id"]


def _find(connection: Connection, report_id: int, guild_id: int) -> PictureReport | None:
    row = connection.execute(FIND, {"report_id": report_id, "guild_id": guild_id}).fetchone()
    return None if row is None else _read_report(dict(row))


def _read_report(row: dict[str, Any]) -> PictureReport:
    shown = row["desk_message_id"] is not None
    return PictureReport(
        report_id=row["report_id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        job_id=row["job_id"],
        reporter_id=row["reporter_member_id"],
        reported_at=row["reported_at"],
        measure=None if row["measure"] is None else Measure(row["measure"]),
        steps=row["steps"],
        decided_by=row["moderator_member_id"],
        decided_at=row["handled_at"],
        desk_message=MessageAt(row["desk_channel_id"], row["desk_message_id"]) if shown else None,
    )
