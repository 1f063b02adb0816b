"""Finished jobs as an exhibition, what was taken down, and what members reported."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from bot.db.accounts import Accounts
from bot.db.database import Database, Store
from bot.db.reading import read_jobs
from bot.domain.clock import Instant
from bot.domain.jobs import Job
from bot.services.desk_stores import GalleryFilter, PictureReport

WITH_PICTURES = """
SELECT job_id FROM jobs
WHERE guild_id = :guild_id AND taken_down_at IS NULL AND closed_at IS NOT NULL
  AND channel_id IN (SELECT value FROM json_each(:channel_ids))
  AND (:account_id IS NULL OR account_id = :account_id) AND (:model_id IS NULL OR model_id = :model_id)
  AND EXISTS (SELECT 1 FROM predictions JOIN outputs USING (prediction_id)
              WHERE predictions.job_id = jobs.job_id AND predictions.state = 'completed')
ORDER BY created_at DESC, job_id DESC LIMIT :count OFFSET :offset
"""

OF_MESSAGE = """
SELECT job_id FROM jobs
WHERE guild_id = :guild_id AND (result_message_id = :message_id OR status_message_id = :message_id)
"""

TAKE_DOWN = """
UPDATE jobs SET taken_down_at = :at, taken_down_by = :account_id WHERE job_id = :job_id AND taken_down_at IS NULL
"""

REPORT = """
INSERT INTO reports (guild_id, channel_id, message_id, job_id, reporter_id, reported_at)
VALUES (:guild_id, :channel_id, :message_id, :job_id, :reporter_id, :reported_at)
ON CONFLICT (message_id, reporter_id) DO NOTHING
RETURNING report_id
"""

OPEN_REPORTS = """
SELECT reports.*, accounts.member_id FROM reports JOIN accounts ON accounts.account_id = reporter_id
WHERE guild_id = :guild_id AND handled_at IS NULL ORDER BY report_id LIMIT :count
"""

HANDLE = """
UPDATE reports SET handled_at = :at, handled_by = :account_id
WHERE report_id = :report_id AND guild_id = :guild_id AND handled_at IS NULL
"""

# Reports go to the moderators' channel, else to the log channel.
LOG_CHANNEL = """
SELECT COALESCE(desk_channel_id, log_channel_id) AS log_channel_id FROM servers WHERE guild_id = :guild_id
"""


class SqliteGalleryStore(Store):
    """The gallery store in SQLite."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        super().__init__(database)
        self._accounts = accounts

    async def jobs_with_pictures(self, wanted: GalleryFilter, *, offset: int, limit: int) -> tuple[Job, ...]:
        """See `GalleryStore.jobs_with_pictures`."""
        return await self._database.read(self._with_pictures, wanted, offset, limit)

    async def job_of_message(self, guild_id: int, message_id: int) -> str | None:
        """See `GalleryStore.job_of_message`."""
        return await self._database.read(_of_message, guild_id, message_id)

    async def take_down(self, job_id: str, by_member_id: int, at: Instant) -> bool:
        """See `GalleryStore.take_down`."""
        return await self._database.write(self._take_down, job_id, by_member_id, at)

    def _with_pictures(
        self, connection: sqlite3.Connection, wanted: GalleryFilter, offset: int, limit: int
    ) -> tuple[Job, ...]:
        account_id = None if wanted.member_id is None else self._accounts.find(connection, wanted.member_id) or 0
        values = {
            "guild_id": wanted.guild_id,
            "channel_ids": json.dumps(sorted(wanted.channel_ids)),
            "account_id": account_id,
            "model_id": wanted.model_id,
            "count": limit,
            "offset": offset,
        }
        return read_jobs(connection, [row["job_id"] for row in connection.execute(WITH_PICTURES, values)])

    def _take_down(self, connection: sqlite3.Connection, job_id: str, by_member_id: int, at: Instant) -> bool:
        account_id = self._accounts.number(connection, by_member_id, at)
        taken = connection.execute(TAKE_DOWN, {"job_id": job_id, "account_id": account_id, "at": at})
        return taken.rowcount == 1


class SqliteReportStore(Store):
    """The report store in SQLite."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        super().__init__(database)
        self._accounts = accounts

    async def report(self, report: PictureReport) -> PictureReport | None:
        """See `ReportStore.report`."""
        return await self._database.write(self._report, report)

    async def open_reports(self, guild_id: int, limit: int) -> tuple[PictureReport, ...]:
        """See `ReportStore.open_reports`."""
        return await self._database.read(_open_reports, guild_id, limit)

    async def handle(self, report_id: int, guild_id: int, by_member_id: int, at: Instant) -> bool:
        """See `ReportStore.handle`."""
        return await self._database.write(self._handle, report_id, guild_id, by_member_id, at)

    async def log_channel(self, guild_id: int) -> int | None:
        """See `ReportStore.log_channel`."""
        return await self._database.read(_log_channel, guild_id)

    def _report(self, connection: sqlite3.Connection, report: PictureReport) -> PictureReport | None:
        reporter_id = self._accounts.number(connection, report.reporter_id or 0, report.reported_at)
        values = {
            "guild_id": report.guild_id,
            "channel_id": report.channel_id,
            "message_id": report.message_id,
            "job_id": report.job_id,
            "reporter_id": reporter_id,
            "reported_at": report.reported_at,
        }
        rows = connection.execute(REPORT, values).fetchall()
        return (
            _read_report({**values, "report_id": rows[0]["report_id"], "member_id": report.reporter_id})
            if rows
            else None
        )

    def _handle(
        self, connection: sqlite3.Connection, report_id: int, guild_id: int, by_member_id: int, at: Instant
    ) -> bool:
        account_id = self._accounts.number(connection, by_member_id, at)
        values = {"report_id": report_id, "guild_id": guild_id, "account_id": account_id, "at": at}
        return connection.execute(HANDLE, values).rowcount == 1


def _of_message(connection: sqlite3.Connection, guild_id: int, message_id: int) -> str | None:
    row = connection.execute(OF_MESSAGE, {"guild_id": guild_id, "message_id": message_id}).fetchone()
    return None if row is None else row["job_id"]


def _open_reports(connection: sqlite3.Connection, guild_id: int, limit: int) -> tuple[PictureReport, ...]:
    rows = connection.execute(OPEN_REPORTS, {"guild_id": guild_id, "count": limit})
    return tuple(_read_report(dict(row)) for row in rows)


def _read_report(row: dict[str, Any]) -> PictureReport:
    return PictureReport(
        report_id=row["report_id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        job_id=row["job_id"],
        reporter_id=row["member_id"],
        reported_at=row["reported_at"],
    )


def _log_channel(connection: sqlite3.Connection, guild_id: int) -> int | None:
    row = connection.execute(LOG_CHANNEL, {"guild_id": guild_id}).fetchone()
    return None if row is None else row["log_channel_id"]
